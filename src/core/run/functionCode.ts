import { stat } from 'node:fs/promises';
import { systemErrorCode, UserError } from '../base/errors.ts';
import type { LayerStore } from '../opt/layerStack.ts';
import type { LayerCache } from './layerCache.ts';

/** The deployment package of a function, as it is when an execution environment starts. Paths are absolute. */
export interface FunctionCode {
  /** The folder or zip that the launch configuration names. */
  readonly path: string;
  /** Its content: the folder itself, or that of the cache where a zip is unpacked, in which nothing may change. */
  readonly folder: string;
}

/** Whether the code is a zip. */
export function isZipped({ folder, path }: FunctionCode): boolean {
  return folder !== path;
}

/**
 * Opens the code, and unpacks it when it is a zip.
 * @throws UserError `PathNotFound`, and of a zip as `LayerCache.folderOf` and `openLayer`
 */
export async function openCode(path: string, store: LayerStore, cache: LayerCache): Promise<FunctionCode> {
  const stats = await stat(path).catch((error: unknown) => {
    throw new UserError(
      'PathNotFound',
      `The code ${path} cannot be read (${systemErrorCode(error) ?? String(error)}).`,
      'Correct "code" in the launch configuration.',
      { cause: error },
    );
  });
  return { path, folder: stats.isDirectory() ? path : await cache.folderOf(await store.tree(path)) };
}
