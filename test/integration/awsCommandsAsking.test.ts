import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { layerArnOf } from '../../src/core/account/layerNames.ts';
import { AccountDragAndDrop } from '../../src/vscode/account/accountDragAndDrop.ts';
import type { AccountNode } from '../../src/vscode/account/accountNodes.ts';
import { region } from '../support/motoAws.ts';
import type { TreeEntry } from '../support/tree.ts';
import { writeZip } from '../support/zip.ts';
import { AccountView } from './support/accountView.ts';
import { useAccount } from './support/awsAccount.ts';
import { usePerson } from './support/person.ts';

describe('A person who changes an account', function () {
  this.timeout(120_000);
  const account = useAccount();
  const person = usePerson();
  const where = { profile: undefined, region };
  let work: string;
  let tools = '';
  let data: string[] = [];
  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'));
    const publish = async (name: string, tree: Record<string, TreeEntry>) =>
      account.seed.layer({ name, zip: readFileSync(await writeZip(join(work, 'layer.zip'), tree)) });
    tools = await publish('tools', { 'bin/tool': { text: '#!/bin/sh\n', mode: 0o755 }, 'share/x': 'x' });
    data = [
      await publish('data', { 'data.txt': 'one' }),
      await publish('data', { 'data.txt': 'two', share: 'a file, where tools has a folder' }),
    ];
  });
  after(() => rmSync(work, { recursive: true, force: true }));
  beforeEach(() => account.proxy.clear());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const newest = (): string => data[1] ?? '';
  const oldest = (): string => data[0] ?? '';
  const run = (command: string, ...rest: unknown[]) =>
    Promise.resolve(vscode.commands.executeCommand(`lambdaLayers.${command}`, ...rest));
  const versionRow = (layerVersionArn: string) => ({ kind: 'accountLayerVersion', layerVersionArn, where });
  const asked = (text: RegExp) =>
    person.asked.find((each) => text.test(each.text)) ??
    assert.fail(`${String(text)} was not asked, only ${person.asked.map((each) => each.text).join('; ')}`);

  describe('by dragging layers', () => {
    let controller: AccountDragAndDrop;
    let view: AccountView;
    beforeEach(() => {
      view = new AccountView(join(work, 'downloads'));
      controller = new AccountDragAndDrop(view.services);
    });
    afterEach(() => view.dispose());

    const rows = (...path: string[]) => view.rows(`default credentials · ${region}`, ...path);
    const attachedRows = async (name: string) =>
      (await rows('Functions', name)).filter(({ kind }) => kind === 'accountLayerVersion');

    async function drag(node: AccountNode | undefined, target: AccountNode | undefined): Promise<void> {
      assert.ok(node && target);
      const transfer = new vscode.DataTransfer();
      controller.handleDrag([node], transfer);
      await controller.handleDrop(target, transfer);
    }

    it('sees the order before and after, and nothing is changed when that is dismissed', async () => {
      const name = await account.seed.function({ name: 'dragged', layers: [tools, oldest()] });
      const [first, last] = await attachedRows(name);
      await drag(first, last);
      const { detail, choices } = asked(/Change the layers of dragged\?/);
      assert.match(detail, /Before:\n1\. tools:1\n2\. data:1\n\nAfter:\n1\. data:1\n2\. tools:1\n/);
      assert.match(
        detail,
        /Unzips to at least \d+ bytes of 250 MB: of the code only the zip is known \(\d+ bytes\)\./,
      );
      assert.deepEqual(choices, ['Change Layers', 'Compare /opt']);
      assert.deepEqual(await account.orderOf(name), [tools, oldest()]);
      person.chooses = ['Change Layers'];
      await drag(first, last);
      assert.deepEqual(await account.orderOf(name), [oldest(), tools]);
    });

    it('attaches a version by dropping it on a function, and hears of new conflicts in /opt', async () => {
      const name = await account.seed.function({ name: 'receiver', layers: [tools] });
      const [version] = await rows('Layers', 'data');
      const target = (await rows('Functions')).find((node) => view.label(node) === name);
      person.chooses = ['Change Layers'];
      await drag(version, target);
      const { detail } = asked(/Change the layers of receiver\?/);
      assert.match(detail, /After:\n1\. tools:1\n2\. data:2 \(new\)/);
      assert.match(detail, /New conflicts in \/opt: 1\n {2}share: directory in tools:1, file in data:2/);
      assert.deepEqual(await account.orderOf(name), [tools, newest()]);
    });

    it('replaces an older version in its place by dropping a newer one', async () => {
      const name = await account.seed.function({ name: 'replaced', layers: [oldest(), tools] });
      const [version] = await rows('Layers', 'data');
      const target = (await rows('Functions')).find((node) => view.label(node) === name);
      person.chooses = ['Change Layers'];
      await drag(version, target);
      assert.deepEqual(await account.orderOf(name), [newest(), tools]);
    });
  });

  it('sees a table before functions are updated, leaves some out, and takes the update back', async () => {
    const names = await Promise.all(
      ['table-a', 'table-b'].map((name) => account.seed.function({ name, layers: [tools, oldest()] })),
    );
    await run('updateDependents', versionRow(newest()));
    assert.match(asked(/Functions to update/).detail, /tools:1 → data:1 {2}⇒ {2}tools:1 → data:2/);
    const planned = /\| table-a \| tools:1 → data:1 \| tools:1 → data:2 \| planned \|/;
    assert.ok(reports().some((text) => planned.test(text)));
    assert.deepEqual(await account.orderOf('table-a'), [tools, oldest()]);

    person.chooses = ['table-b', 'Update, Stop at an Error'];
    await run('updateDependents', versionRow(newest()));
    assert.match(asked(/Update 1 function to data:2\?/).detail, /keeps the order/);
    assert.deepEqual(await account.orderOf('table-a'), [tools, oldest()]);
    assert.deepEqual(await account.orderOf('table-b'), [tools, newest()]);

    person.chooses = [];
    await run('undoUpdate');
    assert.match(asked(/previous layers/).detail, /table-b: tools:1 → data:2 {2}⇒ {2}tools:1 → data:1/);
    assert.deepEqual(await account.orderOf('table-b'), [tools, newest()]);
    person.chooses = ['Undo'];
    await run('undoUpdate');
    assert.deepEqual(await account.orderOf('table-b'), [tools, oldest()]);
    assert.equal(names.length, 2);
  });

  it('is asked before a version is made public', async () => {
    const [arn = ''] = await account.seed.versions('public', 1);
    person.chooses = ['Everybody'];
    await run('addPermission', versionRow(arn));
    assert.match(asked(/Let everybody use public:1\?/).detail, /Everybody with an AWS account/);
    assert.equal(await account.gateway.getPolicy(arn), undefined);
    person.chooses = ['Everybody', 'Make It Public'];
    await run('addPermission', versionRow(arn));
    assert.deepEqual(
      (await account.gateway.getPolicy(arn))?.statements.map(({ audience }) => audience.kind),
      ['public'],
    );
    await run('showPermissions', versionRow(arn));
    assert.ok(reports().some((text) => /\| public \| everybody with an AWS account \|/.test(text)));
  });

  it('is told who uses a version, and what cannot be known, before it is deleted', async () => {
    const [arn = ''] = await account.seed.versions('doomed', 1);
    await account.seed.function({ name: 'uses-doomed', layers: [arn] });
    await account.seed.publishFunction('uses-doomed', 'live');
    await run('deleteLayerVersion', versionRow(arn));
    const { detail, choices } = asked(/Delete doomed:1 for good\?/);
    assert.match(detail, /uses-doomed\nuses-doomed, version 1 \(live\)/);
    assert.match(detail, /cannot be known/);
    assert.deepEqual(choices, ['Delete Although It Is Used']);
    assert.equal((await account.gateway.getLayerVersion(arn)).version, 1);
    person.chooses = choices;
    await run('deleteLayerVersion', versionRow(arn));
    assert.deepEqual((await account.gateway.listLayerVersions(layerArnOf(arn))).items, []);
  });

  it('is shown what goes when a layer is detached by its row', async () => {
    const name = await account.seed.function({ name: 'placed', layers: [tools] });
    const functionArn = (await account.gateway.getFunction(name)).arn;
    const row = { kind: 'accountFunction', functionArn, functionName: name, where };
    const attached = { ...versionRow(tools), position: 0, parent: row };
    person.chooses = ['Change Layers'];
    await run('detachLayer', attached);
    assert.deepEqual(await account.orderOf(name), []);
    assert.match(asked(/Change the layers of placed\?/).detail, /1\. tools:1 \(goes\)\n\nAfter:\nno layers/);
  });

  /** The reports that are open. */
  const reports = () =>
    vscode.workspace.textDocuments
      .filter(({ uri }) => uri.scheme === 'lambda-report')
      .map((document) => document.getText());
});
