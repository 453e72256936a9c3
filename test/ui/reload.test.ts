import { useWorkbench } from './support/useWorkbench.ts';

describe('reloading the window', () => {
  const workbench = useWorkbench();

  it('keeps a file of /opt open, which still means the same stack', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.openSideBar('Lambda Layers');
    for (const label of ['hello-bash', '/opt', 'config']) await current.expandTreeItem(label);
    await current.clickTreeItem('greeting.txt');
    const text = page.locator('.editor-group-container.active .view-lines', { hasText: 'Guten Tag' });
    await text.waitFor();
    // VS Code's own reload: it saves what is open first, which a browser's reload does not wait for.
    await Promise.all([page.waitForEvent('load'), current.command('Developer: Reload Window')]);
    await current.editorTab('greeting.txt').first().waitFor();
    await text.waitFor();
  });
});
