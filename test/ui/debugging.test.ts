import assert from 'node:assert/strict';
import { useWorkbench } from './support/useWorkbench.ts';

describe('debugging in the workbench', () => {
  const workbench = useWorkbench();

  it('stops at a breakpoint in a layer file after F5, and answers in the debug console', async () => {
    const { current } = workbench;
    const { page } = current;
    const file = 'layers/greetings/nodejs/node_modules/greeting/index.js';
    await current.openFile(file);
    await current.setBreakpoint(9);
    await current.command('Debug: Select and Start Debugging');
    await current.choose('hello-node');
    await page.locator('.debug-top-stack-frame-line').waitFor();
    await current.screenshot('stopped-in-layer');
    assert.match(await current.editorText(), /exports\.greet/);

    await page.keyboard.press('F5'); // continue
    await current.debugConsole().filter({ hasText: 'Hello, Ada!' }).waitFor();
    await current.screenshot('debug-console');
  });

  it('invokes JSON typed in the debug console', async () => {
    const { current } = workbench;
    const { page } = current;
    await page.locator('.debug-pane', { hasText: 'Breakpoints' }).last().hover();
    await page.locator('[aria-label="Remove All Breakpoints"]').click();
    await page.locator('.repl-input-wrapper .monaco-editor').click();
    await page.keyboard.insertText('{ "name": "Grace" }');
    await page.keyboard.press('Enter');
    await current.debugConsole().filter({ hasText: 'Hello, Grace!' }).waitFor();
    await current.screenshot('console-event');
    await page.keyboard.press('Shift+F5');
    await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  });
});
