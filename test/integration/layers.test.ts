import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeFolder } from '../support/tree.ts';
import { eventually, extensionApi, workspaceFolder } from './support/debugging.ts';

interface Comparison {
  readonly added: readonly { path: string }[];
  readonly removed: readonly { path: string }[];
  readonly changed: readonly { path: string; changes: readonly string[] }[];
  readonly sizeDelta: number;
}

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly path?: string;
  readonly message: string;
  readonly help: string;
}

describe('Working with layers', () => {
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(work, { recursive: true, force: true });
  });

  const layerFolder = (name: string) => join(workspaceFolder().uri.fsPath, 'layers', name);
  const run = <T>(command: string, options: object) =>
    Promise.resolve(vscode.commands.executeCommand<T>(`lambdaLayers.${command}`, options));

  it('compares two stacks by content, modes and links, and opens what differs', async () => {
    const other = join(work, 'other');
    cpSync(layerFolder('greetings'), other, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(other, 'config/greeting.txt'), 'Good morning');
    writeFileSync(join(other, 'new.txt'), 'new');
    chmodSync(join(other, 'bin/shout'), 0o644);
    rmSync(join(other, 'config/default.txt'));
    const comparison = await run<Comparison>('compareLayers', { left: ['greetings'], right: [other] });
    assert.deepEqual(
      comparison.added.map(({ path }) => path),
      ['new.txt'],
    );
    assert.deepEqual(
      comparison.removed.map(({ path }) => path),
      ['config/default.txt'],
    );
    assert.deepEqual(
      comparison.changed.map(({ path, changes }) => [path, ...changes]),
      [
        ['bin/shout', 'mode'],
        ['config/greeting.txt', 'content'],
      ],
    );
    assert.equal(
      comparison.sizeDelta,
      'Good morning'.length - 'Hello'.length + 'new'.length - 'greeting.txt'.length,
    );
    const tab = await eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab,
      'the multi-file diff',
    );
    assert.match(tab.label, /greetings ↔ other/);
  });

  it('finds no difference between a folder and the zip that was packed from it', async () => {
    const api = await extensionApi();
    const file = join(work, 'packed.zip');
    await api.packageLayer({ path: 'greetings', output: file });
    const { added, removed, changed } = await run<Comparison>('compareLayers', {
      left: ['greetings'],
      right: [file],
    });
    assert.deepEqual({ added, removed, changed }, { added: [], removed: [], changed: [] });
  });

  it('extracts /opt to a folder, and refuses one that holds something', async () => {
    const destination = join(work, 'opt');
    const layers = ['greetings', 'german', 'bash-runtime'];
    await run('extractOpt', { layers, destination });
    const expected = join(work, 'expected');
    for (const name of layers)
      cpSync(layerFolder(name), expected, { recursive: true, verbatimSymlinks: true });
    assert.deepEqual(describeFolder(destination), describeFolder(expected));
    await assert.rejects(run('extractOpt', { layers, destination }), /empty or does not exist/);
    assert.deepEqual(readdirSync(work).sort(), ['expected', 'opt']);
  });

  it('finds nothing wrong with the sample functions', async () => {
    for (const name of ['hello-bash', 'hello-node']) {
      const findings = await run<Finding[]>('checkLayers', { function: name });
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error'),
        [],
      );
    }
  });

  it('shows what is wrong with a layer in Problems, and again once it was changed', async () => {
    const layer = join(work, 'layer');
    mkdirSync(layer);
    writeFileSync(join(layer, 'bootstrap'), '#!/bin/bash\r\necho\r\n', { mode: 0o644 });
    const findings = await run<Finding[]>('checkLayers', { layers: [layer], runtime: 'provided.al2023' });
    const codes = findings.map(({ code }) => code);
    assert.ok(codes.includes('bootstrapNotExecutable'), codes.join(', '));
    const uri = vscode.Uri.file(join(layer, 'bootstrap'));
    const problems = await eventually(() => {
      const found = vscode.languages.getDiagnostics(uri);
      return found.length > 0 ? found : undefined;
    }, 'problems of the bootstrap');
    assert.ok(problems.every(({ source }) => source === 'Lambda Layers'));
    chmodSync(join(layer, 'bootstrap'), 0o755);
    let writes = 0;
    await eventually(() => {
      // Again and again, because a watcher that was just made may not be at work yet.
      if (writes++ % 25 === 0) writeFileSync(join(layer, 'bootstrap'), `#!/bin/bash\necho ${writes}\n`);
      return vscode.languages.getDiagnostics(uri).length === 0 ? true : undefined;
    }, 'problems to go');
  });

  it('offers a quick fix for a bootstrap that is not executable, which makes it so', async () => {
    const layer = join(work, 'layer');
    mkdirSync(layer);
    writeFileSync(join(layer, 'bootstrap'), '#!/bin/bash\necho\n', { mode: 0o644 });
    await run('checkLayers', { layers: [layer], runtime: 'provided.al2023' });
    const uri = vscode.Uri.file(join(layer, 'bootstrap'));
    await vscode.window.showTextDocument(uri);
    const actions = await eventually(async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        new vscode.Range(0, 0, 0, 0),
      );
      return found.length > 0 ? found : undefined;
    }, 'a quick fix');
    assert.match(actions[0]?.title ?? '', /^Fix:/);
    assert.equal(
      statSync(join(layer, 'bootstrap')).mode & 0o111,
      0,
      'nothing changes before somebody agrees',
    );
  });

  it('keeps a /opt URI valid when the same stack is opened again', async () => {
    const api = await extensionApi();
    const first = await api.openOpt({ layers: ['greetings', 'german'] });
    const second = await api.openOpt({ layers: ['greetings', 'german'] });
    const other = await api.openOpt({ layers: ['german', 'greetings'] });
    assert.equal(first?.toString(), second?.toString());
    assert.notEqual(first?.toString(), other?.toString());
    assert.equal(first?.authority, first?.authority.toLowerCase());
  });

  it('adds a layer to the settings under a name of its own', async () => {
    const folder = join(workspaceFolder().uri.fsPath, 'layers/greetings/bin');
    assert.ok(existsSync(folder));
    const settings = vscode.Uri.joinPath(workspaceFolder().uri, '.vscode/settings.json');
    const before = await vscode.workspace.fs.readFile(settings);
    try {
      await vscode.commands.executeCommand('lambdaLayers.addLayer', vscode.Uri.file(folder));
      const layers = vscode.workspace
        .getConfiguration('lambdaLayers')
        .get<{ name: string; path: string }[]>('layers');
      assert.deepEqual(layers?.at(-1), { name: 'bin', path: 'layers/greetings/bin' });
    } finally {
      await vscode.workspace.fs.writeFile(settings, before);
    }
  });
});
