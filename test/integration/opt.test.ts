import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { stackId } from '../../src/core/opt/layerStack.ts';
import { eventually, extensionApi, workspaceFolder } from './support/debugging.ts';

interface Provenance {
  readonly path: string;
  readonly winner: { readonly layer: number; readonly source: string };
  readonly shadowed: readonly { readonly layer: number }[];
  readonly conflicts: readonly unknown[];
}

describe('The merged /opt', () => {
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  async function open(layers: readonly string[]): Promise<vscode.Uri> {
    const root = await (await extensionApi()).openOpt({ layers });
    assert.ok(root);
    return root;
  }

  const text = async (uri: vscode.Uri) => Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();

  it('of the sample function equals its layers extracted in order', async () => {
    const root = await (await extensionApi()).openOpt({ function: 'hello-bash' });
    assert.ok(root);
    assert.equal(root.scheme, 'lambda-opt');
    assert.equal(root.path, '/opt');
    const expected = join(work, 'expected');
    for (const name of ['greetings', 'german', 'bash-runtime']) {
      const layer = join(workspaceFolder().uri.fsPath, 'layers', name);
      cpSync(layer, expected, { recursive: true, verbatimSymlinks: true });
    }
    assert.deepEqual(await listUri(root), listFolder(expected));
  });

  it('shows a zip as it shows the folder that was packed', async () => {
    const api = await extensionApi();
    const file = join(work, 'greetings.zip');
    await api.packageLayer({ path: 'greetings', output: file });
    assert.deepEqual(await listUri(await open([file])), await listUri(await open(['greetings'])));
  });

  it('tells sizes and times without reading content, and follows links', async () => {
    const root = await open(['greetings', 'german']);
    const link = await vscode.workspace.fs.stat(vscode.Uri.joinPath(root, 'config/default.txt'));
    assert.equal(link.type, vscode.FileType.File | vscode.FileType.SymbolicLink);
    assert.equal(link.size, 'Guten Tag'.length);
    assert.equal(link.permissions, vscode.FilePermission.Readonly);
    const source = join(workspaceFolder().uri.fsPath, 'layers/german/config/greeting.txt');
    assert.equal(link.mtime, statSync(source).mtimeMs);
  });

  /** What VS Code remembers of a file over a reload, without that anybody has opened the stack before. */
  const fileOf = (layers: readonly string[], path: string) =>
    vscode.Uri.from({ scheme: 'lambda-opt', authority: stackId(layers), path: `/opt/${path}` });

  it('of a stack that the workspace describes is found by the address of a file alone', async () => {
    const { uri } = workspaceFolder();
    const layers = ['layers/german', 'layers/node-runtime'].map((path) => join(uri.fsPath, path));
    const file = fileOf(layers, 'config/greeting.txt');
    await assert.rejects(text(file), { code: 'FileNotFound' });
    const launch = vscode.workspace.getConfiguration('launch', uri);
    const before = launch.get<object[]>('configurations', []);
    const added = { type: 'lambda-runtime', request: 'launch', name: 'added', layers };
    await launch.update('configurations', [...before, added]);
    try {
      assert.equal(await text(file), 'Guten Tag');
    } finally {
      await launch.update('configurations', before);
    }
  });

  it('of a stack that nobody knows any more heals in an open editor once the stack is opened', async () => {
    const layer = join(work, 'layer');
    cpSync(join(workspaceFolder().uri.fsPath, 'layers/german'), layer, { recursive: true });
    const file = fileOf([layer], 'config/greeting.txt');
    await vscode.commands.executeCommand('vscode.open', file);
    assert.ok(!isShown(file));
    await open([layer]);
    await eventually(() => isShown(file) || undefined, 'the file in its editor');
  });

  it('opens in its editor as soon as a layer is there that was missing', async () => {
    const layer = join(work, 'layer');
    mkdirSync(layer);
    await open([layer]);
    rmSync(layer, { recursive: true });
    const file = fileOf([layer], 'config/greeting.txt');
    await vscode.commands.executeCommand('lambdaLayers.refresh');
    await vscode.commands.executeCommand('vscode.open', file);
    assert.ok(!isShown(file));
    cpSync(join(workspaceFolder().uri.fsPath, 'layers/german'), layer, { recursive: true });
    await eventually(() => isShown(file) || undefined, 'the file in its editor');
  });

  const isShown = (file: vscode.Uri) =>
    vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === file.toString());

  it('names who supplies a file and what that hides, and opens the hidden one', async () => {
    const uri = vscode.Uri.joinPath(await open(['greetings', 'german']), 'config/greeting.txt');
    const provenance = await vscode.commands.executeCommand<Provenance>('lambdaLayers.showProvenance', {
      uri,
    });
    assert.equal(provenance.path, 'config/greeting.txt');
    assert.equal(provenance.winner.layer, 1);
    assert.match(provenance.winner.source, /layers\/german$/);
    assert.deepEqual(
      provenance.shadowed.map(({ layer }) => layer),
      [0],
    );
    assert.deepEqual(provenance.conflicts, []);
    assert.equal(await text(uri), 'Guten Tag');
    assert.equal(await text(uri.with({ query: 'layer=0' })), 'Hello');
  });

  it('opens a diff of the winner and what it shadows', async () => {
    const uri = vscode.Uri.joinPath(await open(['greetings', 'german']), 'config/greeting.txt');
    await vscode.commands.executeCommand('lambdaLayers.compareShadowed', { uri });
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal(await text(input.original), 'Hello');
    assert.equal(await text(input.modified), 'Guten Tag');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const alone = vscode.Uri.joinPath(await open(['greetings']), 'config/greeting.txt');
    await assert.rejects(
      Promise.resolve(vscode.commands.executeCommand('lambdaLayers.compareShadowed', { uri: alone })),
      /hides no other/,
    );
  });

  it('is read-only and says why', async () => {
    const uri = vscode.Uri.joinPath(await open(['greetings']), 'config/new.txt');
    await assert.rejects(
      Promise.resolve(vscode.workspace.fs.writeFile(uri, new Uint8Array())),
      /read-only|readonly/i,
    );
  });

  it('shows a change on disk in an open document', async () => {
    const layer = join(work, 'layer');
    cpSync(join(workspaceFolder().uri.fsPath, 'layers/german'), layer, { recursive: true });
    const uri = vscode.Uri.joinPath(await open([layer]), 'config/greeting.txt');
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.equal(document.getText(), 'Guten Tag');
    writeFileSync(join(layer, 'config/greeting.txt'), 'Servus zusammen');
    await eventually(
      () => (document.getText() === 'Servus zusammen' ? true : undefined),
      'the document to refresh',
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('refuses a layer that does not exist, naming it', async () => {
    await assert.rejects(open(['layers/nowhere']), /layers\/nowhere does not exist/);
    await assert.rejects((await extensionApi()).openOpt({ function: 'nobody' }), {
      code: 'FunctionNotFound',
    });
  });
});

async function listUri(root: vscode.Uri, path = ''): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(root, path));
  const lines = await Promise.all(
    entries.map(async ([name, type]) => {
      const below = path === '' ? name : `${path}/${name}`;
      if (type === vscode.FileType.Directory) return [`${below}/`, ...(await listUri(root, below))];
      const content = Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(root, below)));
      const link = (type & vscode.FileType.SymbolicLink) === 0 ? '' : '@';
      return [`${below}${link} ${content.toString('base64')}`];
    }),
  );
  return lines.flat().sort();
}

function listFolder(root: string, path = ''): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .flatMap((entry) => {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) return [`${below}/`, ...listFolder(root, below)];
      const content = readFileSync(join(root, below)).toString('base64');
      return [`${below}${entry.isSymbolicLink() ? '@' : ''} ${content}`];
    })
    .sort();
}
