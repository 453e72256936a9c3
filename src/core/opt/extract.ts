import { chmod, lutimes, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { limits } from '../layer/limits.ts';
import type { MergedView, OptEntry } from './mergedView.ts';
import { removeFolder } from './removeFolder.ts';

export interface ExtractOptions {
  readonly signal?: AbortSignal;
  /** Told after each entry: how many are done, and the path below `/opt` just written. */
  readonly onProgress?: (done: number, path: string) => void;
}

/** Directories are made writable while they are filled; their own modes come last. */
const openDirectoryMode = 0o755;
/** The bits that extraction keeps. Like `unzip`, it does not let an archive make programs that run as somebody else. */
const keptModeBits = 0o777;

/**
 * Writes what `/opt` holds into a new folder, with modes, times and links as they are. Links are written verbatim
 * and never written through. On failure or cancel nothing is left.
 * @throws UserError `ArchiveEntryInvalid` naming the entry that cannot be read, `FileTooLarge` when zips unpack to
 * more than Lambda takes
 */
export async function extractView(
  view: MergedView,
  destination: string,
  { signal, onProgress }: ExtractOptions = {},
): Promise<void> {
  await mkdir(dirname(destination), { recursive: true });
  await mkdir(destination); // must be new: anything already there could redirect what is written
  try {
    const directories: OptEntry[] = [];
    const budget = new ZipBudget(view);
    let done = 0;
    for (const entry of view.walk()) {
      signal?.throwIfAborted();
      budget.take(entry);
      if (entry.kind === 'directory') directories.push(entry);
      await writeEntry(view, entry, join(destination, entry.path), signal);
      onProgress?.(++done, entry.path);
    }
    for (const entry of directories.reverse()) {
      await chmod(join(destination, entry.path), entry.mode & keptModeBits);
    }
  } catch (error) {
    await removeFolder(destination);
    throw error;
  }
}

/** Stops bombs: what comes from zips may not unpack to more than Lambda allows. Folders are as large as they are. */
class ZipBudget {
  readonly #view: MergedView;
  #bytes = 0;

  constructor(view: MergedView) {
    this.#view = view;
  }

  take({ kind, layer, size, path }: OptEntry): void {
    const source = this.#view.layers[layer]?.source;
    if (kind !== 'file' || source?.format !== 'zip') return;
    this.#bytes += size;
    if (this.#bytes <= limits.unzippedBytes) return;
    throw new UserError(
      'FileTooLarge',
      `${source.path} unpacks to more than ${limits.unzippedBytes} bytes, which Lambda allows in all; ` +
        `"${path}" passes the limit.`,
      'Take out what the function does not need.',
    );
  }
}

async function writeEntry(
  view: MergedView,
  entry: OptEntry,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  switch (entry.kind) {
    case 'directory':
      return mkdir(path, openDirectoryMode);
    case 'link':
      return symlink(await view.readLink(entry), path);
    case 'file': {
      await writeFile(path, await view.read(entry, signal), { flag: 'wx' });
      await chmod(path, entry.mode & keptModeBits); // after writing: the process's umask must not change it
      const seconds = entry.modified / 1000;
      return lutimes(path, seconds, seconds);
    }
    case 'special':
      return; // never in the tree
  }
}
