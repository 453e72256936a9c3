import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { systemErrorCode, UserError } from '../base/errors.ts';

/** Where packaging reads and writes. */
export interface PackagingPaths {
  /** The folder, absolute, links resolved. */
  readonly root: string;
  /** The archive, absolute. */
  readonly output: string;
  /** The archive relative to the folder, with slashes, when it lies inside; else `undefined`. */
  readonly outputInside: string | undefined;
}

/**
 * Resolves the paths of a request. The output defaults to a zip beside the folder, named like it. Throws
 * `PathNotFound`, `LayerReferenceInvalid` (no folder) or `OutputInvalid`.
 */
export async function resolvePaths(path: string, output?: string): Promise<PackagingPaths> {
  const folder = resolve(path);
  await expectFolder(folder);
  const root = await realpath(folder);
  const target = resolve(output ?? defaultOutput(folder, root));
  await expectWritable(target);
  const inside = relative(root, join(await realpath(dirname(target)), basename(target)));
  const isInside = inside !== '' && !inside.startsWith(`..${sep}`) && resolve(root, inside) !== inside;
  return { root, output: target, outputInside: isInside ? inside.replaceAll(sep, '/') : undefined };
}

function defaultOutput(folder: string, root: string): string {
  if (basename(folder) !== '') return `${folder}.zip`;
  throw new UserError(
    'OutputInvalid',
    `There is no place beside ${root} for its archive.`,
    'Choose an output.',
  );
}

async function expectFolder(folder: string): Promise<void> {
  const kind = await kindOf(folder);
  if (kind === 'folder') return;
  if (kind === 'nothing') {
    throw new UserError(
      'PathNotFound',
      `The folder ${folder} does not exist.`,
      'Check the path of the layer.',
    );
  }
  throw new UserError(
    'LayerReferenceInvalid',
    `${folder} is not a folder.`,
    'Package the folder with its content.',
  );
}

async function expectWritable(output: string): Promise<void> {
  if ((await kindOf(dirname(output))) !== 'folder') {
    throw new UserError(
      'OutputInvalid',
      `The folder ${dirname(output)} for the archive does not exist.`,
      'Create it, or choose another output.',
    );
  }
  if ((await kindOf(output)) === 'folder') {
    throw new UserError('OutputInvalid', `${output} is a folder.`, 'Choose a file as the output.');
  }
}

async function kindOf(path: string): Promise<'folder' | 'other' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'nothing';
    throw new UserError('PathNotFound', `${path} cannot be reached (${code ?? String(error)}).`, undefined, {
      cause: error,
    });
  }
}
