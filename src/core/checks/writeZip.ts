import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import JSZip from 'jszip';
import type { EntryKind } from '../layer/entry.ts';
import type { LayerSource } from '../layer/layerSource.ts';
import { method, ZipEntries } from '../layer/zip/zipEntries.ts';
import { withoutCarriageReturns } from './lineEndings.ts';

/** An entry of the zip to write, and which entry of the old one it is. */
export interface NewEntry {
  readonly entry: number;
  readonly name: string;
  /** Permission bits (`0o7777`). */
  readonly mode: number;
  /** Whether its line endings become LF. */
  readonly convertsLines: boolean;
}

/** `st_mode` type bits: without them tools take links and folders for files. */
const typeBits: Readonly<Record<EntryKind, number>> = {
  file: 0o100000,
  directory: 0o040000,
  link: 0o120000,
  special: 0,
};
/** DOS times, all that jszip writes, start here. */
const firstDosTime = Date.UTC(1980, 0, 1);

/**
 * Writes entries of a zip into a new zip, in order, with Unix modes, links and times.
 * @throws UserError `ArchiveEntryInvalid` for an entry that turns out to be damaged
 */
export async function writeZip(
  path: string,
  source: LayerSource,
  plan: readonly NewEntry[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const zip = new JSZip();
  for (const { entry, name, mode, convertsLines } of plan) {
    signal?.throwIfAborted();
    const kind = source.entries.kind(entry);
    const options = {
      createFolders: false,
      date: new Date(Math.max(firstDosTime, source.entries.modified(entry))),
      unixPermissions: typeBits[kind] | mode,
      compression: isStored(source, entry) ? 'STORE' : 'DEFLATE',
    } as const;
    if (kind === 'directory') zip.file(name, null, { ...options, dir: true });
    else {
      const content = await source.read(entry, signal);
      zip.file(name, convertsLines ? withoutCarriageReturns(content) : content, options);
    }
  }
  const output = zip.generateNodeStream({ platform: 'UNIX', compressionOptions: { level: 6 } });
  await pipeline(output, createWriteStream(path, { flags: 'wx' }), { signal });
}

function isStored({ entries }: LayerSource, entry: number): boolean {
  return entries instanceof ZipEntries && entries.method(entry) === method.stored;
}
