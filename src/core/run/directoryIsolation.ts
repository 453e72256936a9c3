import { join } from 'node:path';
import { extractView } from '../opt/extract.ts';
import { MergedView } from '../opt/mergedView.ts';
import type { Isolation, Root, RootRequest } from './isolation.ts';

/**
 * A copy of the merged view in a folder, with the search paths pointing there: works everywhere, but a program
 * that names `/opt` or `/var/task` itself sees the machine's own.
 */
export const directoryIsolation: Isolation = {
  name: 'directory',
  caveat:
    'Isolation "directory": the layers are in a temporary folder, not at /opt. Programs that name /opt or ' +
    '/var/task themselves will not find them; search paths and LAMBDA_TASK_ROOT point to the right places.',
  unavailable: () => Promise.resolve(undefined),
  createRoot,
};

async function createRoot(request: RootRequest): Promise<Root> {
  const { layers, codeFolder, workFolder, temporaryFolder, signal } = request;
  const opt = join(workFolder, 'opt');
  await extractView(new MergedView(layers), opt, signal === undefined ? {} : { signal });
  return {
    opt,
    task: codeFolder,
    temporary: temporaryFolder,
    command: (file = '', ...args) => ({ file, args, cwd: codeFolder }),
    endsEverything: false,
    processId: (leader) => Promise.resolve(leader),
    release: () => Promise.resolve(),
  };
}
