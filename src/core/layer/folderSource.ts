import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isCancellation, systemErrorCode, UserError } from '../base/errors.ts';
import { type EntryKind, kindOfMode, type LayerEntries } from './entry.ts';
import type { LayerSource } from './layerSource.ts';

/** Longest stretch of listing, in milliseconds, before the event loop gets its turn. */
const sliceMs = 15;

interface FolderEntry {
  /** Path below the folder, with forward slashes. */
  readonly name: string;
  readonly stats: Stats;
}

/**
 * Lists a folder as a layer. Synchronous calls in short slices are several times faster than asynchronous ones
 * for many small files, and still leave the event loop free.
 */
export async function openFolder(path: string, signal?: AbortSignal): Promise<LayerSource> {
  const found: FolderEntry[] = [];
  const pending = [''];
  let sliceStart = performance.now();
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const base of readNames(path, directory)) {
      const name = directory === '' ? base : `${directory}/${base}`;
      const stats = statEntry(join(path, name));
      if (stats === undefined) continue;
      found.push({ name, stats });
      if (stats.isDirectory()) pending.push(name);
      if (performance.now() - sliceStart > sliceMs) {
        await setImmediate();
        signal?.throwIfAborted();
        sliceStart = performance.now();
      }
    }
  }
  const entries = new FolderEntries(found);
  return {
    path,
    format: 'folder',
    entries,
    warnings: [],
    identity: `folder:${path}`,
    read: (entry, readSignal) => readFolderFile(path, entries.name(entry), readSignal),
    readLink: (entry) => readFolderLink(path, entries.name(entry)),
  };
}

/** Whether a file or folder went away, or became something else, while the layer was listed. */
function isGone(error: unknown): boolean {
  return systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR';
}

function readNames(root: string, directory: string): string[] {
  try {
    return readdirSync(join(root, directory)).sort();
  } catch (error) {
    if (directory !== '' && isGone(error)) return [];
    throw cannotList(join(root, directory), error);
  }
}

function statEntry(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw cannotList(path, error);
  }
}

function cannotList(path: string, error: unknown): UserError {
  return new UserError(
    'LayerNotFound',
    `The layer cannot be listed at ${path} (${systemErrorCode(error) ?? String(error)}).`,
    'Check its permissions.',
    { cause: error },
  );
}

async function readFolderFile(root: string, name: string, signal?: AbortSignal): Promise<Uint8Array> {
  const path = join(root, name);
  try {
    return await readFile(path, { signal });
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw cannotRead(path, error);
  }
}

async function readFolderLink(root: string, name: string): Promise<string> {
  const path = join(root, name);
  try {
    return await readlink(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): UserError {
  const fact = systemErrorCode(error) ?? String(error);
  return new UserError('PathNotFound', `The layer file ${path} cannot be read (${fact}).`, undefined, {
    cause: error,
  });
}

class FolderEntries implements LayerEntries {
  readonly count: number;
  readonly nameBytes: Uint8Array;
  readonly #entries: readonly FolderEntry[];
  readonly #starts: Uint32Array;

  constructor(entries: readonly FolderEntry[]) {
    this.#entries = entries;
    this.count = entries.length;
    this.#starts = new Uint32Array(entries.length + 1);
    const names = entries.map((entry) => Buffer.from(entry.name));
    names.forEach((name, index) => {
      this.#starts[index + 1] = (this.#starts[index] ?? 0) + name.length;
    });
    this.nameBytes = Buffer.concat(names);
  }

  nameStart(entry: number): number {
    return this.#starts[entry] ?? 0;
  }

  nameEnd(entry: number): number {
    return this.#starts[entry + 1] ?? 0;
  }

  name(entry: number): string {
    return this.#at(entry).name;
  }

  kind(entry: number): EntryKind {
    return kindOfMode(this.#at(entry).stats.mode);
  }

  mode(entry: number): number {
    return this.#at(entry).stats.mode & 0o7777;
  }

  size(entry: number): number {
    const { stats } = this.#at(entry);
    return stats.isDirectory() ? 0 : stats.size;
  }

  modified(entry: number): number {
    return this.#at(entry).stats.mtimeMs;
  }

  problem(entry: number): string | undefined {
    return this.kind(entry) === 'special' ? 'it is a device, socket or pipe' : undefined;
  }

  #at(entry: number): FolderEntry {
    const found = this.#entries[entry];
    if (found === undefined) throw new RangeError(`No entry ${entry}`);
    return found;
  }
}
