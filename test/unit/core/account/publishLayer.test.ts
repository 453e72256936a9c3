import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addedPermission } from './support.ts';
import {
  publishLayer,
  type PublishPorts,
  type PublishProgress,
} from '../../../../src/core/account/publishLayer.ts';
import { planPublish } from '../../../../src/core/account/publishPlan.ts';
import { describeError } from '../../../../src/core/base/errors.ts';
import type { Answer } from '../../../support/motoGaps.ts';
import { testCredentials, useAws } from '../../../support/motoAws.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { userError } from '../../../support/userError.ts';
import { writeZip, zipBytes } from '../../../support/zip.ts';

describe('Publishing a layer', function () {
  this.timeout(120_000);
  const aws = useAws();
  const temporaryFolder = useTemporaryFolders();
  const quick = { retryMilliseconds: 1 };
  const bucket = 'large-zips';
  let ports: PublishPorts;
  let count = 0;
  let name: string;

  before(() => aws.seed.bucket(bucket));
  beforeEach(() => {
    const { gateway, objects } = aws.connect();
    ports = { gateway, objects };
    name = `published-${count++}`;
    aws.proxy.clear();
  });

  const small = (text = 'content') => writeZip(join(temporaryFolder(), 'layer.zip'), { 'bin/tool': text });
  const versionsOf = async (layer: string) => (await ports.gateway.listLayerVersions(layer)).items;
  const plan = async (zip: string) => planPublish(ports.gateway, { zip, metadata: { name }, bucket });

  /** A zip just over what fits into a request. */
  const largeBytes = zipBytes([{ name: 'bin/data', data: randomBytes(52_500_000) }]);
  function large(): string {
    const file = join(temporaryFolder(), 'large.zip');
    writeFileSync(file, largeBytes);
    return file;
  }

  it('sends what was planned, with its metadata', async () => {
    const zip = await small();
    const metadata = {
      name,
      description: 'Tools.',
      licenseInfo: 'MIT',
      compatibleRuntimes: ['nodejs22.x'],
      compatibleArchitectures: ['arm64'],
    };
    const planned = await planPublish(ports.gateway, { zip, metadata });
    const { newest, isUnchanged, route, permissions, unzippedBytes } = planned;
    assert.deepEqual(
      { newest, isUnchanged, route, permissions, unzippedBytes },
      {
        ...{ newest: 'none', isUnchanged: false, route: 'direct', permissions: 'none', unzippedBytes: 7 },
      },
    );
    assert.equal(aws.proxy.count('PublishLayerVersion'), 0);
    const { status, version, warnings } = await publishLayer(ports, planned);
    assert.deepEqual([status, warnings], ['published', []]);
    assert.equal(version.codeSha256, createHash('sha256').update(readFileSync(zip)).digest('base64'));
    assert.deepEqual(
      [version.description, version.licenseInfo, version.compatibleRuntimes, version.compatibleArchitectures],
      ['Tools.', 'MIT', ['nodejs22.x'], ['arm64']],
    );
  });

  it('publishes unchanged content only when told', async () => {
    const zip = await small();
    const { version } = await publishLayer(ports, await plan(zip));
    const again = await plan(zip);
    assert.equal(again.isUnchanged, true);
    assert.deepEqual(await publishLayer(ports, again), {
      status: 'unchanged',
      version,
      permissions: undefined,
      warnings: [],
    });
    assert.equal((await publishLayer(ports, again, { whenUnchanged: 'publish' })).version.version, 2);
    assert.equal((await plan(await small('other'))).isUnchanged, false);
  });

  it('refuses wrong metadata, folders, no archives and too much content before anything is sent', async () => {
    const zip = await small();
    const attempt = (file: string, layer = name) =>
      planPublish(ports.gateway, { zip: file, metadata: { name: layer } });
    await assert.rejects(attempt(zip, 'a b'), userError('ConfigurationInvalid', 'name'));
    await assert.rejects(attempt(temporaryFolder()), userError('ArchiveInvalid'));
    await assert.rejects(attempt('/nonexistent.zip'), userError('LayerNotFound', '/nonexistent.zip'));
    const bomb = join(temporaryFolder(), 'bomb.zip');
    writeFileSync(bomb, zipBytes([{ name: 'a', data: 'x', method: 'deflated', size: 262_144_001 }]));
    await assert.rejects(attempt(bomb), userError('LimitExceeded', '250 MB'));
    assert.deepEqual(aws.proxy.operations, []);
  });

  it('publishes nothing when the zip has changed since the plan', async () => {
    const zip = await small();
    const planned = await plan(zip);
    await writeZip(zip, { 'bin/tool': 'other' });
    await assert.rejects(publishLayer(ports, planned), userError('ChangedMeanwhile', 'layer.zip'));
    assert.equal(aws.proxy.count('PublishLayerVersion'), 0);
  });

  it('says when AWS has published something else', async () => {
    const planned = await plan(await small());
    const alter = (answer: Answer): Answer => ({
      ...answer,
      body: Buffer.from(answer.body.toString().replace(/"CodeSha256":"[^"]+"/, '"CodeSha256":"wrong"')),
    });
    aws.proxy.fault('PublishLayerVersion', { kind: 'alter', alter });
    await assert.rejects(publishLayer(ports, planned, quick), userError('DigestMismatch', `${name}:1`));
  });

  it('makes one version when the answer gets lost, also of a new layer', async () => {
    aws.proxy.fault('PublishLayerVersion', { kind: 'lose' });
    const { version } = await publishLayer(ports, await plan(await small()), quick);
    assert.equal(version.version, 1);
    aws.proxy.fault('PublishLayerVersion', { kind: 'lose' });
    assert.equal((await publishLayer(ports, await plan(await small('other')), quick)).version.version, 2);
    assert.equal((await versionsOf(name)).length, 2);
  });

  it('sends again what broke off on its way, and gives up after three times', async () => {
    const planned = await plan(await small());
    aws.proxy.fault('PublishLayerVersion', { kind: 'cutRequest', afterBytes: 10 });
    assert.equal((await publishLayer(ports, planned, quick)).version.version, 1);
    const next = await plan(await small('other'));
    aws.proxy.clear();
    aws.proxy.fault(
      'PublishLayerVersion',
      { kind: 'error', status: 500, name: 'ServiceException' },
      { times: 9 },
    );
    await assert.rejects(publishLayer(ports, next, quick), userError('ServiceFailed'));
    assert.equal(aws.proxy.count('PublishLayerVersion'), 3);
    assert.equal((await versionsOf(name)).length, 1);
  });

  it('goes on when the existing versions may not be seen', async () => {
    aws.proxy.fault('ListLayerVersions', { kind: 'error', status: 403, name: 'AccessDeniedException' });
    const planned = await plan(await small());
    assert.deepEqual([planned.newest, planned.permissions], ['unknown', 'unknown']);
    assert.equal((await publishLayer(ports, planned)).status, 'published');
  });

  it('copies the permissions of the previous version when told', async () => {
    const { version } = await publishLayer(ports, await plan(await small()));
    await addedPermission(ports.gateway, version.arn, { kind: 'account', account: '111122223333' });
    await addedPermission(ports.gateway, version.arn, {
      kind: 'organization',
      organizationId: 'o-a1b2c3d4e5',
    });
    const next = await plan(await small('other'));
    assert.equal(typeof next.permissions === 'object' ? next.permissions.statements.length : 0, 2);
    const { version: second, permissions } = await publishLayer(ports, next, { copyPermissions: 'previous' });
    assert.equal(permissions?.copied.length, 2);
    const [from, to] = [
      await ports.gateway.getPolicy(version.arn),
      await ports.gateway.getPolicy(second.arn),
    ];
    assert.deepEqual(to?.statements, from?.statements);
  });

  it('tells which permissions could not be copied; the version is there all the same', async () => {
    const { version } = await publishLayer(ports, await plan(await small()));
    await addedPermission(ports.gateway, version.arn, { kind: 'public' });
    const next = await plan(await small('other'));
    aws.proxy.fault('AddLayerVersionPermission', {
      kind: 'error',
      status: 403,
      name: 'AccessDeniedException',
    });
    const result = await publishLayer(ports, next, { copyPermissions: 'previous' });
    assert.equal(result.version.version, 2);
    assert.equal(result.permissions?.failed.length, 1);
    assert.match(result.warnings.join(), new RegExp(`${name}:2`));
  });

  it('says what it published and what it left undone when it is cancelled afterwards', async () => {
    await publishLayer(ports, await plan(await small()));
    const late = new AbortController();
    const onProgress = ({ phase }: PublishProgress): void => {
      if (phase === 'permissions') late.abort();
    };
    const next = await plan(await small('other'));
    const result = await publishLayer(ports, next, {
      copyPermissions: 'previous',
      signal: late.signal,
      onProgress,
    });
    assert.equal(result.version.version, 2);
    assert.equal(result.warnings.length, 1);
  });

  describe('over 50 MB', () => {
    it('needs a bucket', async () => {
      const request = { zip: large(), metadata: { name } };
      await assert.rejects(planPublish(ports.gateway, request), userError('ConfigurationInvalid', 'bucket'));
    });

    it('goes through the bucket in parts, and nothing stays there', async () => {
      const planned = await plan(large());
      assert.equal(planned.route, 'bucket');
      const progress: number[] = [];
      const { version, warnings } = await publishLayer(ports, planned, {
        onProgress: (each) => {
          if (each.phase === 'upload') progress.push(each.done);
        },
      });
      assert.equal(version.codeSha256, planned.codeSha256);
      assert.deepEqual(warnings, []);
      assert.ok(aws.proxy.count('UploadPart') >= 6);
      assert.equal(Math.max(...progress), planned.zippedBytes);
      assert.deepEqual(await aws.seed.bucketContent(bucket), { keys: [], unfinished: 0 });
    });

    it('sends a part again that broke off', async () => {
      const planned = await plan(large());
      aws.proxy.fault('UploadPart', { kind: 'cutRequest', afterBytes: 1_000_000 }, { skip: 1 });
      aws.proxy.fault('UploadPart', { kind: 'error', status: 503, name: 'SlowDown' }, { skip: 3 });
      assert.equal((await publishLayer(ports, planned)).version.codeSha256, planned.codeSha256);
    });

    it('leaves nothing in the bucket when the upload fails', async () => {
      const planned = await plan(large());
      aws.proxy.fault(
        'UploadPart',
        { kind: 'error', status: 403, name: 'AccessDenied' },
        { skip: 2, times: 99 },
      );
      await assert.rejects(publishLayer(ports, planned), userError('AccessDenied', 's3:PutObject'));
      assert.deepEqual(await aws.seed.bucketContent(bucket), { keys: [], unfinished: 0 });
      assert.deepEqual(await versionsOf(name), []);
    });

    it('leaves nothing in the bucket when the token expires meanwhile and was renewed', async () => {
      const planned = await plan(large());
      const { AWS_SESSION_TOKEN: token } = testCredentials;
      const renew = (): Promise<void> => {
        process.env['AWS_SESSION_TOKEN'] = 'the-renewed-session-token';
        return Promise.resolve();
      };
      const expired = { kind: 'error', status: 400, name: 'ExpiredToken' } as const;
      aws.proxy.fault('UploadPart', { kind: 'first', run: renew });
      for (const operation of ['UploadPart', 'AbortMultipartUpload']) {
        aws.proxy.fault(operation, expired, { times: 99, token });
      }
      try {
        await assert.rejects(publishLayer(ports, planned), userError('CredentialsInvalid'));
        assert.deepEqual(await aws.seed.bucketContent(bucket), { keys: [], unfinished: 0 });
      } finally {
        process.env['AWS_SESSION_TOKEN'] = token;
      }
    });

    for (const isCancelled of [false, true]) {
      it(`says what it leaves when that cannot be removed${isCancelled ? ', also when cancelled' : ''}`, async () => {
        const planned = await plan(large());
        const controller = new AbortController();
        const end = (): Promise<void> => {
          if (isCancelled) controller.abort();
          return Promise.resolve();
        };
        const denied = { kind: 'error', status: 403, name: 'AccessDenied' } as const;
        aws.proxy.fault('UploadPart', { kind: 'first', run: end });
        aws.proxy.fault('UploadPart', denied, { times: 99 });
        aws.proxy.fault('AbortMultipartUpload', denied);
        const failure: unknown = await publishLayer(ports, planned, { signal: controller.signal }).catch(
          (error: unknown) => error,
        );
        userError(isCancelled ? 'ServiceFailed' : 'AccessDenied')(failure);
        const [left] = await aws.seed.unfinishedUploads(bucket);
        for (const part of [bucket, left?.key ?? '', left?.id ?? ''])
          assert.match(describeError(failure), new RegExp(part));
        await aws.seed.endUploads(bucket);
      });
    }

    it('leaves nothing in the bucket when publishing fails', async () => {
      const planned = await plan(large());
      aws.proxy.fault('PublishLayerVersion', {
        kind: 'error',
        status: 400,
        name: 'CodeStorageExceededException',
      });
      await assert.rejects(publishLayer(ports, planned), userError('LimitExceeded'));
      assert.deepEqual(await aws.seed.bucketContent(bucket), { keys: [], unfinished: 0 });
    });

    for (const operation of ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload']) {
      it(`leaves nothing in the bucket when cancelled during ${operation}`, async () => {
        const planned = await plan(large());
        const controller = new AbortController();
        const cancel = (): Promise<void> => {
          controller.abort();
          return Promise.resolve();
        };
        aws.proxy.fault(operation, { kind: 'first', run: cancel });
        await assert.rejects(publishLayer(ports, planned, { ...quick, signal: controller.signal }), {
          name: 'AbortError',
        });
        assert.deepEqual(await aws.seed.bucketContent(bucket), { keys: [], unfinished: 0 });
      });
    }

    it('says which object it could not remove', async () => {
      const planned = await plan(large());
      aws.proxy.fault('DeleteObject', { kind: 'error', status: 403, name: 'AccessDenied' });
      const { status, warnings } = await publishLayer(ports, planned);
      assert.equal(status, 'published');
      assert.match(warnings.join(), /lambda-layers\/published-\d+-.*large-zips/);
      const { keys } = await aws.seed.bucketContent(bucket);
      assert.equal(keys.length, 1);
      await ports.objects.remove(bucket, keys[0] ?? '');
    });
  });
});
