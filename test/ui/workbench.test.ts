import { useWorkbench } from './support/useWorkbench.ts';

describe('the workbench', () => {
  const workbench = useWorkbench();

  it('offers the Lambda Layers view container in the activity bar, which opens', async () => {
    await workbench.current.openSideBar('Lambda Layers');
    await workbench.current.screenshot('side-bar');
  });
});
