import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib';
import { systemErrorCode, UserError } from '../../base/errors.ts';
import { limits } from '../limits.ts';
import type { LayerSource } from '../layerSource.ts';
import { findEndRecord, invalidArchive, readExactly } from './endRecord.ts';
import { method, ZipEntries } from './zipEntries.ts';

const inflateRawAsync = promisify(inflateRaw);

const localHeaderSize = 30;
const localSignature = 0x04034b50;
/** Local headers repeat the name and extra fields; this much is read along with the data to save a call. */
const localSlack = 1024;
/** Up to this many compressed bytes, reading and inflating at once beats the thread pool three times over. */
const inlineBytes = 256 * 1024;
/** The longest link target that Linux takes (`PATH_MAX` less the final NUL). */
const maxLinkBytes = 4095;
/** A directory above this cannot belong to a layer: it alone would exceed what Lambda unpacks. */
const maxDirectoryBytes = 256 * 1024 * 1024;

/**
 * Opens a zip by reading only its central directory. The directory decides; local headers serve to find the data.
 * @throws UserError `ArchiveInvalid` naming the file and the fact
 */
export async function openZip(path: string): Promise<LayerSource> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new UserError(
      'LayerNotFound',
      `The layer ${path} cannot be read (${systemErrorCode(error) ?? String(error)}).`,
      'Check that it exists and its permissions.',
      { cause: error },
    );
  });
  try {
    const stats = await file.stat();
    const end = await findEndRecord(file, path, stats.size);
    if (end.directorySize > maxDirectoryBytes) throw invalidArchive(path, 'its directory is absurdly large');
    const directory = await readExactly(file, path, end.directoryOffset, end.directorySize);
    const entries = ZipEntries.parse(path, directory, end);
    return {
      path,
      format: 'zip',
      entries,
      warnings: [
        ...countWarnings(entries.count, end.claimedEntries, end.zip64),
        ...prefixWarnings(end.prefix),
      ],
      identity: `zip:${path}:${stats.size}:${stats.mtimeMs}`,
      read: (entry, signal) => readEntry(path, entries, entry, signal),
      readLink: (entry) => readTarget(path, entries, entry),
    };
  } finally {
    await file.close();
  }
}

function countWarnings(found: number, claimed: number, isZip64: boolean): string[] {
  const same = isZip64 ? found === claimed : found % 0x10000 === claimed;
  return same ? [] : [`It has ${found} entries but claims ${claimed}; some tools will miss entries.`];
}

function prefixWarnings(prefix: number): string[] {
  return prefix === 0 ? [] : [`There are ${prefix} bytes before the archive; some tools refuse that.`];
}

async function readEntry(
  path: string,
  entries: ZipEntries,
  entry: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const problem = entries.problem(entry);
  if (problem !== undefined) throw badEntry(path, entries, entry, problem);
  const size = entries.size(entry);
  if (size > limits.unzippedBytes) {
    throw badEntry(path, entries, entry, `it unpacks to ${size} bytes, more than Lambda allows in all`);
  }
  const data = entries.storedSize(entry) === 0 ? Buffer.alloc(0) : await readStored(path, entries, entry);
  signal?.throwIfAborted();
  const isPlain = entries.method(entry) === method.stored || data.length === 0;
  const content = isPlain ? data : await inflate(path, entries, entry, data, size);
  if (content.length !== size) {
    throw badEntry(path, entries, entry, `it unpacks to ${content.length} bytes instead of ${size}`);
  }
  if (crc32(content) !== entries.crc(entry)) throw badEntry(path, entries, entry, 'its checksum is wrong');
  return content;
}

/** A link's content, refused where no file system could hold such a link. */
async function readTarget(path: string, entries: ZipEntries, entry: number): Promise<string> {
  const size = entries.size(entry);
  if (size > maxLinkBytes) throw badEntry(path, entries, entry, `its link target has ${size} bytes`);
  const target = Buffer.from(await readEntry(path, entries, entry)).toString('utf8');
  if (target === '') throw badEntry(path, entries, entry, 'its link target is empty');
  if (target.includes('\0')) throw badEntry(path, entries, entry, 'its link target holds a NUL character');
  return target;
}

/** The data of an entry as it is stored, found by its local header. */
function readStored(path: string, entries: ZipEntries, entry: number): Buffer | Promise<Buffer> {
  const isSmall = entries.storedSize(entry) <= inlineBytes;
  return isSmall ? readSmall(path, entries, entry) : readLarge(path, entries, entry);
}

function readSmall(path: string, entries: ZipEntries, entry: number): Buffer {
  const file = openNow(path);
  try {
    const offset = entries.localOffset(entry);
    const stored = entries.storedSize(entry);
    const wanted = localHeaderSize + localSlack + stored;
    const head = readNow(file, offset, wanted);
    const start = dataStart(path, entries, entry, head);
    if (start + stored <= head.length) return head.subarray(start, start + stored);
    const data = readNow(file, offset + start, stored); // the local header is unusually long
    if (data.length < stored) throw badEntry(path, entries, entry, 'its data is cut off');
    return data;
  } finally {
    closeSync(file);
  }
}

async function readLarge(path: string, entries: ZipEntries, entry: number): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw cannotOpen(path, error);
  });
  try {
    const offset = entries.localOffset(entry);
    const stored = entries.storedSize(entry);
    const head = await readUpTo(file, offset, localHeaderSize);
    const start = dataStart(path, entries, entry, head);
    const data = await readUpTo(file, offset + start, stored);
    if (data.length < stored) throw badEntry(path, entries, entry, 'its data is cut off');
    return data;
  } finally {
    await file.close();
  }
}

/** How far an entry's data is behind the start of its local header; the header's own sizes are not believed. */
function dataStart(path: string, entries: ZipEntries, entry: number, head: Buffer): number {
  if (head.length < localHeaderSize) {
    throw badEntry(path, entries, entry, 'its data lies outside the archive');
  }
  if (head.readUInt32LE(0) !== localSignature) {
    throw badEntry(path, entries, entry, 'its local header is damaged, or the archive changed meanwhile');
  }
  return localHeaderSize + head.readUInt16LE(26) + head.readUInt16LE(28);
}

/** Reads up to `length` bytes; fewer at the end of the file. */
function readNow(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const bytes = readSync(file, buffer, done, length - done, position + done);
    if (bytes === 0) break;
    done += bytes;
  }
  return buffer.subarray(0, done);
}

/** As `readNow`, without holding up anything else. */
async function readUpTo(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

function openNow(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

function cannotOpen(path: string, error: unknown): UserError {
  const fact = systemErrorCode(error) ?? String(error);
  return new UserError('PathNotFound', `The archive ${path} cannot be read (${fact}).`, undefined, {
    cause: error,
  });
}

async function inflate(
  path: string,
  entries: ZipEntries,
  entry: number,
  data: Buffer,
  size: number,
): Promise<Uint8Array> {
  // One byte more than declared, so that an entry that lies is told apart from one that is true.
  const options = { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) };
  try {
    return data.length <= inlineBytes ? inflateRawSync(data, options) : await inflateRawAsync(data, options);
  } catch (error) {
    const lies = systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE';
    const fact = lies
      ? `it unpacks to more than the ${size} bytes it declares`
      : 'its compressed data is damaged';
    throw badEntry(path, entries, entry, fact);
  }
}

function badEntry(path: string, entries: ZipEntries, entry: number, fact: string): UserError {
  return new UserError(
    'ArchiveEntryInvalid',
    `The entry "${entries.name(entry)}" of ${path} cannot be read: ${fact}.`,
    'Create the archive again.',
  );
}
