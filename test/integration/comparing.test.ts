import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { region } from '../support/motoAws.ts';
import { writeZip } from '../support/zip.ts';
import { useAccount } from './support/awsAccount.ts';
import { eventually } from './support/debugging.ts';
import { usePerson } from './support/person.ts';

interface Comparison {
  readonly added: readonly { path: string }[];
  readonly removed: readonly { path: string }[];
  readonly changed: readonly { path: string }[];
}

describe('Comparing with what is in AWS', function () {
  this.timeout(120_000);
  const account = useAccount();
  const person = usePerson();
  const where = { profile: undefined, region };
  let work: string;
  /** Three versions: the second adds a file, the third alters one. */
  let tools: string[] = [];
  let data = '';
  const publish = async (name: string, tree: Record<string, string>) =>
    account.seed.layer({ name, zip: readFileSync(await writeZip(join(work, 'layer.zip'), tree)) });
  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'));
    tools = [
      await publish('compared', { 'a.txt': 'one' }),
      await publish('compared', { 'a.txt': 'one', 'b.txt': 'b' }),
      await publish('compared', { 'a.txt': 'three', 'b.txt': 'b' }),
    ];
    data = await publish('compared-data', { 'data.txt': 'data' });
  });
  after(() => rmSync(work, { recursive: true, force: true }));
  beforeEach(() => account.proxy.clear());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const version = (number: number): string => tools[number - 1] ?? assert.fail('no such version');
  const versionRow = (layerVersionArn: string) => ({ kind: 'accountLayerVersion', layerVersionArn, where });
  const functionRow = async (name: string) => {
    const { arn } = await account.gateway.getFunction(name);
    return { kind: 'accountFunction', functionArn: arn, functionName: name, where };
  };
  const run = (command: string, ...rest: unknown[]) =>
    Promise.resolve(vscode.commands.executeCommand<Comparison>(`lambdaLayers.${command}`, ...rest));
  const paths = ({ added, removed, changed }: Comparison) =>
    [added, removed, changed].map((list) => list.map(({ path }) => path));
  const texts = () => person.asked.map(({ text }) => text);

  describe('a version', () => {
    it('is compared with the one before it, from its row, by options and by hand', async () => {
      assert.deepEqual(paths(await run('comparePrevious', versionRow(version(2)))), [['b.txt'], [], []]);
      assert.deepEqual(paths(await run('comparePrevious', { layerVersionArn: version(3) })), [
        [],
        [],
        ['a.txt'],
      ]);
      person.chooses = ['compared', '3'];
      assert.deepEqual(paths(await run('comparePrevious')), [[], [], ['a.txt']]);
      assert.deepEqual(texts().slice(0, 2), ['Layer', 'Version']);
    });

    it('is compared with the newest older one when the one before was deleted', async () => {
      const [one, two, three] = [
        await publish('gaps', { 'a.txt': 'one' }),
        await publish('gaps', { 'b.txt': 'two' }),
        await publish('gaps', { 'c.txt': 'three' }),
      ] as const;
      await account.gateway.deleteLayerVersion(two);
      await assert.rejects(run('comparePrevious', { layerVersionArn: one }), /oldest version/);
      assert.deepEqual(paths(await run('comparePrevious', { layerVersionArn: three })), [
        ['c.txt'],
        ['a.txt'],
        [],
      ]);
    });

    it('is compared with the number before it where versions may not be listed', async () => {
      const denied = { kind: 'error', status: 403, name: 'AccessDeniedException' } as const;
      await run('refresh');
      account.proxy.fault('ListLayerVersions', denied);
      assert.deepEqual(paths(await run('comparePrevious', versionRow(version(2)))), [['b.txt'], [], []]);
    });

    it('is compared with another one of its layer, or a local layer, from its row', async () => {
      person.chooses = ['compared:1'];
      assert.deepEqual(paths(await run('compareWith', versionRow(version(3)))), [['b.txt'], [], ['a.txt']]);
      const [{ choices } = assert.fail('nothing was asked')] = person.asked;
      assert.deepEqual(choices.slice(0, 2), ['compared:2', 'compared:1']);
      for (const other of ['greetings', 'Published Layer Version…', 'Deployed Function…', 'Enter an ARN…'])
        assert.ok(choices.includes(other), choices.join());
      person.chooses = ['greetings'];
      const [added = []] = paths(await run('compareWith', versionRow(version(2))));
      assert.deepEqual(added, ['a.txt', 'b.txt']);
    });

    it('stays comparable with everything else when its sisters may not be listed', async () => {
      await run('refresh');
      const denied = { kind: 'error', status: 403, name: 'AccessDeniedException' } as const;
      account.proxy.fault('ListLayerVersions', denied);
      person.chooses = ['greetings'];
      assert.equal(paths(await run('compareWith', versionRow(version(2))))[0]?.length, 2);
    });
  });

  describe('two sides', () => {
    it('can be deployed functions', async () => {
      await account.seed.function({ name: 'left', layers: [version(1)] });
      await account.seed.function({ name: 'right', layers: [version(3), data] });
      const [left, right] = [await functionRow('left'), await functionRow('right')];
      const options = { left: { function: left.functionArn }, right: { function: right.functionArn } };
      const expected = [['b.txt', 'data.txt'], [], ['a.txt']];
      assert.deepEqual(paths(await run('compareLayers', options)), expected);
      person.chooses = ['Deployed Function…', 'left'];
      assert.deepEqual(paths(await run('compareWith', right)), expected);
      const mixed = { left: [version(1)], right: { function: right.functionArn } };
      assert.deepEqual(paths(await run('compareLayers', mixed)), expected);
    });

    it('are asked for one after the other', async () => {
      person.chooses = ['Published Layer Version…', 'compared', '2'];
      assert.deepEqual(paths(await run('compareLayers')), [[], [], []]);
      assert.deepEqual(texts().slice(0, 6), [
        ...['Compare this', 'Layer', 'Version'],
        ...['with this', 'Layer', 'Version'],
      ]);
      assert.ok(texts().includes('compared:2 ↔ compared:2: no differences.'));
    });
  });

  it('is not needed to browse a version or a function by its ARN', async () => {
    person.chooses = ['Enter an ARN…'];
    person.types = [version(3)];
    const root = (await run('openOpt')) as unknown as vscode.Uri;
    const read = async (path: string) =>
      Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(root, path))).toString();
    assert.equal(await read('a.txt'), 'three');
    person.types = ['compared:3'];
    assert.equal(await run('openOpt'), undefined);
    assert.ok(texts().some((text) => /neither a layer version nor a function/.test(text)));
  });

  describe('a local layer', () => {
    let folder: string;
    beforeEach(() => {
      folder = join(mkdtempSync(join(work, 'local-')), 'mine');
      mkdirSync(folder);
      writeFileSync(join(folder, 'a.txt'), 'one');
    });
    const publishFolder = (name: string) => account.run<string>('publishLayer', { path: folder, name });

    it('is compared with what it was last published as, in the region where that was', async () => {
      await publishFolder('under-another-name');
      writeFileSync(join(folder, 'a.txt'), 'two');
      writeFileSync(join(folder, '.layerignore'), 'notes\n');
      writeFileSync(join(folder, 'notes'), 'stay here');
      chmodSync(join(folder, 'a.txt'), 0o600); // packaging makes it readable
      await account.run('selectRegion', { region: 'us-east-1' });
      try {
        assert.deepEqual(paths(await run('compareWithPublished', vscode.Uri.file(folder))), [
          [],
          [],
          ['a.txt'],
        ]);
      } finally {
        await account.run('selectRegion', { region });
      }
      writeFileSync(join(folder, 'a.txt'), 'one');
      assert.deepEqual(paths(await run('compareWithPublished', { path: folder })), [[], [], []]);
    });

    it('is compared with a given version, or with the layer that has its name', async () => {
      const options = { path: folder, layerVersionArn: version(2) };
      assert.deepEqual(paths(await run('compareWithPublished', options)), [[], ['b.txt'], []]);
      await publish('mine', { 'data.txt': 'data' });
      assert.deepEqual(paths(await run('compareWithPublished', { path: folder })), [
        ['a.txt'],
        ['data.txt'],
        [],
      ]);
    });

    it('is said not to be published, in words', async () => {
      await assert.rejects(
        run('compareWithPublished', { path: 'german' }),
        /No version of a layer "german" is published in eu-west-1/,
      );
      assert.equal(await run('compareWithPublished', vscode.Uri.file(join(work, 'gone'))), undefined);
      assert.ok(person.asked.some(({ text }) => /No version of a layer "gone"/.test(text)));
    });

    it('can be compared with the newest version before it is published', async () => {
      await publishFolder('mine-again');
      writeFileSync(join(folder, 'a.txt'), 'two');
      person.types = ['*', '*', '*'];
      person.chooses = ['nodejs22.x', 'x86_64', 'Compare with mine-again:1', 'Back to the Details'];
      const published = run('publishLayer', vscode.Uri.file(folder));
      await eventually(
        () => person.asked.filter(({ text }) => text === 'Publish mine-again in eu-west-1?')[1],
        'the question again',
      );
      person.chooses = ['Publish'];
      assert.match((await published) as unknown as string, /:layer:mine-again:2$/);
      assert.ok(texts().includes('Look at the comparison, then decide; drag the title to move this'));
    });
  });

  describe('a change of a function', () => {
    const question = (name: string) => `Change the layers of ${name}?`;
    const detach = async (name: string, position: number) => {
      const layers = await account.orderOf(name);
      const row = { ...versionRow(layers[position] ?? ''), position, parent: await functionRow(name) };
      return run('detachLayer', row);
    };

    it('is compared from its dialog, which is asked again when a comparison fails', async () => {
      const name = await account.seed.function({ name: 'looked-at', layers: [version(2), data] });
      const file = await vscode.commands.executeCommand<vscode.Uri>('lambdaLayers.downloadLayerVersion', {
        layerVersionArn: data,
      });
      person.chooses = ['Compare /opt', 'Change Layers'];
      person.asked.push = function (...items) {
        // Between reading the layers and comparing them, one of them goes away.
        if (items[0]?.text === question(name)) rmSync(file.fsPath, { force: true });
        if (items[0]?.text.includes('compared-data') === true) person.chooses = ['Change Layers'];
        return Array.prototype.push.apply(this, items);
      };
      try {
        await detach(name, 1);
      } finally {
        Reflect.deleteProperty(person.asked, 'push');
      }
      assert.deepEqual(await account.orderOf(name), [version(2)]);
    });

    it('is compared as far as the layers can be downloaded, with what is missing said', async () => {
      const name = await account.seed.function({ name: 'partly', layers: [version(2), data] });
      await run('clearCache');
      await run('downloadLayerVersion', { layerVersionArn: data });
      account.proxy.fault('Download', { kind: 'error', status: 404, name: 'NoSuchKey' }, { times: 2 });
      person.chooses = ['Compare /opt', 'Change Layers'];
      const changed = detach(name, 1);
      await eventually(
        () =>
          texts().find((text) => text === 'Look at the comparison, then decide; drag the title to move this'),
        'a comparison',
      );
      await changed;
      assert.ok(
        texts().includes('Compared without compared:2, which could not be downloaded.'),
        texts().join(),
      );
    });

    it('is compared afterwards, from the message and by the command, also once it is taken back', async () => {
      const name = await account.seed.function({ name: 'afterwards', layers: [version(2), data] });
      await assert.rejects(run('compareChange', { function: name }), /were not changed in this window/);
      await account.run('detachLayer', { function: name, layers: [data] });
      const message = person.asked.find(({ text }) => text.startsWith('afterwards now has'));
      assert.deepEqual(message?.choices, ['Undo', 'Compare /opt']);
      assert.deepEqual(paths(await run('compareChange', {})), [[], ['data.txt'], []]);
      await account.run('undoUpdate', {});
      assert.deepEqual(paths(await run('compareChange', { function: name })), [[], ['data.txt'], []]);
      person.chooses = [name];
      assert.deepEqual(paths(await run('compareChange')), [[], ['data.txt'], []]);
    });

    it('is compared for each function of an update, before it is made', async () => {
      const name = await account.seed.function({ name: 'to-update', layers: [version(1)] });
      person.chooses = [`${name} > Compare /opt Before and After`];
      await run('updateDependents', versionRow(version(3)));
      await eventually(
        () => tabs().find((label) => label.startsWith('compared:1 ↔ compared:3')),
        'the comparison',
      );
      assert.deepEqual(await account.orderOf(name), [version(1)]);
    });
  });

  const tabs = () => vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all.map(({ label }) => label));
});
