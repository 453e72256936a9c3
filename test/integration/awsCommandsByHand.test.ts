import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { layerArnOf } from '../../src/core/account/layerNames.ts';
import { region } from '../support/motoAws.ts';
import { writeZip } from '../support/zip.ts';
import { useAccount } from './support/awsAccount.ts';
import { usePerson } from './support/person.ts';

describe('A person who runs a command without options', function () {
  this.timeout(120_000);
  const account = useAccount();
  const person = usePerson();
  const where = { profile: undefined, region };
  let work: string;
  let count = 0;
  before(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  after(() => rmSync(work, { recursive: true, force: true }));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const run = (command: string, ...rest: unknown[]) =>
    Promise.resolve(vscode.commands.executeCommand(`lambdaLayers.${command}`, ...rest));
  const versionRow = (layerVersionArn: string) => ({ kind: 'accountLayerVersion', layerVersionArn, where });
  const layerRow = (versionArn: string) => ({
    ...{ kind: 'accountLayer', layerArn: layerArnOf(versionArn), where, addedVersionArn: undefined },
    layer: { name: 'x', arn: layerArnOf(versionArn), newest: undefined },
  });
  const functionRow = async (name: string) => {
    const { arn } = await account.gateway.getFunction(name);
    return { kind: 'accountFunction', functionArn: arn, functionName: name, where };
  };
  const asked = (text: RegExp) =>
    person.asked.find((each) => text.test(each.text)) ??
    assert.fail(`${String(text)} was not asked, only ${person.asked.map((each) => each.text).join('; ')}`);
  /** The reports that are open. */
  const reports = () =>
    vscode.workspace.textDocuments
      .filter(({ uri }) => uri.scheme === 'lambda-report')
      .map((document) => document.getText());
  /** A version that can be opened, of a layer of the test's own; its number is 1 for a new name. */
  const publish = async (name: string, text = name) => {
    const zip = readFileSync(await writeZip(join(work, `${count++}.zip`), { [`${name}.txt`]: text }));
    return account.seed.layer({ name, zip });
  };

  it('chooses a layer, a version, and its place in the order, to attach it to a function', async () => {
    const [one, two, fresh] = [
      await publish('hand-one'),
      await publish('hand-two'),
      await publish('hand-new'),
    ];
    const name = await account.seed.function({ name: 'by-hand', layers: [one, two] });
    person.chooses = ['hand-new', '1', 'Before hand-two:1', 'Change Layers'];
    await run('attachLayer', await functionRow(name));
    const { choices } = asked(/Place of hand-new:1 in the order/);
    assert.deepEqual(choices, ['Last: it wins over the others', 'Before hand-one:1', 'Before hand-two:1']);
    assert.deepEqual(await account.orderOf(name), [one, fresh, two]);
  });

  it('may leave a newer version in the place of the older one, or choose another', async () => {
    const [old, other] = [await publish('hand-kept'), await publish('hand-other')];
    const newer = await publish('hand-kept', 'newer');
    const name = await account.seed.function({ name: 'by-hand-kept', layers: [old, other] });
    person.chooses = [name, 'In the place of hand-kept:1', 'Change Layers'];
    await run('attachLayer', versionRow(newer));
    assert.deepEqual(await account.orderOf(name), [newer, other]);
    person.chooses = [name, 'Last: it wins over the others', 'Change Layers'];
    await run('attachLayer', versionRow(old));
    assert.deepEqual(await account.orderOf(name), [other, old]);
  });

  it('says how many versions to keep, and sees which go before they go', async () => {
    const arns = await account.seed.versions('hand-pruned', 4);
    await account.seed.function({ name: 'keeps-hand-pruned', layers: [arns[0] ?? ''] });
    const left = async () =>
      (await account.gateway.listLayerVersions('hand-pruned')).items.map(({ version }) => version).sort();
    await account.run('addPermission', { layerVersionArn: arns[1] ?? '', account: '111122223333' });
    person.types = ['none', '1'];
    await run('pruneLayer', layerRow(arns[0] ?? ''));
    const table = reports().find((text) => text.includes('hand-pruned:2')) ?? '';
    assert.match(table, /\| hand-pruned:4 \| kept \| among the newest \|/);
    assert.match(table, /\| hand-pruned:2 \| to be deleted \| shared with account 111122223333 \|/);
    assert.match(table, /\| hand-pruned:1 \| kept \| used by keeps-hand-pruned \|/);
    asked(/^A number from 1 on\.$/);
    const { detail, choices } = asked(/Delete 2 versions for good\?/);
    assert.match(detail, /hand-pruned:3, hand-pruned:2/);
    assert.deepEqual(await left(), [1, 2, 3, 4]);
    person.types = ['1'];
    person.chooses = choices;
    await run('pruneLayer', layerRow(arns[0] ?? ''));
    assert.deepEqual(await left(), [1, 4]);
  });

  it('chooses whom to share with, takes it back, and gives the same to another version', async () => {
    const [one = '', two = ''] = await account.seed.versions('hand-shared', 2);
    const audiences = async (arn: string) =>
      (await account.gateway.getPolicy(arn))?.statements.map(({ audience }) => audience.kind) ?? [];
    person.chooses = ['An Account…'];
    person.types = ['12', '111122223333'];
    await run('addPermission', versionRow(one));
    asked(/twelve digits/);
    assert.deepEqual(await audiences(one), ['account']);

    person.chooses = ['2'];
    await run('copyPermissions', versionRow(one));
    assert.match(asked(/Share hand-shared:2 with these too\?/).detail, /111122223333/);
    assert.deepEqual(await audiences(two), []);
    person.chooses = ['2', 'Copy'];
    await run('copyPermissions', versionRow(one));
    assert.deepEqual(await audiences(two), ['account']);

    person.chooses = ['account 111122223333'];
    person.asked.length = 0;
    await run('removePermission', versionRow(one));
    person.chooses = asked(/keep working/).choices;
    await run('removePermission', versionRow(one));
    assert.deepEqual(await audiences(one), []);
    await run('removePermission', versionRow(one));
    asked(/hand-shared:1 is not shared with anybody/);
  });

  it('chooses an IAM policy, which is copied and explained', async () => {
    const [arn = ''] = await account.seed.versions('hand-policy', 1);
    await run('copyPolicy', versionRow(arn));
    const [first = ''] = asked(/What the policy is for/).choices;
    person.chooses = [first];
    const json = await run('copyPolicy', versionRow(arn));
    assert.equal(await vscode.env.clipboard.readText(), json);
    assert.ok(reports().some((text) => text.includes('The policy is in the clipboard.')));
  });

  it('chooses where a downloaded version goes, and nothing is downloaded without that', async () => {
    const arn = await publish('hand-downloaded');
    account.proxy.clear();
    assert.equal(await run('downloadLayerVersion', versionRow(arn)), undefined);
    assert.equal(account.proxy.count('Download'), 0);
    const file = join(work, 'saved.zip');
    person.file = vscode.Uri.file(file);
    await run('downloadLayerVersion', versionRow(arn));
    assert.deepEqual(readFileSync(file), readFileSync(join(work, `${count - 1}.zip`)));
  });

  it('is asked all that publishing needs to know, with what is wrong said at once', async () => {
    person.types = ['no spaces', 'hand-published', 'Described by hand', 'MIT'];
    person.chooses = ['greetings', 'nodejs22.x', 'python3.13', 'arm64', 'Publish'];
    assert.match(String(await run('publishLayer')), /:layer:hand-published:1$/);
    asked(/Letters, digits, - and _ only/);
    const version = await account.gateway.getLayerVersion(
      `arn:aws:lambda:${region}:123456789012:layer:hand-published:1`,
    );
    assert.deepEqual(
      [version.description, version.licenseInfo, version.compatibleRuntimes, version.compatibleArchitectures],
      ['Described by hand', 'MIT', ['nodejs22.x', 'python3.13'], ['arm64']],
    );
  });

  it('is asked whether the same content is published again, with the permissions of before', async () => {
    const first = await account.run<string>('publishLayer', { path: 'german', name: 'hand-again' });
    await account.run('addPermission', { layerVersionArn: first, account: '111122223333' });
    const publishAgain = () => {
      person.types = ['hand-again', '*', '*'];
      return run('publishLayer');
    };
    person.chooses = ['german', 'nodejs22.x', 'arm64'];
    assert.equal(await publishAgain(), undefined);
    const { choices, detail } = asked(/hand-again:1 has exactly this content already\. Publish it again\?/);
    assert.deepEqual(choices, ['Publish Anyway and Copy Permissions', 'Publish Anyway']);
    assert.match(detail, /The newest version is shared with: account 111122223333/);

    person.chooses = [...person.chooses, 'Publish Anyway and Copy Permissions'];
    const second = String(await publishAgain());
    assert.match(second, /:layer:hand-again:2$/);
    assert.deepEqual(
      (await account.gateway.getPolicy(second))?.statements.map(({ audience }) => audience),
      [{ kind: 'account', account: '111122223333' }],
    );
  });

  it('is told the first of many functions that use a version, and how many there are beside them', async () => {
    const arn = await publish('hand-popular');
    for (let index = 10; index < 22; index++)
      await account.seed.function({ name: `popular-${index}`, layers: [arn] });
    await run('refresh');
    person.types = [arn];
    const names = await run('findLayerUsers');
    assert.ok(Array.isArray(names) && names.length === 12, String(names));
    const { text } = asked(/^hand-popular:1 is used by /);
    assert.match(text, /^hand-popular:1 is used by (popular-\d\d, ){10}and 2 more\.$/);
  });
});
