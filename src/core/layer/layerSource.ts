import { stat } from 'node:fs/promises';
import { systemErrorCode, UserError } from '../base/errors.ts';
import type { LayerEntries } from './entry.ts';
import { openFolder } from './folderSource.ts';
import { openZip } from './zip/zipSource.ts';

/** A layer's content on this machine, opened for reading. Holds no file descriptor between calls. */
export interface LayerSource {
  /** Absolute path of the folder or zip. */
  readonly path: string;
  readonly format: 'folder' | 'zip';
  readonly entries: LayerEntries;
  /** Problems of the container itself that do not stop it from being used, one sentence each. */
  readonly warnings: readonly string[];
  /** Changes when the content may have changed. */
  readonly identity: string;
  /**
   * Reads one file whole. Memory is bounded by the entry's declared size.
   * @throws UserError `ArchiveEntryInvalid` naming archive and entry, `PathNotFound` for a file that went away.
   */
  readonly read: (entry: number, signal?: AbortSignal) => Promise<Uint8Array>;
  /** Reads where a link points to, as stored. */
  readonly readLink: (entry: number) => Promise<string>;
}

/**
 * Opens a layer: a folder is listed, of a zip only the central directory is read.
 * @throws UserError `LayerNotFound`, `ArchiveInvalid`
 */
export async function openLayer(path: string, signal?: AbortSignal): Promise<LayerSource> {
  let stats;
  try {
    stats = await stat(path);
  } catch (error) {
    throw layerNotFound(path, error);
  }
  if (stats.isDirectory()) return openFolder(path, signal);
  if (stats.isFile()) return openZip(path);
  throw new UserError(
    'LayerNotFound',
    `The layer ${path} is neither a folder nor a file.`,
    'A layer is a folder or a .zip file.',
  );
}

function layerNotFound(path: string, error: unknown): UserError {
  if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') {
    return new UserError(
      'LayerNotFound',
      `The layer ${path} does not exist.`,
      'Correct the path in "layers", or create the folder or zip.',
      { cause: error },
    );
  }
  return new UserError(
    'LayerNotFound',
    `The layer ${path} cannot be read (${systemErrorCode(error) ?? String(error)}).`,
    'Check its permissions.',
    { cause: error },
  );
}
