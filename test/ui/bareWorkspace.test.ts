import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/lib/prepare.mjs';
import { useWorkbench } from './support/useWorkbench.ts';

describe('a workspace without launch configurations', () => {
  const workbench = useWorkbench(() => ({ workspace: join(root, 'test/fixtures/bare') }));

  it('is told in the Layers view how to begin', async () => {
    const { current } = workbench;
    await current.openSideBar('Lambda Layers');
    const welcome = current.page.locator('.welcome-view', { hasText: 'No functions or layers here yet' });
    await welcome.waitFor();
    await welcome.locator('.monaco-button', { hasText: 'Add Layer Folder or Zip' }).waitFor();
    await current.screenshot('welcome');
  });

  it('gets a launch.json to fill in when F5 is pressed in a bootstrap', async () => {
    const { current } = workbench;
    await current.openFile('bootstrap');
    await current.page.locator('.statusbar-item', { hasText: 'Shell Script' }).waitFor();
    await current.pressF5();
    await current.editorTab('launch.json').waitFor();
    await current.page.locator('.view-lines', { hasText: 'lambda-runtime' }).waitFor();
    await current.screenshot('first-launch-json');
    assert.match(await current.editorText(), /"type": "lambda-runtime"/);
  });
});
