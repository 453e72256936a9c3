import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isCancellation, systemErrorCode, UserError } from '../base/errors.ts';
import { openLayer } from '../layer/layerSource.ts';
import { extractView } from '../opt/extract.ts';
import type { LayerTree } from '../opt/layerTree.ts';
import { MergedView } from '../opt/mergedView.ts';
import { removeFolder } from '../opt/removeFolder.ts';
import { CacheUses } from './cacheUses.ts';
import { removeAbandoned } from './sessionFolder.ts';

const unfinishedPrefix = 'unfinished-';

/**
 * Zips extracted to folders, so that they can be mounted. Keyed by the zip's SHA-256, so an entry is never stale and
 * never needs a check; made under another name and renamed, so a half-made one is never used. When the cache grows
 * over its limit, the entries that were not used for the longest time go, but none that a living process uses.
 */
export class LayerCache {
  readonly #folder: string;
  readonly #maxBytes: () => number;
  readonly #uses: CacheUses;
  /** By path, as long as the file is the same. */
  readonly #digests = new Map<string, { readonly identity: string; readonly digest: string }>();

  /** `maxBytes` is the limit of all entries together, in unzipped bytes; asked each time the cache grows. */
  constructor(folder: string, maxBytes: () => number = () => Number.POSITIVE_INFINITY) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#uses = new CacheUses(join(folder, 'uses'));
  }

  /**
   * A folder with the layer's content: its own folder, or the extracted zip.
   * @throws UserError as `extractView`; `LayerNotFound` and `ArchiveInvalid` when the zip went away or changed
   */
  async folderOf(layer: LayerTree, signal?: AbortSignal): Promise<string> {
    const { path, format } = layer.source;
    if (format === 'folder') return path;
    const digest = await this.#digestOf(layer, signal);
    const folder = join(this.#folder, digest);
    await this.#uses.add(digest);
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
    const unfinished = this.#unfinishedFolder();
    try {
      await extractView(new MergedView([layer]), unfinished, signal === undefined ? {} : { signal });
      await checkUnchanged(layer);
      await rename(unfinished, folder);
    } catch (error) {
      await removeFolder(unfinished);
      this.#digests.delete(layer.source.path);
      const code = systemErrorCode(error);
      const isDone = code === 'ENOTEMPTY' || code === 'EEXIST'; // somebody else was faster with the same content
      if (!isDone) throw error;
    }
  }

  /** Lets the oldest entries go until the rest fits the limit. */
  async #prune(justMade: string): Promise<void> {
    const limit = this.#maxBytes();
    if (!Number.isFinite(limit)) return;
    const digests = (await readdir(this.#folder)).filter(isDigest);
    const entries = await Promise.all(
      digests.map(async (digest) => ({
        digest,
        bytes: await folderBytes(join(this.#folder, digest)),
        lastMs: await this.#uses.lastMs(digest),
      })),
    );
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { digest, bytes } of entries.sort((a, b) => a.lastMs - b.lastMs)) {
      if (total <= limit) return;
      if (digest !== justMade && (await this.#remove(digest))) total -= bytes;
    }
  }

  /**
   * Removes an entry that nobody uses. It gets another name first: whoever wants it from then on unpacks it again. One
   * that somebody began to use in that moment comes back.
   */
  async #remove(digest: string): Promise<boolean> {
    if (await this.#uses.has(digest)) return false;
    const [folder, gone] = [join(this.#folder, digest), this.#unfinishedFolder()];
    await rename(folder, gone);
    const isBack =
      (await this.#uses.has(digest)) &&
      (await rename(gone, folder).then(
        () => true,
        () => false, // unpacked again already
      ));
    if (isBack) return false;
    await removeFolder(gone);
    await this.#uses.delete(digest);
    return true;
  }

  #unfinishedFolder(): string {
    return join(this.#folder, `${unfinishedPrefix}${process.pid}-${randomUUID()}`);
  }

  /** The SHA-256 of a zip, which is read again only when it changed. */
  async #digestOf(
    { source: { path, identity } }: LayerTree,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const known = this.#digests.get(path);
    if (known?.identity === identity) return known.digest;
    const digest = await sha256(path, signal);
    this.#digests.set(path, { identity, digest });
    return digest;
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
