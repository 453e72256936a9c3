import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useWorkbench } from './support/useWorkbench.ts';

describe('the Invocations view', () => {
  const workbench = useWorkbench();
  const row = (text: string) =>
    workbench.current.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]', { hasText: text });

  /** Opens the first row with a text; again when it was drawn anew under the click. */
  async function openRow(text: string): Promise<void> {
    const opened = row(text).first().and(workbench.current.page.locator('[aria-expanded="true"]'));
    for (let attempt = 1; !(await opened.isVisible()); attempt += 1) {
      await row(text).first().locator('.monaco-tl-twistie').click();
      await opened.waitFor({ timeout: 3000 }).catch((error: unknown) => {
        if (attempt === 5) throw error;
      });
    }
  }

  it('says how to begin while nothing was invoked', async () => {
    const { current } = workbench;
    await current.openSideBar('Lambda Layers');
    await current.page.locator('.welcome-view-content', { hasText: 'Nothing was invoked yet' }).waitFor();
    await current.screenshot('invocations-empty');
  });

  it('has a row for each invocation, with its state, its figures and its documents', async () => {
    const { current } = workbench;
    const script = join(current.folder, 'functions/hello-bash/hello.sh');
    const text = await readFile(script, 'utf8');
    await writeFile(script, text.replace('  local name\n', '  local name\n  no-such-command\n')); // the log says where
    await current.command('Debug: Select and Start Debugging');
    await current.choose('hello-bash');
    await current.debugConsole().filter({ hasText: 'GUTEN TAG, ADA!' }).waitFor();
    await current.page.locator('.repl-input-wrapper .monaco-editor').click();
    await current.page.keyboard.insertText('{ "name": "Grace" }');
    await current.page.keyboard.press('Enter');
    await current.debugConsole().filter({ hasText: 'GUTEN TAG, GRACE!' }).waitFor();
    await current.openSideBar('Lambda Layers');
    const rows = row('billed');
    await rows.nth(1).waitFor();
    assert.match(
      (await rows.nth(1).innerText()).replaceAll('\u00a0', ' '),
      /hello-bash [0-9a-f]{8}\s*\d.* · cold start · billed/,
    );
    await openRow('billed');
    for (const label of ['Event', 'Response', 'Log', 'Telemetry']) await row(label).first().waitFor();
    await row('billed').nth(1).locator('.label-name').hover();
    const hover = current.page.locator('.monaco-hover', { hasText: 'Request id' }).first();
    await hover.waitFor();
    assert.match(
      (await hover.innerText()).replaceAll('\u00a0', ' '),
      /Cold start\s+yes, init took [\d.]+ ms/,
    );
    await current.screenshot('invocations-view');
  });

  /** Lets a hover go that would lie over the rows. */
  async function moveAway(): Promise<void> {
    const { page } = workbench.current;
    await page.mouse.move(900, 300);
    await page.locator('.monaco-hover', { hasText: 'Request id' }).first().waitFor({ state: 'hidden' });
  }

  it('opens the response beside the tree, and the log in colours', async () => {
    const { current } = workbench;
    await moveAway();
    await row('Response').first().click();
    await current.editorTab('-response.json').waitFor();
    assert.match(await current.editorText(), /"greeting": "GUTEN TAG, GRACE!"/);
    await row('Log').first().click();
    await current.editorTab('.lambda-log').waitFor();
    assert.match(await current.editorText(), /START RequestId/);
    await current.page.waitForFunction(inColours);
    await current.screenshot('invocation-log');
  });

  it('replays an invocation with one click', async () => {
    const { current } = workbench;
    const before = await row('billed').count();
    await moveAway();
    await row('billed')
      .first()
      .hover({ position: { x: 5, y: 5 } });
    await row('billed').first().locator('[aria-label="Replay Invocation"]').click();
    await row('billed').nth(before).waitFor();
    await current.screenshot('invocations-replayed');
  });

  it('offers recent events, event files and templates, and opens a template to be changed and sent', async () => {
    const { current } = workbench;
    await current.command('Lambda Layers: Invoke Function…');
    const picker = current.page.locator('.quick-input-widget:visible');
    await picker.locator('.monaco-list-row', { hasText: 'hello.json' }).first().waitFor();
    await current.screenshot('invoke-picker');
    await current.quickInput().fill('SQS');
    await current.choose('SQS');
    await current.editorTab('sqs.json').waitFor();
    await current.page.locator('.codelens-decoration', { hasText: 'Send to hello-bash' }).waitFor();
    await current.screenshot('event-template');
    const before = await row('hello-bash ').count();
    await current.page.locator('.codelens-decoration a', { hasText: 'Send to hello-bash' }).click();
    await row('hello-bash ').nth(before).waitFor();
  });

  it('links a place in the output channel to the source', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.command('Output: Show Output Channels...');
    await current.choose('Lambda Function');
    const link = page.locator('.output-view .detected-link', { hasText: '/var/task/hello.sh' }).first();
    await link.waitFor();
    await current.screenshot('output-links');
    await link.click({ modifiers: ['ControlOrMeta'] });
    await current.editorTab('hello.sh').waitFor();
    const line = await page
      .locator('.editor-group-container.active .line-numbers.active-line-number')
      .innerText();
    assert.equal(line, '5');
  });

  it('looks as well in a light theme', async () => {
    const { current } = workbench;
    await openRow('billed');
    await row('Log').first().click();
    await current.command('Preferences: Toggle between Light/Dark Themes');
    await current.page.locator('.monaco-workbench.vs').waitFor();
    await current.screenshot('invocations-light');
  });
});

/** For the page: whether the text in the active editor has several colours, as it has a moment after it is shown. */
const inColours = `(() => {
  const parts = document.querySelectorAll('.editor-group-container.active .view-line span > span');
  return new Set([...parts].map((part) => getComputedStyle(part).color)).size >= 3;
})()`;
