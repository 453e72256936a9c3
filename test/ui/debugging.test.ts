import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, until } from '../support/processes.ts';
import { descendantsOf, extensionHostOf } from './support/sessionProcesses.ts';
import { useWorkbench } from './support/useWorkbench.ts';

const greeting = 'nodejs/node_modules/greeting/index.js';

describe('debugging in the workbench', () => {
  const workbench = useWorkbench(() => ({ settings: { 'files.autoSave': 'off' } }));

  async function start(name: string): Promise<void> {
    const { current } = workbench;
    await current.command('Debug: Select and Start Debugging');
    await current.choose(name);
  }

  /** Sets a breakpoint in a file of a layer, in the only line that does something. */
  async function setBreakpoint(): Promise<void> {
    const { current } = workbench;
    await current.openFile(`layers/greetings/${greeting}`);
    await current.setBreakpoint(9);
  }

  async function stopped(): Promise<void> {
    await workbench.current.page.locator('.debug-top-stack-frame-line').waitFor();
  }

  afterEach('ends debugging', async () => {
    const { current } = workbench;
    await current.page.keyboard.press('Escape'); // a dialog or a list that a failed test has left
    await stop();
    await current.command('Remove All Breakpoints');
    await current.command('Clear Console'); // which would be taken for that of the next session
  });

  async function stop(): Promise<void> {
    const { page } = workbench.current;
    const toolbar = page.locator('.debug-toolbar');
    if (await toolbar.isVisible()) await page.keyboard.press('Shift+F5');
    await toolbar.waitFor({ state: 'hidden' });
  }

  it('offers the attributes of a launch configuration, with what they mean', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.openFile('.vscode/launch.json');
    const handler = page.locator('.view-line', { hasText: 'hello.handler' });
    await handler.click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ControlOrMeta+Space');
    const offered = page.locator('.suggest-widget.visible .monaco-list-row');
    for (const name of ['architecture', 'debugger', 'env']) {
      await offered.filter({ hasText: name }).first().waitFor();
    }
    await current.screenshot('launch-json-attributes');
    await page.keyboard.type('hotR');
    await offered.filter({ hasText: 'hotReload' }).waitFor();
    await page.keyboard.press('ControlOrMeta+Space'); // shows what the chosen one means
    await page.locator('.suggest-details', { hasText: 'environment' }).waitFor();
    await current.screenshot('launch-json-completion');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await current.command('File: Revert File');
    await page.locator('.view-line', { hasText: 'hotR' }).waitFor({ state: 'hidden' });
  });

  it('stops at a breakpoint in a layer file after F5, and answers in the debug console', async () => {
    const { current } = workbench;
    await setBreakpoint();
    await start('hello-node');
    await stopped();
    await current.screenshot('stopped-in-layer');
    assert.match(await current.editorText(), /exports\.greet/);

    await current.page.keyboard.press('F5'); // continue
    await current.debugConsole().filter({ hasText: 'Hello, Ada!' }).waitFor();
    await current.screenshot('debug-console');
  });

  it('invokes JSON typed in the debug console', async () => {
    const { current } = workbench;
    const { page } = current;
    await start('hello-node');
    await current.debugConsole().filter({ hasText: 'Hello, Ada!' }).waitFor();
    await page.locator('.repl-input-wrapper .monaco-editor').click();
    await page.keyboard.insertText('{ "name": "Grace" }');
    await page.keyboard.press('Enter');
    await current.debugConsole().filter({ hasText: 'Hello, Grace!' }).waitFor();
    await current.screenshot('console-event');
  });

  it('traces the lines of a shell script in the debug console, which lead to the sources', async () => {
    const { current } = workbench;
    const { page } = current;
    await start('hello-bash');
    await current.debugConsole().filter({ hasText: 'GUTEN TAG, ADA!' }).waitFor();
    await current.screenshot('shell-trace');
    const link = page.locator('.repl a', { hasText: './layers/bash-runtime/bootstrap:' }).last();
    await link.click({ modifiers: ['ControlOrMeta'] });
    await current.editorTab('bootstrap').waitFor();
  });

  it('offers the functions of the workspace as configurations that nobody has written', async () => {
    const { current } = workbench;
    await setBreakpoint();
    await current.command('Debug: Select and Start Debugging');
    await current.choose('Lambda Runtime...');
    await current.page
      .locator('.quick-input-widget', { hasText: 'Lambda Runtime...' })
      .waitFor({ state: 'hidden' });
    const offered = current.page.locator('.quick-input-list .monaco-list-row', { hasText: /hello|Hello/ });
    await offered.nth(2).waitFor();
    await current.screenshot('dynamic-configurations');
    await current.page
      .locator('.quick-input-widget .monaco-progress-container.active')
      .waitFor({ state: 'hidden' });
    assert.equal(await offered.count(), 3); // each once
    await current.choose('hello-node');
    await stopped();
  });

  it('greys a breakpoint in a file that another layer hides, and says which', async () => {
    const { current } = workbench;
    const { page, folder } = current;
    await cp(join(folder, 'layers/greetings'), join(folder, 'layers/loud'), { recursive: true });
    const launch = join(folder, '.vscode/launch.json');
    const text = await readFile(launch, 'utf8');
    const hiding = text.replace('"greetings", "node-runtime"', '"greetings", "layers/loud", "node-runtime"');
    try {
      await writeLaunch(hiding, 'layers/loud');
      await setBreakpoint();
      await start('hello-node');
      await page.locator('.glyph-margin-widgets .codicon-debug-breakpoint-unverified').first().hover();
      await page.locator('.monaco-hover', { hasText: 'This file is hidden: layer 2' }).first().waitFor();
      await current.screenshot('hidden-breakpoint');
    } finally {
      await writeLaunch(text, '["greetings", "node-runtime"]');
    }

    /** Writes launch.json, and waits until VS Code has seen that. */
    async function writeLaunch(content: string, shown: string): Promise<void> {
      await writeFile(launch, content);
      await current.openFile('.vscode/launch.json');
      await page.locator('.view-line', { hasText: shown }).waitFor();
    }
  });

  it('leaves nothing when the window is reloaded while the program stands at a breakpoint', async () => {
    const { current } = workbench;
    await setBreakpoint();
    await start('hello-node');
    await stopped();
    const processes = descendantsOf(extensionHostOf(current));
    assert.ok(processes.length > 0 && sessionFolders().length > 0);
    await current.reload();
    await until(() => processes.every((pid) => !isRunning(pid)));
    await until(() => sessionFolders().length === 0);
  });

  it('leaves nothing when the extension host is killed while the program stands at a breakpoint', async () => {
    const { current } = workbench;
    await setBreakpoint();
    await start('hello-node');
    await stopped();
    const [before] = sessionFolders();
    assert.ok(before !== undefined);
    const host = extensionHostOf(current);
    const processes = descendantsOf(host);
    assert.ok(processes.length > 0);
    workbench.expectError('xtension host');
    process.kill(host, 'SIGKILL');
    await until(() => processes.every((pid) => !isRunning(pid)));
    await Promise.all([current.page.waitForEvent('load'), current.page.reload()]);
    await current.editorTab('index.js').first().waitFor();
    await start('hello-node'); // which removes the folder of the session before
    await stopped();
    const after = sessionFolders();
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
  });

  function sessionFolders(): string[] {
    const names = readdirSync(join(workbench.current.host.folder, 'tmp'));
    return names.filter((name) => name.startsWith('lambda-layers-'));
  }
});
