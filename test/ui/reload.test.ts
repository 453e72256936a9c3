import { useWorkbench } from './support/useWorkbench.ts';

describe('reloading the window', () => {
  const workbench = useWorkbench();

  it('keeps a file of /opt open, which still means the same stack', async () => {
    const { current } = workbench;
    await current.openSideBar('Lambda Layers');
    for (const label of ['hello-bash', '/opt', 'config']) await current.expandTreeItem(label);
    await current.clickTreeItem('greeting.txt');
    const text = current.page.locator('.editor-group-container.active .view-lines', { hasText: 'Guten Tag' });
    await text.waitFor();
    await current.editorTab('greeting.txt').dblclick(); // which makes it stay
    await current.openFile('README.md');
    await current.reload();
    // VS Code opens the editor in front once all extension hosts have started, also the one in the browser, which none
    // of this needs, and never if that does not; the editors behind it open as soon as their file system is there.
    await current.treeItem('hello-bash').waitFor();
    await current.editorTab('greeting.txt').click();
    await text.waitFor();
  });
});
