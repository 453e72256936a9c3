import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/lib/prepare.mjs';
import { forbidNamespaces } from '../support/forbidNamespaces.ts';
import { useWorkbench } from './support/useWorkbench.ts';

describe('a workspace without launch configurations, where the system forbids namespaces', () => {
  const workbench = useWorkbench(() => ({
    workspace: join(root, 'test/fixtures/bare'),
    through: forbidNamespaces,
  }));

  it('is told in the Layers view how to begin', async () => {
    const { current } = workbench;
    await current.openSideBar('Lambda Layers');
    const welcome = current.page.locator('.welcome-view', { hasText: 'No functions or layers here yet' });
    await welcome.waitFor();
    await welcome.locator('.monaco-button', { hasText: 'Add Layer Folder or Zip' }).waitFor();
    await current.screenshot('welcome');
  });

  it('has a walkthrough that shows the way from a layer to its publication', async () => {
    const { current } = workbench;
    await current.command('Welcome: Open Walkthrough...');
    await current.choose('Get Started with Lambda Layers');
    const steps = current.page.locator('.getting-started-step');
    await steps.filter({ hasText: 'Press F5 on a custom runtime' }).click();
    await current.page.locator('.getting-started-step.expanded', { hasText: 'Start Debugging' }).waitFor();
    await current.screenshot('walkthrough');
    assert.equal(await steps.count(), 5);
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

  it('runs in the directory isolation, and says why and how to allow the other one', async () => {
    const { current } = workbench;
    const configuration = {
      type: 'lambda-runtime',
      request: 'launch',
      name: 'bare',
      code: current.folder,
      event: 1,
    };
    const text = JSON.stringify({ version: '0.2.0', configurations: [configuration] });
    await writeFile(join(current.folder, '.vscode/launch.json'), text);
    await current.page.locator('.view-lines', { hasText: '"name":"bare"' }).waitFor();
    await current.command('Debug: Select and Start Debugging');
    await current.choose('bare');
    await current.debugConsole().filter({ hasText: 'Unhandled error' }).waitFor();
    await current.scrollUp(current.debugConsole());
    await current.debugConsole().filter({ hasText: 'Isolation: directory' }).waitFor();
    const told = await current.debugConsoleText();
    assert.match(told, /"namespace" does not work on this machine: .*user namespaces.*sysctl/);
    await current.screenshot('namespaces-forbidden');
  });
});
