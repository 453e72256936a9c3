import assert from 'node:assert/strict';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { useWorkbench } from './support/useWorkbench.ts';

describe('the Layers view', () => {
  const workbench = useWorkbench();

  it('shows functions with their layers in order, and the merged /opt', async () => {
    const { current } = workbench;
    await current.openSideBar('Lambda Layers');
    await current.expandTreeItem('hello-bash');
    for (const label of ['1  greetings', '2  german', '3  bash-runtime', '/opt', 'Size']) {
      await current.treeItem(label).first().waitFor();
    }
    await current.expandTreeItem('/opt');
    await current.expandTreeItem('config');
    await current.treeItem('greeting.txt').first().hover();
    await current.screenshot('layers-view');
  });

  it('shows the functions of templates, which open where they are defined', async () => {
    const { current } = workbench;
    await current.expandTreeItem('HelloFromTemplate');
    for (const label of ['1  greetings', '2  bash-runtime']) await current.treeItem(label).last().waitFor();
    await current.screenshot('layers-template');
    await current.chooseFromContextMenu(
      'HelloFromTemplate',
      'Open in Template',
      current.editorTab('template.yaml'),
    );
    await current.page.keyboard.press('Control+W');
    await current.clickTreeItem('HelloFromTemplate'); // closes the row again
  });

  it('badges each file with its layer, and names all suppliers on hover', async () => {
    const { current } = workbench;
    const row = current.treeItem('greeting.txt').first();
    assert.match(await row.locator('.monaco-icon-label').evaluate(decorationTexts), /"2!"/);
    await current.page.mouse.move(900, 600);
    await row.locator('.label-name').hover();
    const hover = current.page.locator('.monaco-hover', {
      hasText: 'Supplied by layer 2; hides the one of layer 1',
    });
    await hover.first().waitFor();
    await current.screenshot('hover');
    assert.match(await hover.first().innerText(), /Layer 2: german\s+Layer 1: greetings/);
    await current.page.keyboard.press('Escape');
  });

  it('opens a file of /opt, read-only', async () => {
    const { current } = workbench;
    await current.clickTreeItem('greeting.txt');
    await current.editorTab('greeting.txt').waitFor();
    assert.match(await current.editorText(), /Guten Tag/);
    await current.screenshot('opt-file');
  });

  it('says who supplies a file and what that hides', async () => {
    const { current } = workbench;
    await current.chooseFromContextMenu('greeting.txt', 'Show Who Supplies This File', current.quickInput());
    await current.quickInput().waitFor();
    await current.screenshot('provenance');
    await current.choose('1  greetings');
    await current.page.locator('.editor-group-container.active .view-lines', { hasText: 'Hello' }).waitFor();
  });

  it('compares a file with the one that it shadows', async () => {
    const { current } = workbench;
    await current.chooseFromContextMenu(
      'greeting.txt',
      'Compare with the Shadowed File',
      current.editorTab('layer 1 ↔ layer 2'),
    );
    await current.editorTab('layer 1 ↔ layer 2').waitFor();
    await current.page.locator('.char-delete').first().waitFor();
    await current.screenshot('compare-shadowed');
  });

  it('opens all files in which two layers differ in one editor', async () => {
    const { current } = workbench;
    await current.command('Lambda Layers: Compare Layers…');
    await current.choose('greetings');
    await current.page.locator('.quick-input-title:visible', { hasText: '(2/2)' }).waitFor();
    await current.choose('german');
    await current.editorTab('greetings ↔ german').waitFor();
    await current.page.locator('.multiDiffEditor', { hasText: 'greeting.txt' }).waitFor();
    await current.page.locator('.multiDiffEditor .char-delete').first().waitFor();
    await current.screenshot('compare-layers');
  });

  it('packages a layer and says what it made', async () => {
    const { current } = workbench;
    await current.command('Lambda Layers: Package Layer…');
    await current.choose('greetings');
    await current.waitForNotification('Packaged');
    await current.screenshot('packaged');
  });

  it('shows the last package of a layer', async () => {
    const { current } = workbench;
    const row = current.treeItem('Last Package').filter({ hasText: 'greetings.zip · 1.1 KB' });
    await current.expandTreeItem('greetings', row);
    await current.screenshot('last-package');
    await current.clickTreeItem('greetings'); // closes the row again
    await row.waitFor({ state: 'detached' });
  });

  it('changes the order of layers by dragging, and /opt with it', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.treeItem('2  german').dragTo(current.treeItem('1  greetings'));
    await current.treeItem('1  german').waitFor();
    await current.treeItem('2  greetings').waitFor();
    const launch = await readFile(join(current.folder, '.vscode/launch.json'), 'utf8');
    assert.match(launch, /"layers": \[\s*"german",\s*"greetings",\s*"bash-runtime"\s*\]/);
    assert.match(launch, /\/\/ A custom runtime in bash/);
    await current.clickTreeItem('greeting.txt');
    await page.locator('.editor-group-container.active .view-lines', { hasText: 'Hello' }).waitFor();
    await current.screenshot('reordered');
  });

  it('changes the order of local layers by dragging', async () => {
    const { current } = workbench;
    await current.treeItem('node-runtime').dragTo(current.treeItem('bash-runtime'));
    const labels = current.page.locator('.monaco-list-row .label-name', { hasText: /^(bash|node)-runtime$/ });
    await labels.first().filter({ hasText: 'node-runtime' }).waitFor();
    const settings = await readFile(join(current.folder, '.vscode/settings.json'), 'utf8');
    assert.match(settings, /node-runtime[^]*bash-runtime/);
  });

  it('lists the problems of a layer, and fixes one after asking', async () => {
    const { current } = workbench;
    const { page } = current;
    const bootstrap = join(current.folder, 'layers/bash-runtime/bootstrap');
    await chmod(bootstrap, 0o644);
    await current.command('Lambda Layers: Refresh');
    const row = page.locator('.monaco-list-row', { hasText: 'is not executable' }).first();
    await current.expandTreeItem('Problems', row);
    await current.screenshot('problems');
    await row.hover();
    await row.locator('[aria-label="Fix…"]').click();
    await page.locator('.monaco-dialog-box').waitFor();
    await current.screenshot('fix-preview');
    await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Apply' }).click();
    await current.waitForNotification('Done:');
    assert.equal((await stat(bootstrap)).mode & 0o777, 0o755);
    await row.waitFor({ state: 'detached' });
  });
});

/** What decorations add to a label, which is no text of the page. Runs in the browser. */
function decorationTexts(label: unknown): string {
  const page = globalThis as unknown as {
    getComputedStyle(element: unknown, pseudo: string): { content: string };
  };
  const parent = label as { querySelectorAll(selector: string): Iterable<unknown> };
  const elements = [label, ...parent.querySelectorAll('*')];
  return elements.map((element) => page.getComputedStyle(element, '::after').content).join(' ');
}
