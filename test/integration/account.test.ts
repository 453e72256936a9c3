import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { LayerDownloads } from '../../src/core/account/layerDownloads.ts';
import type { AccountTree } from '../../src/vscode/account/accountTree.ts';
import type { AddedLayers } from '../../src/vscode/account/addedLayers.ts';
import type { AccountNode } from '../../src/vscode/account/accountNodes.ts';
import { AwsAccounts } from '../../src/vscode/account/awsAccounts.ts';
import { PublishedLayers } from '../../src/vscode/account/publishedLayers.ts';
import { Templates } from '../../src/vscode/workspace/templates.ts';
import { WorkspaceModel } from '../../src/vscode/workspace/workspaceModel.ts';
import { withFields } from '../support/faultProxy.ts';
import { region, testCredentials, useAws } from '../support/motoAws.ts';
import { writeZip } from '../support/zip.ts';
import { AccountView } from './support/accountView.ts';
import { set } from './support/awsAccount.ts';
import { EmptyState } from './support/emptyState.ts';
import { extensionApi, stopAll, workspaceFolder } from './support/debugging.ts';
import { findRemains, mark } from './support/remains.ts';

interface Comparison {
  readonly added: readonly { path: string }[];
  readonly removed: readonly { path: string }[];
  readonly changed: readonly { path: string }[];
}

describe('An AWS account', () => {
  const aws = useAws();
  let work: string;
  let shared: string[] = [];
  let data = '';

  before(async function () {
    this.timeout(300_000);
    work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'));
    const zip = async (name: string, tree: Parameters<typeof writeZip>[1]) =>
      readFileSync(await writeZip(join(work, `${name}.zip`), tree));
    shared = [
      await aws.seed.layer({
        name: 'shared-tools',
        zip: await zip('one', { 'bin/tool': { text: '#!/bin/sh\necho one', mode: 0o755 }, 'old.txt': 'old' }),
      }),
      await aws.seed.layer({
        name: 'shared-tools',
        zip: await zip('two', { 'bin/tool': { text: '#!/bin/sh\necho two', mode: 0o755 }, 'new.txt': 'new' }),
        runtimes: ['nodejs22.x'],
        architectures: ['arm64'],
        description: 'Tools for everybody',
      }),
    ];
    data = await aws.seed.layer({ name: 'data', zip: await zip('data', { 'data.txt': 'data' }) });
    for (let index = 0; index < 70; index++) await aws.seed.layer({ name: `bulk-${index}` });
    await aws.seed.function({ name: 'orders', layers: [data, shared[0] ?? ''] });
    await aws.seed.function({ name: 'invoices', layers: [shared[0] ?? ''], architecture: 'arm64' });
    await aws.seed.function({ name: 'bare' });
    await set('aws.endpointUrl', aws.proxy.endpoint);
    await set('aws.region', region);
    await extensionApi();
  });
  after(async () => {
    await set('aws.endpointUrl', undefined);
    await set('aws.region', undefined);
    rmSync(work, { recursive: true, force: true });
  });
  beforeEach(() => aws.proxy.clear());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const run = <T>(command: string, options?: object) =>
    Promise.resolve(vscode.commands.executeCommand<T>(`lambdaLayers.${command}`, options));
  const text = async (root: vscode.Uri, path: string) =>
    Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(root, path))).toString();

  describe('in the tree', () => {
    let view: AccountView;
    let accounts: AwsAccounts;
    let added: AddedLayers;
    let tree: AccountTree;
    beforeEach(() => {
      view = new AccountView(join(work, 'downloads'));
      ({ added, tree } = view);
      ({ accounts } = view.services);
    });
    afterEach(() => view.dispose());

    const label = (node: AccountNode) => view.label(node);
    const line = (node: AccountNode) => view.line(node);
    const rows = (...path: string[]) => view.rows(...path);
    const place = `default credentials · ${region}`;

    it('asks AWS for nothing before layers or functions are expanded, and then for one page', async () => {
      assert.deepEqual((await rows()).map(label), [place]);
      assert.deepEqual((await rows(place)).map(label), ['Layers', 'Functions']);
      assert.deepEqual(aws.proxy.operations, []);
      const layers = await rows(place, 'Layers');
      assert.deepEqual(aws.proxy.operations, ['ListLayers']);
      assert.equal(layers.length, 51);
      assert.equal(line(layers[50] as AccountNode), 'Load More… | 50 shown');
    });

    it('shows more rows when asked to', async () => {
      tree.setFilter('bulk-');
      const more = (await rows(place, 'Layers')).at(-1);
      assert.equal(more?.kind, 'accountMore');
      tree.showMore(more);
      assert.equal((await rows(place, 'Layers')).length, 70);
      assert.equal(aws.proxy.count('ListLayers'), 2);
    });

    it('filters by name, reading on until something matches', async () => {
      tree.setFilter('BULK-69');
      assert.deepEqual((await rows(place, 'Layers')).map(label), ['bulk-69']);
      tree.setFilter('nothing like this');
      assert.deepEqual((await rows(place, 'Layers')).map(line), ['No layers | match "nothing like this"']);
      tree.setFilter('orders');
      assert.deepEqual((await rows(place, 'Functions')).map(line), [
        'orders | 2 layers · nodejs22.x · x86_64',
      ]);
    });

    it('says of a version all that AWS says, and who uses it after one pass over the functions', async () => {
      tree.setFilter('shared');
      assert.deepEqual(
        (await rows(place, 'Layers')).map((node) => line(node)),
        ['shared-tools | version 2 · nodejs22.x · arm64 · Tools for everybody'],
      );
      assert.deepEqual((await rows(place, 'Layers', 'shared-tools')).map(label), ['Version 2', 'Version 1']);
      const facts = (await rows(place, 'Layers', 'shared-tools', 'Version 2')).map(line);
      assert.match(facts.find((each) => each.startsWith('Size')) ?? '', /^Size \| \d+ bytes zipped$/);
      for (const fact of ['Runtimes | nodejs22.x', 'Architectures | arm64', 'Shared with | nobody']) {
        assert.ok(facts.includes(fact), facts.join('\n'));
      }
      assert.equal(facts.at(-1), 'Used by | find functions…');
      assert.equal(aws.proxy.count('ListFunctions'), 0);
      await (await accounts.store()).usage();
      const about = await rows(place, 'Layers', 'shared-tools', 'Version 1');
      assert.equal(line(about.at(-1) as AccountNode), 'Used by | 2 functions');
      assert.deepEqual((await rows(place, 'Layers', 'shared-tools', 'Version 1', 'Used by')).map(label), [
        'orders',
        'invoices',
      ]);
    });

    it("lists a function's layers in its order", async () => {
      const layers = await rows(place, 'Functions', 'orders');
      assert.deepEqual(layers.map(label), ['1  data:1', '2  shared-tools:1']);
      assert.deepEqual((await rows(place, 'Functions', 'bare')).map(label), ['No layers']);
    });

    it('keeps working where the versions of a layer may not be listed', async () => {
      const [first = ''] = shared;
      await added.add({ versionArn: first, where: { profile: undefined, region } });
      tree.setFilter('shared');
      const denied = { kind: 'error', status: 403, name: 'AccessDeniedException' } as const;
      aws.proxy.fault('ListLayerVersions', denied);
      assert.deepEqual((await rows(place, 'Layers', 'shared-tools')).map(label), [
        'Version 1',
        'Other versions are not known',
      ]);
    });

    it('has several regions side by side, each row with an identity of its own', async () => {
      await accounts.add({ profile: undefined, region: 'us-east-1' });
      const other = 'default credentials · us-east-1';
      assert.deepEqual((await rows()).map(label), [place, other]);
      assert.deepEqual((await rows(other, 'Layers')).map(label), ['No layers']);
      const all = [...(await rows(place)), ...(await rows(other)), ...(await rows(place, 'Layers'))];
      const ids = all.map((node) => tree.getTreeItem(node).id);
      assert.equal(new Set(ids).size, ids.length);
      await accounts.remove({ profile: undefined, region: 'us-east-1' });
      assert.deepEqual((await rows()).map(label), [place]);
    });

    it('has several profiles side by side, each with credentials of its own', async () => {
      const former = process.env['AWS_CONFIG_FILE'];
      const keys = 'aws_access_key_id = AKIDTEST\naws_secret_access_key = secret\n';
      process.env['AWS_CONFIG_FILE'] = join(work, 'config');
      writeFileSync(join(work, 'config'), `[profile works]\n${keys}[profile empty]\nregion = ${region}\n`);
      try {
        for (const profile of ['works', 'empty']) await accounts.add({ profile, region });
        assert.deepEqual((await rows()).map(label), [place, `works · ${region}`, `empty · ${region}`]);
        tree.setFilter('shared');
        assert.deepEqual((await rows(`works · ${region}`, 'Layers')).map(label), ['shared-tools']);
        const [problem] = await rows(`empty · ${region}`, 'Layers');
        assert.match(
          problem === undefined ? '' : label(problem),
          /Profile empty has no usable AWS credentials/,
        );
        assert.deepEqual((await rows(place, 'Layers')).map(label), ['shared-tools']);
      } finally {
        process.env['AWS_CONFIG_FILE'] = former;
      }
    });

    it('draws anew only the rows that a change concerns, as they are now', async () => {
      const [first] = await rows();
      const [layers, functions] = await view.below(first);
      const versions = await view.below(layers, 'shared-tools');
      for (const version of versions) await view.below(version);
      const listed = await view.below(functions);
      const orders = listed.find((node) => label(node) === 'orders');
      assert.ok(orders?.kind === 'accountFunction');
      await view.below(orders);
      const drawn: string[][] = [];
      tree.onDidChangeTreeData((nodes) => drawn.push(nodes?.map(label) ?? ['everything']));
      const drawnBy = (change: () => void) => {
        change();
        return drawn.splice(0);
      };
      const store = await accounts.store();
      await store.usage();
      assert.deepEqual(drawn.splice(0), [['Used by', 'Used by']]);

      const less = { ...orders.function, layers: orders.function.layers.slice(0, 1) };
      const byFunction = drawnBy(() => store.functionChanged(less));
      assert.deepEqual(byFunction, [['Used by', 'Used by', 'orders']]);
      assert.equal(line(orders), 'orders | 1 layer · nodejs22.x · x86_64');
      assert.deepEqual((await view.below(orders)).map(label), ['1  data:1']);

      assert.deepEqual(
        drawnBy(() => store.layerChanged('data')),
        [['Layers', '1  data:1']],
      );
      await added.add({ versionArn: data, where: { profile: undefined, region } });
      await added.add({ versionArn: data, where: { profile: undefined, region: 'us-east-1' } });
      assert.deepEqual(drawn.splice(0), [['Layers']]);
      assert.deepEqual(
        drawnBy(() => tree.refresh()),
        [['everything']],
      );
    });

    it('says what failed and what to do, and reads it when tried again', async () => {
      const expired = { kind: 'error', status: 403, name: 'ExpiredTokenException' } as const;
      aws.proxy.fault('ListFunctions', expired);
      const [problem, help, ...others] = await rows(place, 'Functions');
      assert.equal(problem?.kind, 'accountProblem');
      assert.deepEqual(others, []);
      assert.match(label(problem), /The AWS credentials have expired/);
      assert.match(help === undefined ? '' : label(help), /environment that the editor was started in/);
      assert.equal(help && tree.getTreeItem(help).command?.command, 'lambdaLayers.selectProfile');
      assert.ok((await rows(place, 'Functions')).length >= 3);
    });

    it('lets go of a page that is slow when it is refreshed', async () => {
      aws.proxy.fault('ListLayers', { kind: 'hold' });
      const slow = rows(place, 'Layers');
      await aws.proxy.arrived('ListLayers');
      tree.refresh();
      assert.deepEqual(await slow, []);
      aws.proxy.release();
      assert.equal((await rows(place, 'Layers')).length, 51);
    });

    it('is empty when nothing points to AWS, and then asks nobody', async () => {
      const before = { ...process.env };
      for (const name of Object.keys(testCredentials)) Reflect.deleteProperty(process.env, name);
      await set('aws.endpointUrl', undefined);
      await set('aws.region', undefined);
      try {
        assert.deepEqual(await tree.getChildren(), []);
      } finally {
        Object.assign(process.env, before);
        await set('aws.endpointUrl', aws.proxy.endpoint);
        await set('aws.region', region);
      }
    });
  });

  it('is asked when its view is opened', async () => {
    await vscode.commands.executeCommand('lambdaLayers.account.focus');
    await aws.proxy.arrived('ListLayers');
  });

  it('has layers whose /opt can be browsed by ARN', async () => {
    const root = await run<vscode.Uri>('openOpt', { layers: [shared[1], data] });
    assert.match(await text(root, 'bin/tool'), /echo two/);
    assert.equal(await text(root, 'data.txt'), 'data');
    assert.equal(aws.proxy.count('Download'), 2);
    await run('openOpt', { layers: [shared[1]] });
    assert.equal(aws.proxy.count('Download'), 2, 'a version never changes');
  });

  it('has functions whose /opt can be browsed by ARN', async () => {
    const root = await run<vscode.Uri>('openOpt', {
      function: `arn:aws:lambda:${region}:123456789012:function:orders`,
    });
    assert.match(await text(root, 'bin/tool'), /echo one/);
    await assert.rejects(
      run('openOpt', { function: `arn:aws:lambda:${region}:123456789012:function:bare` }),
      /bare has no layers/,
    );
  });

  it('has functions with layers of AWS itself, which are shown as far as AWS gives them', async () => {
    const own = 'arn:aws:lambda:::awslayer:AmazonLinux1803';
    const layers = [own, data].map((Arn) => ({ Arn, CodeSize: 1 }));
    const browse = () => {
      aws.proxy.fault('GetFunctionConfiguration', { kind: 'alter', alter: withFields({ Layers: layers }) });
      return run<vscode.Uri>('openOpt', {
        function: `arn:aws:lambda:${region}:123456789012:function:orders`,
      });
    };
    const without = await browse();
    assert.equal(await text(without, 'data.txt'), 'data');
    const file = await writeZip(join(work, 'aws.zip'), { 'bin/of-aws': 'echo aws' });
    aws.proxy.gaps.awsLayers.set(own, readFileSync(file));
    const root = await browse();
    assert.equal(await text(root, 'bin/of-aws'), 'echo aws');
    assert.equal(await text(root, 'data.txt'), 'data');
  });

  it('has versions that can be compared', async () => {
    const { added, removed, changed } = await run<Comparison>('compareLayers', {
      left: [shared[0]],
      right: [shared[1]],
    });
    assert.deepEqual(
      [added, removed, changed].map((list) => list.map(({ path }) => path)),
      [['new.txt'], ['old.txt'], ['bin/tool']],
    );
  });

  it('has versions that can be downloaded, whole and verified or not at all', async () => {
    const destination = join(work, 'down', 'data.zip');
    const options = { layerVersionArn: data, destination };
    const file = await run<vscode.Uri>('downloadLayerVersion', options);
    assert.equal(file.fsPath, destination);
    assert.deepEqual(readFileSync(destination), readFileSync(join(work, 'data.zip')));

    await run('clearCache');
    rmSync(destination);
    const alter = (answer: { body: Buffer }) => ({ ...answer, body: Buffer.alloc(answer.body.length) });
    aws.proxy.fault('Download', { kind: 'alter', alter: alter as never }, { times: 10 });
    await assert.rejects(run('downloadLayerVersion', options), /data/);
    assert.ok(!existsSync(destination));
    assert.deepEqual(readdirSync(join(work, 'down')), []);
  });

  it('says which functions use a version', async () => {
    assert.deepEqual(await run('findLayerUsers', { layerVersionArn: shared[0] }), ['orders', 'invoices']);
    assert.deepEqual(await run('findLayerUsers', { layerVersionArn: shared[1] }), []);
    const calls = aws.proxy.count('ListFunctions');
    await run('findLayerUsers', { layerVersionArn: data });
    assert.equal(aws.proxy.count('ListFunctions'), calls, 'one pass answers for all layers');
  });

  it('refuses what is no layer version ARN, in words', async () => {
    for (const command of ['downloadLayerVersion', 'findLayerUsers']) {
      await assert.rejects(run(command, { layerVersionArn: 'tools:1' }), /"tools:1" is no layer version ARN/);
    }
  });

  it('has layers that a launch configuration may name before they are on this machine', async () => {
    const downloads = new LayerDownloads(join(work, 'downloads'));
    const logger = vscode.window.createOutputChannel('account test', { log: true });
    const state = new EmptyState();
    const accounts = new AwsAccounts({ state, downloads, logger });
    const published = new PublishedLayers(accounts, state);
    const model = new WorkspaceModel(published, new Templates());
    try {
      assert.throws(() => model.resolveLayers([data]), /is not on this machine yet/);
      const changed = new Promise((resolve) => void model.onDidChange(() => resolve('changed')));
      await published.prepare(['greetings', data], 'workspace');
      assert.equal(await changed, 'changed');
      const [file = ''] = model.resolveLayers([data]);
      assert.deepEqual(readFileSync(file), readFileSync(join(work, 'data.zip')));
      assert.deepEqual([model.nameOf(file), model.isDownloaded(file)], ['data:1', true]);
      rmSync(file);
      assert.throws(() => model.resolveLayers([data]), /is not on this machine yet/);
    } finally {
      model.dispose();
      published.dispose();
      accounts.dispose();
    }
  });

  it('is chosen by settings, which commands write', async () => {
    assert.equal(await run('selectRegion', { region: 'us-east-1' }), 'us-east-1');
    const accounts = new AwsAccounts({
      state: new EmptyState(),
      downloads: new LayerDownloads(join(work, 'downloads')),
      logger: vscode.window.createOutputChannel('account test', { log: true }),
    });
    assert.deepEqual(await accounts.current(), { profile: undefined, region: 'us-east-1' });
    await run('selectProfile', { profile: 'nobody' });
    assert.deepEqual(await accounts.current(), { profile: 'nobody', region: 'us-east-1' });
    await assert.rejects(
      (await accounts.gateway()).listLayers(),
      /Profile nobody has no usable AWS credentials/,
    );
    await run('selectProfile', { profile: '' });
    await run('selectRegion', { region });
    assert.deepEqual(await accounts.current(), { profile: undefined, region });
    accounts.dispose();
  });

  it('lends its layers to functions that run here', async () => {
    const folder = join(workspaceFolder().uri.fsPath, 'layers', 'bash-runtime');
    const zip = join(work, 'bash-runtime.zip');
    await run('packageLayer', { path: folder, output: zip });
    const runtime = await aws.seed.layer({ name: 'bash-runtime', zip: readFileSync(zip) });
    const started = await vscode.debug.startDebugging(workspaceFolder(), {
      type: 'lambda-runtime',
      request: 'launch',
      name: 'published',
      code: join(workspaceFolder().uri.fsPath, 'functions', 'hello-bash'),
      layers: ['greetings', data, runtime],
      handler: 'hello.handler',
      debugger: 'none',
      env: mark,
    });
    assert.ok(started);
    const outcome = await (await extensionApi()).invokeFunction({ event: { name: 'Ada' } });
    assert.equal(outcome?.status, 'success');
    assert.match(outcome.payload, /ADA/);
    await stopAll();
    assert.deepEqual(findRemains().processes, []);
  });
});
