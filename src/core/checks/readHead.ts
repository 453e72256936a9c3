import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, inflateRawSync } from 'node:zlib';
import type { LayerSource } from '../layer/layerSource.ts';
import { method, ZipEntries } from '../layer/zip/zipEntries.ts';

/** Bytes that are enough for a `#!` line and for an ELF header. */
const headBytes = 4096;
/** Compressed bytes looked at: they cannot inflate to more than about a megabyte. */
const packedBytes = 1000;
/** A local file header without its name and extra fields (APPNOTE 4.3.7). */
const localHeaderSize = 30;

/**
 * The first bytes of a file, at most 4 KB, without reading or inflating the rest. Fewer come from a file that is
 * compressed well. `undefined` when they cannot be read; whatever is wrong with the entry is said elsewhere.
 */
export async function readHead({ path, entries }: LayerSource, entry: number): Promise<Buffer | undefined> {
  if (entries.kind(entry) !== 'file' || entries.problem(entry) !== undefined) return undefined;
  const isZip = entries instanceof ZipEntries;
  try {
    const file = await open(isZip ? path : join(path, entries.name(entry)), 'r');
    try {
      return isZip ? await unpackHead(file, entries, entry) : await readSome(file, 0, headBytes);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

async function unpackHead(file: FileHandle, entries: ZipEntries, entry: number): Promise<Buffer> {
  const offset = entries.localOffset(entry);
  const header = await readSome(file, offset, localHeaderSize);
  const start = offset + localHeaderSize + header.readUInt16LE(26) + header.readUInt16LE(28);
  const stored = entries.storedSize(entry);
  if (entries.method(entry) === method.stored) return readSome(file, start, Math.min(stored, headBytes));
  const packed = await readSome(file, start, Math.min(stored, packedBytes));
  // A sync flush takes what there is instead of asking for the end of the stream.
  return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, headBytes);
}

async function readSome(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
