/** Compression methods that are written (APPNOTE.TXT 4.4.5). */
export const storedMethod = 0;
export const deflatedMethod = 8;

/** What the records of one entry say. Sizes and offset in bytes. */
export interface EntryRecord {
  readonly name: Buffer;
  /** Unix mode with the bits of the kind. */
  readonly mode: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
}

/** From here on a 32-bit field holds this mark and the number stands in a zip64 extra field (APPNOTE.TXT 4.5.3). */
const mark32 = 0xffff_ffff;
const mark16 = 0xffff;
/** From here on zip64 end records are written: at 65,535 without them some readers already refuse. */
const maxPlainCount = 65_534;

/** 1980-01-01 00:00, the earliest time a zip can tell: day 1, month 1, year 0. */
const fixedDate = (1 << 5) | 1;
const unixHost = 3 << 8;
const plainVersion = 20;
const zip64Version = 45;
const utf8Flag = 1 << 11;
const dosDirectory = 0x10;

const hasZip64Sizes = (entry: { readonly size: number }): boolean => entry.size >= mark32;

/** The length in bytes of an entry's local header. Depends on its name and content length only. */
export function localHeaderLength(nameBytes: number, size: number): number {
  return 30 + nameBytes + (hasZip64Sizes({ size }) ? 20 : 0);
}

/** Writes an entry's local header and returns the position after it. */
export function writeLocalHeader(target: Buffer, at: number, entry: EntryRecord): number {
  const zip64 = hasZip64Sizes(entry);
  target.writeUInt32LE(0x0403_4b50, at);
  writeCommonFields(target, at + 4, entry, zip64);
  target.writeUInt32LE(zip64 ? mark32 : entry.packedSize, at + 18);
  target.writeUInt32LE(zip64 ? mark32 : entry.size, at + 22);
  target.writeUInt16LE(entry.name.length, at + 26);
  target.writeUInt16LE(zip64 ? 20 : 0, at + 28);
  target.set(entry.name, at + 30);
  const end = at + 30 + entry.name.length;
  return zip64 ? writeZip64Extra(target, end, [entry.size, entry.packedSize]) : end;
}

/** The length in bytes of an entry's record in the central directory. */
export function centralHeaderLength(entry: EntryRecord, offset: number): number {
  const numbers = zip64Numbers(entry, offset);
  return 46 + entry.name.length + (numbers.length > 0 ? 4 + 8 * numbers.length : 0);
}

/** Writes an entry's record of the central directory and returns the position after it. */
export function writeCentralHeader(target: Buffer, at: number, entry: EntryRecord, offset: number): number {
  const numbers = zip64Numbers(entry, offset);
  const zip64 = numbers.length > 0;
  const isDirectory = (entry.mode & 0o170000) === 0o040000;
  target.writeUInt32LE(0x0201_4b50, at);
  target.writeUInt16LE(unixHost | (zip64 ? zip64Version : plainVersion), at + 4);
  writeCommonFields(target, at + 6, entry, zip64);
  target.writeUInt32LE(Math.min(entry.packedSize, mark32), at + 20);
  target.writeUInt32LE(Math.min(entry.size, mark32), at + 24);
  target.writeUInt16LE(entry.name.length, at + 28);
  target.writeUInt16LE(zip64 ? 4 + 8 * numbers.length : 0, at + 30);
  target.fill(0, at + 32, at + 38); // comment, disk, internal attributes
  target.writeUInt32LE(entry.mode * 0x1_0000 + (isDirectory ? dosDirectory : 0), at + 38);
  target.writeUInt32LE(Math.min(offset, mark32), at + 42);
  target.set(entry.name, at + 46);
  const end = at + 46 + entry.name.length;
  return zip64 ? writeZip64Extra(target, end, numbers) : end;
}

/** The records that close an archive; `start` and `length` tell where the central directory is, in bytes. */
export function endRecords(count: number, start: number, length: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(count > maxPlainCount ? mark16 : count, 8);
  end.writeUInt16LE(count > maxPlainCount ? mark16 : count, 10);
  end.writeUInt32LE(Math.min(length, mark32), 12);
  end.writeUInt32LE(Math.min(start, mark32), 16);
  const plain = count <= maxPlainCount && start < mark32 && length < mark32;
  return plain ? end : Buffer.concat([zip64EndRecords(count, start, length), end]);
}

function zip64EndRecords(count: number, start: number, length: number): Buffer {
  const records = Buffer.alloc(56 + 20);
  records.writeUInt32LE(0x0606_4b50, 0);
  writeUInt64(records, 44, 4); // what follows this field
  records.writeUInt16LE(unixHost | zip64Version, 12);
  records.writeUInt16LE(zip64Version, 14);
  writeUInt64(records, count, 24);
  writeUInt64(records, count, 32);
  writeUInt64(records, length, 40);
  writeUInt64(records, start, 48);
  records.writeUInt32LE(0x0706_4b50, 56); // the locator
  writeUInt64(records, start + length, 64);
  records.writeUInt32LE(1, 72);
  return records;
}

/** Version, flags, method, time, date and CRC: 14 bytes that both kinds of record share. */
function writeCommonFields(target: Buffer, at: number, entry: EntryRecord, zip64: boolean): void {
  target.writeUInt16LE(zip64 ? zip64Version : plainVersion, at);
  target.writeUInt16LE(isAscii(entry.name) ? 0 : utf8Flag, at + 2);
  target.writeUInt16LE(entry.method, at + 4);
  target.writeUInt16LE(0, at + 6);
  target.writeUInt16LE(fixedDate, at + 8);
  target.writeUInt32LE(entry.crc, at + 10);
}

function zip64Numbers(entry: EntryRecord, offset: number): number[] {
  return [entry.size, entry.packedSize, offset].filter((value) => value >= mark32);
}

function writeZip64Extra(target: Buffer, at: number, numbers: readonly number[]): number {
  target.writeUInt16LE(1, at);
  target.writeUInt16LE(8 * numbers.length, at + 2);
  numbers.forEach((value, index) => writeUInt64(target, value, at + 4 + 8 * index));
  return at + 4 + 8 * numbers.length;
}

function writeUInt64(target: Buffer, value: number, at: number): void {
  target.writeBigUInt64LE(BigInt(value), at);
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}
