import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { extractView } from '../opt/extract.ts';
import { MergedView } from '../opt/mergedView.ts';
import { isZipped } from './functionCode.ts';
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
  const { layers, code, workFolder, temporaryFolder, signal } = request;
  const opt = join(workFolder, 'opt');
  await extractView(new MergedView(layers), opt, signal === undefined ? {} : { signal });
  const task = isZipped(code) ? await copyOf(code.folder, join(workFolder, 'task')) : code.folder;
  return {
    opt,
    task,
    temporary: temporaryFolder,
    command: (file = '', ...args) => ({ file, args, cwd: task }),
    endsEverything: false,
    processId: (leader) => Promise.resolve(leader),
    release: () => Promise.resolve(),
  };
}

/** Nothing here is read-only to the function, and the cache of unpacked zips must stay as it is. */
async function copyOf(folder: string, copy: string): Promise<string> {
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  return copy;
}
