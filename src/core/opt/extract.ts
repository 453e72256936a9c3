import { chmod, lutimes, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MergedView, OptEntry } from './mergedView.ts';

export interface ExtractOptions {
  readonly signal?: AbortSignal;
  /** Told after each entry: how many are done, and the path below `/opt` just written. */
  readonly onProgress?: (done: number, path: string) => void;
}

/** Directories are made writable while they are filled; their own modes come last. */
const openDirectoryMode = 0o755;

/**
 * Writes what `/opt` holds into a new folder, with modes, times and links as they are. Links are written verbatim
 * and never written through. On failure or cancel nothing is left.
 * @throws UserError `ArchiveEntryInvalid` naming the entry that cannot be read
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
    let done = 0;
    for (const entry of view.walk()) {
      signal?.throwIfAborted();
      if (entry.kind === 'directory') directories.push(entry);
      await writeEntry(view, entry, join(destination, entry.path), signal);
      onProgress?.(++done, entry.path);
    }
    for (const entry of directories.reverse()) await chmod(join(destination, entry.path), entry.mode);
  } catch (error) {
    await rm(destination, { recursive: true, force: true });
    throw error;
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
      await chmod(path, entry.mode); // after writing: the process's umask must not change it
      const seconds = entry.modified / 1000;
      return lutimes(path, seconds, seconds);
    }
    case 'special':
      return; // never in the tree
  }
}
