import assert from 'node:assert/strict';
import { cpSync, lstatSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { eventually, extensionApi, workspaceFolder } from './support/debugging.ts';

interface Contribution {
  readonly path: string;
  readonly bytes: number;
  readonly shadowedBytes: number;
}

interface Summary {
  readonly totalBytes: number;
  readonly limitBytes: number;
  readonly layers: readonly Contribution[];
  readonly code?: Contribution;
}

describe('The size map', () => {
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(work, { recursive: true, force: true });
  });

  const folder = (...path: string[]) => join(workspaceFolder().uri.fsPath, ...path);

  async function show(options: object): Promise<Summary> {
    await extensionApi();
    const summary = await vscode.commands.executeCommand<Summary | undefined>(
      'lambdaLayers.showSizeMap',
      options,
    );
    assert.ok(summary);
    return summary;
  }

  it('of a function counts its layers, shadowed files too, and its code', async () => {
    const summary = await show({ function: 'hello-bash' });
    const layers = ['greetings', 'german', 'bash-runtime'].map((name) => folder('layers', name));
    const code = folder('functions', 'hello-bash');
    assert.deepEqual(
      summary.layers.map(({ path, bytes }) => [path, bytes]),
      layers.map((path) => [path, sizeOf(path)]),
    );
    assert.deepEqual(summary.code, { path: code, bytes: sizeOf(code), shadowedBytes: 0 });
    assert.equal(
      summary.totalBytes,
      [...layers, code].map(sizeOf).reduce((sum, size) => sum + size),
    );
    assert.equal(summary.limitBytes, 262_144_000);
    const greeting = statSync(folder('layers', 'greetings', 'config', 'greeting.txt')).size;
    assert.deepEqual(
      summary.layers.map(({ shadowedBytes }) => shadowedBytes),
      [greeting, 0, 0],
    );
  });

  it('opens in one tab for each stack', async () => {
    await show({ function: 'hello-bash' });
    await show({ layers: ['greetings', 'german'], code: 'functions/hello-node' });
    await show({ function: 'hello-bash' });
    await eventuallyTabs(['Size: hello-bash', 'Size: greetings + german']);
    const active = () => vscode.window.tabGroups.activeTabGroup.activeTab?.label;
    await eventually(() => (active() === 'Size: hello-bash' ? true : undefined), 'the first map in front');
  });

  it('takes zips and folders, for the code too', async () => {
    const api = await extensionApi();
    const file = join(work, 'greetings.zip');
    await api.packageLayer({ path: 'greetings', output: file });
    const summary = await show({ layers: [file, 'german'], code: file });
    assert.equal(summary.layers[0]?.bytes, sizeOf(folder('layers', 'greetings')));
    assert.equal(summary.code?.bytes, summary.layers[0].bytes);
  });

  it('has what a layer holds now when it is asked again', async () => {
    const layer = join(work, 'layer');
    cpSync(folder('layers', 'german'), layer, { recursive: true });
    const before = await show({ layers: [layer] });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    writeFileSync(join(layer, 'more.txt'), 'x'.repeat(1000));
    await vscode.commands.executeCommand('lambdaLayers.refresh');
    const after = await show({ layers: [layer] });
    assert.equal(after.totalBytes, before.totalBytes + 1000);
  });

  it('says which layer or code does not exist, and leaves no empty tab', async () => {
    await assert.rejects(show({ layers: ['greetings', 'layers/nowhere'] }), /layers\/nowhere does not exist/);
    await assert.rejects(show({ layers: ['greetings'], code: 'no/code' }), /no\/code does not exist/);
    await eventuallyTabs([]);
  });
});

/** VS Code tells extensions about its tabs a little later. */
async function eventuallyTabs(expected: readonly string[]): Promise<void> {
  const isExpected = () => isDeepStrictEqual(sizeTabs(), expected);
  await eventually(() => (isExpected() ? true : undefined), `the tabs ${expected.join(', ')}`);
}

function sizeTabs(): string[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('sizeMap'))
    .map(({ label }) => label);
}

/** Bytes of all files below a folder, links by the length of their targets, as the system itself counts. */
function sizeOf(path: string): number {
  return readdirSync(path, { withFileTypes: true })
    .map((entry) => {
      const below = join(path, entry.name);
      return entry.isDirectory() ? sizeOf(below) : lstatSync(below).size;
    })
    .reduce((sum, size) => sum + size, 0);
}
