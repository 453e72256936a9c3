import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extractView } from '../opt/extract.ts';
import type { LayerTree } from '../opt/layerTree.ts';
import { MergedView } from '../opt/mergedView.ts';

/**
 * Zips extracted to folders, so that they can be mounted. Keyed by the zip's SHA-256, so an entry is never stale and
 * never needs a check; made under another name and renamed, so a half-made one is never used.
 */
export class LayerCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A folder with the layer's content: its own folder, or the extracted zip. @throws UserError as `extractView` */
  async folderOf(layer: LayerTree, signal?: AbortSignal): Promise<string> {
    const { path, format } = layer.source;
    if (format === 'folder') return path;
    const folder = join(this.#folder, await sha256(path, signal));
    if (await isFolder(folder)) return folder;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const unfinished = join(this.#folder, `unfinished-${randomUUID()}`);
    try {
      await extractView(new MergedView([layer]), unfinished, signal === undefined ? {} : { signal });
      await rename(unfinished, folder);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      if (!(await isFolder(folder))) throw error; // else somebody else was faster with the same content
    }
    return folder;
  }

  /** Removes everything. Folders that are mounted somewhere stay usable there until they are let go. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

async function sha256(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}
