import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PermissionStatement } from '../../src/core/account/layerPolicy.ts';
import { layerArnOf } from '../../src/core/account/layerNames.ts';
import type { PruneOutcome } from '../../src/vscode/commands/aws/pruneLayer.ts';
import { region } from '../support/motoAws.ts';
import { writeZip, zipBytes } from '../support/zip.ts';
import { set, useAccount } from './support/awsAccount.ts';

describe('Published layers', function () {
  this.timeout(120_000);
  const account = useAccount();
  let work: string;
  beforeEach(() => {
    account.proxy.clear();
    work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'));
  });
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  const publish = (options: object) => account.run<string>('publishLayer', options);
  const zip = (name: string, text: string) =>
    writeZip(join(work, `${name}.zip`), { 'bin/tool': { text: `#!/bin/sh\necho ${text}\n`, mode: 0o755 } });

  describe('from this machine', () => {
    it('have the metadata of the options, and of the setting where those say nothing', async () => {
      const arn = await publish({ path: 'bash-runtime', name: 'runtime', licenseInfo: 'MIT' });
      assert.match(arn, /:layer:runtime:1$/);
      const version = await account.gateway.getLayerVersion(arn);
      assert.equal(version.licenseInfo, 'MIT');
      assert.deepEqual([...version.compatibleRuntimes], ['provided.al2023', 'provided.al2']);
      const described = await publish({ path: 'greetings', description: 'Said here' });
      assert.match(described, /:layer:greetings:1$/);
      assert.equal((await account.gateway.getLayerVersion(described)).description, 'Said here');
    });

    it('are published from a zip as it is, and leave no file behind', async () => {
      const file = await zip('tools', 'one');
      const before = temporary();
      const arn = await publish({
        ...{ zip: file, name: 'tools', compatibleArchitectures: ['arm64', 'x86_64'] },
        compatibleRuntimes: ['python3.13'],
      });
      const saved = await account.run<{ file: string }>('downloadLayerVersion', {
        layerVersionArn: arn,
        destination: join(work, 'saved.zip'),
      });
      assert.ok(saved);
      await publish({ path: 'german', name: 'german' });
      assert.deepEqual(temporary(), before);
    });

    it('are not published again with the same content, unless that is forced', async () => {
      const file = await zip('same', 'one');
      const first = await publish({ zip: file, name: 'same' });
      assert.equal(await publish({ zip: file, name: 'same' }), first);
      assert.equal(account.proxy.count('PublishLayerVersion'), 1);
      assert.match(await publish({ zip: file, name: 'same', force: true }), /:2$/);
      const packaged = await publish({ path: 'greetings', name: 'packaged' });
      assert.equal(
        await publish({ path: 'greetings', name: 'packaged' }),
        packaged,
        'packaging is repeatable',
      );
    });

    it('take over the permissions of the version before when told to', async () => {
      const first = await publish({ zip: await zip('shared', 'one'), name: 'shared' });
      await account.run('addPermission', { layerVersionArn: first, account: '111122223333' });
      const second = await publish({
        ...{ zip: await zip('shared', 'two'), name: 'shared', copyPermissionsFrom: 'previous' },
      });
      const shown = await account.run<PermissionStatement[]>('showPermissions', { layerVersionArn: second });
      assert.deepEqual(
        shown.map(({ audience }) => audience),
        [{ kind: 'account', account: '111122223333' }],
      );
    });

    it('go where publishing began, also when another region is chosen meanwhile', async () => {
      account.proxy.fault('ListLayerVersions', { kind: 'hold' });
      const publishing = publish({ zip: await zip('placed', 'one'), name: 'placed' });
      await account.proxy.arrived('ListLayerVersions');
      await set('aws.region', 'us-east-1');
      try {
        account.proxy.release();
        assert.match(await publishing, new RegExp(`^arn:aws:lambda:${region}:.*:placed:1$`));
      } finally {
        await set('aws.region', region);
      }
    });

    it('are refused before anything is sent when name, metadata or content cannot be right', async () => {
      const file = await zip('refused', 'one');
      await assert.rejects(publish({ zip: file, name: 'no spaces' }), /name/);
      await assert.rejects(publish({ zip: file }), /name/);
      await assert.rejects(publish({ name: 'nothing' }), /"path" or "zip"/);
      await assert.rejects(publish({ zip: join(work, 'gone.zip'), name: 'gone' }), /gone\.zip/);
      await assert.rejects(publish({ zip: file, name: 'a', compatibleRuntimes: ['Python'] }), /Python/);
      assert.deepEqual(account.proxy.operations, []);
    });

    it('are refused when the checks find an error, unless that is forced', async () => {
      const folder = join(work, 'broken');
      mkdirSync(folder);
      writeFileSync(join(folder, 'bootstrap'), '#!/bin/sh\r\necho\r\n', { mode: 0o755 });
      await assert.rejects(publish({ path: folder, name: 'broken' }), /was not published/);
      assert.equal(account.proxy.count('PublishLayerVersion'), 0);
      assert.match(await publish({ path: folder, name: 'broken', force: true }), /:layer:broken:1$/);
    });

    it('over 50 MB go through the bucket, which is empty afterwards; without one that is said', async () => {
      const large = join(work, 'large.zip');
      writeFileSync(large, zipBytes([{ name: 'lib/a', data: randomBytes(53_000_000) }]));
      await assert.rejects(publish({ zip: large, name: 'large' }), /aws\.s3Bucket/);
      await account.seed.bucket('uploads');
      await set('aws.s3Bucket', 'uploads');
      try {
        assert.match(await publish({ zip: large, name: 'large' }), /:layer:large:1$/);
        assert.deepEqual(await account.seed.bucketContent('uploads'), { keys: [], unfinished: 0 });
      } finally {
        await set('aws.s3Bucket', undefined);
      }
    });

    it('exist once although the answer was lost', async () => {
      account.proxy.fault('PublishLayerVersion', { kind: 'lose' });
      assert.match(await publish({ zip: await zip('lost', 'one'), name: 'lost' }), /:1$/);
      const { items } = await account.gateway.listLayerVersions('lost');
      assert.equal(items.length, 1);
    });
  });

  describe('of the account', () => {
    it('are shared with accounts, organizations and everybody, and that is taken back', async () => {
      const [one = '', two = ''] = await account.seed.versions('permitted', 2);
      const add = (options: object) =>
        account.run<PermissionStatement>('addPermission', { layerVersionArn: one, ...options });
      const ids = [
        await add({ account: '111122223333' }),
        await add({ organizationId: 'o-a1b2c3d4e5', statementId: 'my-organization' }),
        await add({ public: true }),
      ].map(({ statementId }) => statementId);
      assert.equal(ids[1], 'my-organization');
      const show = (layerVersionArn: string) =>
        account.run<PermissionStatement[]>('showPermissions', { layerVersionArn });
      assert.deepEqual(
        (await show(one)).map(({ audience }) => audience.kind),
        ['account', 'organization', 'public'],
      );
      assert.deepEqual(await show(two), []);
      const copied = await account.run<{ copied: string[] }>('copyPermissions', { from: one, to: two });
      assert.deepEqual(copied.copied, ids);
      assert.equal((await show(two)).length, 3);
      for (const statementId of ids)
        await account.run('removePermission', { layerVersionArn: one, statementId });
      assert.deepEqual(await show(one), []);
      await assert.rejects(add({ account: '12' }), /twelve digits/);
      await assert.rejects(add({}), /name one of them/);
      await assert.rejects(add({ account: '111122223333', public: true }), /name one of them/);
    });

    it('have IAM policies to copy, without a call of AWS', async () => {
      const arn = 'arn:aws-cn:lambda:cn-north-1:123456789012:layer:alpha:7';
      for (const policy of ['publish', 'manage', 'read', 'useOnly', 'denyOthers']) {
        const json = await account.run<string>('copyPolicy', { layerVersionArn: arn, policy });
        assert.equal(await vscode.env.clipboard.readText(), json);
        assert.ok(JSON.stringify(JSON.parse(json)).includes(layerArnOf(arn)));
      }
      await assert.rejects(account.run('copyPolicy', { layerVersionArn: arn, policy: 'other' }), /no policy/);
      assert.deepEqual(account.proxy.operations, []);
    });

    it('are deleted only when no function uses them, unless that is forced', async () => {
      const [one = '', two = ''] = await account.seed.versions('deleted', 2);
      await account.seed.function({ name: 'keeps-deleted', layers: [one] });
      const remove = (options: object) => account.run<boolean>('deleteLayerVersion', options);
      await assert.rejects(remove({ layerVersionArn: one }), /keeps-deleted/);
      assert.equal(account.proxy.count('DeleteLayerVersion'), 0);
      assert.equal(await remove({ layerVersionArn: two }), true);
      assert.equal(await remove({ layerVersionArn: one, force: true }), true);
      assert.deepEqual((await account.gateway.listLayerVersions('deleted')).items, []);
      await assert.rejects(remove({ layerVersionArn: two }), /deleted/);
    });

    it('lose old versions by pruning, but never the newest or one in use; a dry run says which', async () => {
      const arns = await account.seed.versions('pruned', 6);
      await account.seed.function({ name: 'keeps-pruned', layers: [arns[1] ?? ''] });
      const request = { layerArn: layerArnOf(arns[0] ?? ''), keepNewest: 2 };
      const prune = (options: object) =>
        account.run<PruneOutcome[]>('pruneLayer', { ...request, ...options });
      const statuses = (outcomes: PruneOutcome[]) => outcomes.map(({ status }) => status);
      const planned = await prune({ dryRun: true });
      assert.deepEqual(statuses(planned), ['kept', 'kept', 'planned', 'planned', 'kept', 'planned']);
      assert.match(planned[4]?.reason ?? '', /keeps-pruned/);
      assert.equal((await account.gateway.listLayerVersions('pruned')).items.length, 6);
      account.proxy.fault('DeleteLayerVersion', {
        ...{ kind: 'error', status: 403, name: 'AccessDeniedException', message: 'No.' },
      } as const);
      assert.deepEqual(statuses(await prune({})), [
        'kept',
        'kept',
        'notStarted',
        'notStarted',
        'kept',
        'failed',
      ]);
      account.proxy.clear();
      assert.deepEqual(statuses(await prune({})), ['kept', 'kept', 'deleted', 'deleted', 'kept', 'deleted']);
      const left = (await account.gateway.listLayerVersions('pruned')).items.map(({ version }) => version);
      assert.deepEqual([...left].sort(), [2, 5, 6]);
      await assert.rejects(prune({ keepNewest: 0 }), /At least one/);
    });
  });

  /** Folders that publishing makes for zips. */
  const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('lambda-layers-publish-'));
});
