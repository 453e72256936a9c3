import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { useWorkbench } from './support/useWorkbench.ts';

/** Layers with something to see; `config/greeting.txt` of the first one is shadowed by the second. */
const files = {
  'layers/greetings/bin/convert': 800_000,
  'layers/greetings/lib/libimage.so.1': 2_600_000,
  'layers/greetings/lib/libcolor.so.2': 700_000,
  'layers/greetings/nodejs/node_modules/greeting/dictionary.json': 450_000,
  'layers/greetings/nodejs/node_modules/greeting/lib/plural.js': 90_000,
  'layers/greetings/nodejs/node_modules/words/index.js': 300_000,
  'layers/greetings/config/names.txt': 400_000,
  'layers/german/config/names.txt': 500_000,
  'layers/german/config/places.txt': 240_000,
  'layers/bash-runtime/lib/helpers.sh': 900_000,
  'functions/hello-bash/data.bin': 1_200_000,
} as const;

describe('the size map', () => {
  const workbench = useWorkbench();

  before('fills the layers', async () => {
    for (const [path, size] of Object.entries(files)) {
      const file = join(workbench.current.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${path}\n`.padEnd(size, '.\n'));
    }
  });

  beforeEach('shows the map', async () => {
    const { current } = workbench;
    const tab = current.editorTab('Size: hello-bash');
    if ((await tab.count()) > 0) return tab.click();
    await current.openSideBar('Lambda Layers');
    await current.expandTreeItem('hello-bash');
    await current.chooseFromContextMenu('Size', 'Show Size Map…', tab);
  });

  /** The page inside its two frames. */
  const page = (): FrameLocator =>
    workbench.current.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  const tile = (label: string | RegExp): Locator => page().getByRole('treeitem', { name: label });
  const layerTile = (): Locator => tile(/^layer 1 greetings/);
  const here = (label: string): Locator => page().locator('[aria-current]', { hasText: label });
  const keys = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) await workbench.current.page.keyboard.press(name);
  };
  const focused = (): Promise<string | null> => page().locator(':focus').getAttribute('aria-label');

  it('opens from the Size row and tells who contributes how much, and what remains', async () => {
    const { current } = workbench;
    await layerTile().waitFor();
    assert.match(await page().locator('h1').innerText(), /hello-bash\s+7\.8 of 250 MB/);
    const contributions = await page().getByRole('list', { name: 'Contributions' }).innerText();
    assert.match(contributions, /1 greetings\s+5\.1 MB \(391 kB shadowed\)/);
    assert.match(contributions, /2 german\s+723 kB/);
    assert.match(contributions, /3 bash-runtime\s+88\d kB/);
    assert.match(contributions, /Code\s+1\.1 MB/);
    assert.match(contributions, /Remaining: 242 MB/);
    await current.screenshot('size-map-dark');
  });

  it('opens the file behind a rectangle: of the merged view, or of the layer when it is shadowed', async () => {
    const { current } = workbench;
    const lines = (text: string) =>
      current.page.locator('.editor-group-container.active .view-lines', { hasText: text }).waitFor();
    await tile(/^config\/names\.txt.*shadowed, layer 1 greetings$/).click();
    await lines('layers/greetings/config/names.txt');
    await current.editorTab('Size: hello-bash').click();
    await tile(/^config\/names\.txt.*layer 2 german$/).click();
    await lines('layers/german/config/names.txt');
    await current.editorTab('Size: hello-bash').click();
    await layerTile().waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await layerTile().focus();
    await keys('ArrowDown');
    assert.match((await focused()) ?? '', /^lib, folder/);
    await keys('ArrowDown', 'ArrowRight', 'ArrowLeft');
    assert.match((await focused()) ?? '', /^lib\/lib\w+\.so\.\d, file/);
    await keys('ArrowUp', 'Enter');
    await here('lib').waitFor();
    await tile(/^lib\/libimage/).waitFor();
    assert.match((await focused()) ?? '', /^lib\/libimage\.so\.1, file, 2\.5 MB, layer 1 greetings$/);
    await workbench.current.screenshot('size-map-folder');
    await keys('Escape');
    await here('1 greetings').waitFor();
    await page().locator('[aria-label^="lib, folder"]:focus').waitFor();
    await keys('Backspace');
    await here('hello-bash').waitFor();
    await page().locator('[aria-label^="layer 1 greetings"]:focus').waitFor();
  });

  it('goes from layer to layer with Tab', async () => {
    await layerTile().focus();
    await keys('Tab');
    assert.match((await focused()) ?? '', /^layer 2 german, /);
    await keys('Tab', 'Tab');
    assert.match((await focused()) ?? '', /^Code, /);
  });

  it('is where it was after another tab was in front', async () => {
    const { current } = workbench;
    await tile(/^nodejs\/node_modules, folder/).click({ position: { x: 10, y: 10 } });
    await here('node_modules').waitFor();
    await current.openFile('layers/german/config/places.txt');
    await page().locator('h1').waitFor({ state: 'detached' });
    await current.editorTab('Size: hello-bash').click();
    await here('node_modules').waitFor();
    await tile(/dictionary\.json/).waitFor();
    await page().getByRole('button', { name: 'hello-bash', exact: true }).click();
    await here('hello-bash').waitFor();
  });

  it('says the same in a table', async () => {
    await page().getByRole('button', { name: 'Show as Table' }).click();
    const row = page().getByRole('row').filter({ hasText: 'lib/libimage.so.1' });
    assert.deepEqual(await row.locator('th, td').allInnerTexts(), [
      'lib/libimage.so.1',
      '1 greetings',
      'file',
      '2.5 MB',
      '2,600,000',
      '',
    ]);
    const columns = await page().locator('thead th[scope=col]').allInnerTexts();
    assert.deepEqual(columns, ['Name', 'Layer', 'Kind', 'Size', 'Bytes', 'Shadowed']);
    const shadowed = page().getByRole('row').filter({ hasText: 'config/names.txt' }).first();
    assert.equal(await shadowed.locator('td').last().innerText(), 'shadowed');
    await workbench.current.screenshot('size-map-table');
    await page().getByRole('button', { name: 'Show as Map' }).click();
    await layerTile().waitFor();
  });

  it('shows a change of a layer at once', async () => {
    await writeFile(join(workbench.current.folder, 'layers/german/config/new.bin'), Buffer.alloc(4_000_000));
    await tile(/^config\/new\.bin, file, 3\.8 MB, layer 2 german/).waitFor();
    await page().locator('h1', { hasText: '11.6 of 250 MB' }).waitFor();
  });

  it('says that a layer is gone, and shows the map again when it is back', async () => {
    const layer = join(workbench.current.folder, 'layers/german');
    await rename(layer, `${layer}-away`);
    await page().getByRole('status').filter({ hasText: 'layers/german does not exist' }).waitFor();
    await layerTile().waitFor({ state: 'hidden' });
    await rename(`${layer}-away`, layer);
    await layerTile().waitFor();
    assert.equal(await page().getByRole('status').innerText(), '');
  });

  it('comes back when the window is reloaded', async () => {
    await tile(/^nodejs\/node_modules, folder/).click({ position: { x: 10, y: 10 } });
    await here('node_modules').waitFor();
    await workbench.current.command('Developer: Reload Window');
    await page().locator('h1').waitFor({ state: 'detached' });
    await here('node_modules').waitFor();
    await tile(/dictionary\.json/).waitFor();
    await page().getByRole('button', { name: 'hello-bash', exact: true }).click();
    await layerTile().waitFor();
  });

  for (const [theme, kind] of [
    ['Light Modern', 'vscode-light'],
    ['Dark High Contrast', 'vscode-high-contrast'],
    ['Light High Contrast', 'vscode-high-contrast-light'],
    ['Dark Modern', 'vscode-dark'],
  ] as const) {
    it(`can be read in the theme ${theme}`, async () => {
      const { current } = workbench;
      await current.command('Preferences: Color Theme');
      await current.quickInput().fill(theme);
      await current.choose(theme);
      await page().locator(`body.${kind}`).waitFor();
      await layerTile().focus();
      await current.screenshot(`size-map-${kind}`);
      const contrasts = await page().locator('body').evaluate<number[], undefined>(measureContrast);
      assert.ok(contrasts.length > 10);
      assert.ok(Math.min(...contrasts) >= 4.5, `contrast ${Math.min(...contrasts)}`);
    });
  }
});

/**
 * Evaluated in the page: the contrast of every rectangle's text with its ground, as WCAG 2 defines it. It is a text,
 * since the page's globals are unknown to the compiler here.
 */
const measureContrast = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll('.tile')].map((tile) => {
    const style = getComputedStyle(tile);
    const [dark, light] = [luminance(style.color), luminance(style.backgroundColor)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  });
})()`;
