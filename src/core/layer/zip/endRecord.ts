import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../base/errors.ts';

/** Where an archive's central directory is. Offsets in bytes from the start of the file. */
export interface EndRecord {
  readonly directoryOffset: number;
  readonly directorySize: number;
  /** Entries as claimed; only 16 bits of it are dependable when the archive has no zip64 record. */
  readonly claimedEntries: number;
  readonly zip64: boolean;
  /** Bytes before the archive proper, as in self-extracting files: every stored offset is off by them. */
  readonly prefix: number;
}

const endSignature = 0x06054b50;
const endSize = 22;
const zip64LocatorSignature = 0x07064b50;
const zip64LocatorSize = 20;
const zip64EndSignature = 0x06064b50;
const zip64EndSize = 56;
const directorySignature = 0x02014b50;
/** Bytes read first: enough for the end record of nearly every archive. */
const shortTail = 4096;
/** The longest comment, the end record and the zip64 locator, plus room for what some tools append. */
const longTail = 65_535 + endSize + zip64LocatorSize + 8192;
/** Signatures looked into before the archive is given up; a tail full of them is made to keep readers busy. */
const maxCandidates = 64;

/**
 * Finds the end of central directory record by reading the file's tail (APPNOTE 4.3.14–4.3.16).
 * @throws UserError `ArchiveInvalid` naming the file and the fact
 */
export async function findEndRecord(file: FileHandle, path: string, fileSize: number): Promise<EndRecord> {
  if (fileSize === 0) throw invalidArchive(path, 'the file is empty');
  for (const length of [Math.min(shortTail, fileSize), Math.min(longTail, fileSize)]) {
    const start = fileSize - length;
    const tail = await readExactly(file, path, start, length);
    const record = await searchTail(file, path, tail, start, fileSize);
    if (record !== undefined) return record;
  }
  throw invalidArchive(path, await describeForeignFile(file, path, fileSize));
}

/** One sentence for an archive that cannot be used at all. */
export function invalidArchive(path: string, fact: string): UserError {
  return new UserError(
    'ArchiveInvalid',
    `${path} is not a usable zip archive: ${fact}.`,
    'Create the archive again, or download it again.',
  );
}

/** Reads exactly `length` bytes, or refuses the archive. */
export async function readExactly(
  file: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw invalidArchive(path, 'it ends too early');
    done += bytesRead;
  }
  return buffer;
}

async function searchTail(
  file: FileHandle,
  path: string,
  tail: Buffer,
  tailStart: number,
  fileSize: number,
): Promise<EndRecord | undefined> {
  let damage: UserError | undefined;
  let candidates = 0;
  for (let at = tail.length - endSize; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== endSignature) continue;
    const commentEnd = tailStart + at + endSize + tail.readUInt16LE(at + 20);
    if (commentEnd > fileSize) continue; // bytes that only look like a record
    if (++candidates > maxCandidates) break;
    try {
      return await readEndRecord(file, path, tail, at, tailStart + at);
    } catch (error) {
      // The signature may stand in a comment by accident or by malice: an earlier record may still be sound.
      if (!(error instanceof UserError)) throw error;
      damage ??= error;
    }
  }
  if (damage !== undefined && (tail.length === fileSize || tail.length > shortTail)) throw damage;
  return undefined;
}

async function readEndRecord(
  file: FileHandle,
  path: string,
  tail: Buffer,
  at: number,
  endOffset: number,
): Promise<EndRecord> {
  const disk = tail.readUInt16LE(at + 4);
  const directoryDisk = tail.readUInt16LE(at + 6);
  let claimedEntries = tail.readUInt16LE(at + 10);
  let size = tail.readUInt32LE(at + 12);
  let offset = tail.readUInt32LE(at + 16);
  let directoryEnd = endOffset;
  const zip64 = await readZip64(file, path, endOffset);
  if (zip64 !== undefined) {
    ({ claimedEntries, size, offset } = zip64);
    directoryEnd = zip64.recordOffset;
  } else if ((disk !== 0 && disk !== 0xffff) || directoryDisk !== disk) {
    throw invalidArchive(path, 'it is one part of a multi-part archive');
  }
  if (size === 0 && claimedEntries > 0) {
    throw invalidArchive(path, `it claims ${claimedEntries} entries in a directory of 0 bytes`);
  }
  const start = directoryEnd - size;
  if (start < 0) throw invalidArchive(path, `it claims a directory of ${size} bytes, more than the file has`);
  // Trailing data between the directory and its end record is rare; a prefix before the archive is not. Both
  // are told apart by where the directory's first record really is.
  for (const candidate of [start, offset]) {
    if (candidate + size > directoryEnd) continue;
    if (size === 0 || (await startsDirectory(file, path, candidate))) {
      const prefix = candidate === start ? start - offset : 0;
      if (prefix < 0) throw invalidArchive(path, 'its beginning is missing');
      return {
        directoryOffset: candidate,
        directorySize: size,
        claimedEntries,
        zip64: zip64 !== undefined,
        prefix,
      };
    }
  }
  throw invalidArchive(path, 'its directory is not where the end record says');
}

async function startsDirectory(file: FileHandle, path: string, offset: number): Promise<boolean> {
  const head = await readExactly(file, path, offset, 4);
  return head.readUInt32LE(0) === directorySignature;
}

async function readZip64(
  file: FileHandle,
  path: string,
  endOffset: number,
): Promise<{ claimedEntries: number; size: number; offset: number; recordOffset: number } | undefined> {
  const locatorOffset = endOffset - zip64LocatorSize;
  if (locatorOffset < 0) return undefined;
  const locator = await readExactly(file, path, locatorOffset, zip64LocatorSize);
  if (locator.readUInt32LE(0) !== zip64LocatorSignature) return undefined;
  const stated = Number(locator.readBigUInt64LE(8));
  // With a prefix before the archive the stated place is wrong; the record then stands right before the locator.
  for (const recordOffset of [stated, locatorOffset - zip64EndSize]) {
    if (recordOffset < 0 || recordOffset + zip64EndSize > locatorOffset) continue;
    const record = await readExactly(file, path, recordOffset, zip64EndSize);
    if (record.readUInt32LE(0) !== zip64EndSignature) continue;
    return {
      claimedEntries: Number(record.readBigUInt64LE(32)),
      size: Number(record.readBigUInt64LE(40)),
      offset: Number(record.readBigUInt64LE(48)),
      recordOffset,
    };
  }
  throw invalidArchive(path, 'its zip64 end record is missing');
}

/** Says what a file is that has no end record, as far as its first bytes tell. */
async function describeForeignFile(file: FileHandle, path: string, fileSize: number): Promise<string> {
  const head = await readExactly(file, path, 0, Math.min(fileSize, 262));
  if (head.length >= 4 && head.readUInt32LE(0) === 0x04034b50) {
    return 'it is cut off: the directory at its end is missing';
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return 'it is a gzip file (perhaps a .tar.gz)';
  if (head.subarray(257, 262).toString('latin1') === 'ustar') return 'it is a tar file';
  if (head.subarray(0, 6).toString('latin1') === '7z\xbc\xaf\x27\x1c') return 'it is a 7z file';
  if (/^\s*<(!doctype|html|\?xml)/i.test(head.toString('latin1'))) {
    return 'it is an HTML or XML page, perhaps the error page of a failed download';
  }
  return 'it has no zip directory';
}
