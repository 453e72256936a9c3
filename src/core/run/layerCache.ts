import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isCancellation, systemErrorCode, UserError } from '../base/errors.ts';
import { openLayer } from '../layer/layerSource.ts';
import { extractView } from '../opt/extract.ts';
import type { LayerTree } from '../opt/layerTree.ts';
import { MergedView } from '../opt/mergedView.ts';
import { removeFolder } from '../opt/removeFolder.ts';
import { removeAbandoned } from './sessionFolder.ts';

const unfinishedPrefix = 'unfinished-';

/**
 * Zips extracted to folders, so that they can be mounted. Keyed by the zip's SHA-256, so an entry is never stale and
 * never needs a check; made under another name and renamed, so a half-made one is never used.
 */
export class LayerCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * A folder with the layer's content: its own folder, or the extracted zip.
   * @throws UserError as `extractView`; `LayerNotFound` and `ArchiveInvalid` when the zip went away or changed
   */
  async folderOf(layer: LayerTree, signal?: AbortSignal): Promise<string> {
    const { path, format } = layer.source;
    if (format === 'folder') return path;
    const folder = join(this.#folder, await sha256(path, signal));
    if (await isFolder(folder)) return folder;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await removeAbandoned(this.#folder, unfinishedPrefix); // what a crash left half-made
    await this.#extract(layer, folder, signal);
    return folder;
  }

  /** Removes everything. Folders that are mounted somewhere stay usable there until they are let go. */
  async clear(): Promise<void> {
    await removeFolder(this.#folder);
  }

  async #extract(layer: LayerTree, folder: string, signal: AbortSignal | undefined): Promise<void> {
    const unfinished = join(this.#folder, `${unfinishedPrefix}${process.pid}-${randomUUID()}`);
    try {
      await extractView(new MergedView([layer]), unfinished, signal === undefined ? {} : { signal });
      await checkUnchanged(layer);
      await rename(unfinished, folder);
    } catch (error) {
      await removeFolder(unfinished);
      const code = systemErrorCode(error);
      const isDone = code === 'ENOTEMPTY' || code === 'EEXIST'; // somebody else was faster with the same content
      if (!isDone) throw error;
    }
  }
}

/** What was read and what was hashed must be one file, or the cache would keep the one under the other's name. */
async function checkUnchanged(layer: LayerTree): Promise<void> {
  const { path, identity } = layer.source;
  if ((await openLayer(path)).identity === identity) return;
  throw new UserError('ArchiveInvalid', `${path} changed while it was being unpacked.`, 'Start again.');
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

async function sha256(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const fact = systemErrorCode(error) ?? String(error);
    throw new UserError('LayerNotFound', `The layer ${path} cannot be read (${fact}).`, undefined, {
      cause: error,
    });
  }
  return hash.digest('hex');
}
