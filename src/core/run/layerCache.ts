import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isCancellation, systemErrorCode, UserError } from '../base/errors.ts';
import { openLayer } from '../layer/layerSource.ts';
import { extractView } from '../opt/extract.ts';
import type { LayerTree } from '../opt/layerTree.ts';
import { MergedView } from '../opt/mergedView.ts';
import { removeFolder } from '../opt/removeFolder.ts';
import { isAlive } from './processes.ts';
import { removeAbandoned } from './sessionFolder.ts';

const unfinishedPrefix = 'unfinished-';
/** Folder of marks: one empty file per entry and process that uses it, `<entry>.<process id>`; its time is the last use. */
const usesFolder = 'uses';

/**
 * Zips extracted to folders, so that they can be mounted. Keyed by the zip's SHA-256, so an entry is never stale and
 * never needs a check; made under another name and renamed, so a half-made one is never used. When the cache grows
 * over its limit, the entries that were not used for the longest time go, but none that a living process uses.
 */
export class LayerCache {
  readonly #folder: string;
  readonly #maxBytes: () => number;

  /** `maxBytes` is the limit of all entries together, in unzipped bytes; asked each time the cache grows. */
  constructor(folder: string, maxBytes: () => number = () => Number.POSITIVE_INFINITY) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /**
   * A folder with the layer's content: its own folder, or the extracted zip.
   * @throws UserError as `extractView`; `LayerNotFound` and `ArchiveInvalid` when the zip went away or changed
   */
  async folderOf(layer: LayerTree, signal?: AbortSignal): Promise<string> {
    const { path, format } = layer.source;
    if (format === 'folder') return path;
    const digest = await sha256(path, signal);
    const folder = join(this.#folder, digest);
    await mkdir(join(this.#folder, usesFolder), { recursive: true, mode: 0o700 });
    await this.#mark(digest);
    if (await isFolder(folder)) return folder;
    await removeAbandoned(this.#folder, unfinishedPrefix); // what a crash left half-made
    await this.#extract(layer, folder, signal);
    await this.#prune(digest);
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

  /** Says that this process uses an entry, from now until it ends. */
  async #mark(digest: string): Promise<void> {
    await writeFile(join(this.#folder, usesFolder, `${digest}.${process.pid}`), '');
  }

  /** Lets the oldest entries go until the rest fits the limit. */
  async #prune(justMade: string): Promise<void> {
    const limit = this.#maxBytes();
    if (!Number.isFinite(limit)) return;
    const uses = await this.#uses();
    const entries = await Promise.all(
      (await readdir(this.#folder)).filter(isDigest).map(async (digest) => ({
        digest,
        bytes: await folderBytes(join(this.#folder, digest)),
        use: uses.get(digest) ?? { lastMs: 0, isInUse: false },
      })),
    );
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { digest, bytes, use } of entries.sort((a, b) => a.use.lastMs - b.use.lastMs)) {
      if (total <= limit) return;
      if (use.isInUse || digest === justMade) continue;
      await removeFolder(join(this.#folder, digest));
      total -= bytes;
    }
  }

  /** When each entry was used last, and whether a living process may still use it; marks of dead ones go. */
  async #uses(): Promise<Map<string, { lastMs: number; isInUse: boolean }>> {
    const uses = new Map<string, { lastMs: number; isInUse: boolean }>();
    for (const name of await readdir(join(this.#folder, usesFolder))) {
      const [digest = '', pid = ''] = name.split('.');
      const mark = join(this.#folder, usesFolder, name);
      const lastMs = (await stat(mark).catch(() => undefined))?.mtimeMs ?? 0;
      const known = uses.get(digest);
      const isInUse = isAlive(Number(pid));
      uses.set(digest, {
        lastMs: Math.max(lastMs, known?.lastMs ?? 0),
        isInUse: isInUse || known?.isInUse === true,
      });
      if (!isInUse && !(await isFolder(join(this.#folder, digest)))) await rm(mark, { force: true });
    }
    return uses;
  }
}

function isDigest(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

/** The sizes of all files below a folder, in bytes. */
async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
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
