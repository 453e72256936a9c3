import { crc32 } from 'node:zlib';
import { defaultModes, type EntryKind, kindOfMode, type LayerEntries } from '../entry.ts';
import type { EndRecord } from './endRecord.ts';
import { invalidArchive } from './endRecord.ts';
import { decodeName, isAscii } from './names.ts';
import { findOverlaps } from './overlaps.ts';

/** Offsets of fields in a central directory header (APPNOTE 4.3.12). */
const field = {
  madeBy: 5,
  flags: 8,
  method: 10,
  time: 12,
  date: 14,
  crc: 16,
  storedSize: 20,
  size: 24,
  nameLength: 28,
  extraLength: 30,
  commentLength: 32,
  attributes: 38,
  localOffset: 42,
  name: 46,
} as const;
const headerSize = 46;
/** A local file header without the name and the extra fields that it repeats (APPNOTE 4.3.7). */
const localHeaderSize = 30;
const signature = 0x02014b50;
const flag = { encrypted: 1, strongEncryption: 0x40, utf8: 0x800 } as const;
const extraId = { zip64: 0x0001, timestamp: 0x5455, unicodePath: 0x7075, aes: 0x9901 } as const;
const host = { unix: 3, darwin: 19 } as const;
const slash = 0x2f;

/** Refused above this: no layer can use them, and only attacks have them. */
const maxEntries = 1_000_000;
/** Deflate cannot shrink data by more than this (zlib documentation: about 1032:1). */
const maxDeflateRatio = 1040;

/** Compression methods this reader, and Lambda, understand. */
export const method = { stored: 0, deflated: 8 } as const;

/** What one walk over a central directory finds out. */
interface WalkedDirectory {
  readonly directory: Buffer;
  /** Where each record starts. */
  readonly records: Uint32Array;
  /** Entries whose name may not be what the header's plain bytes say: not ASCII, or with extra fields. */
  readonly unusualNames: readonly number[];
  /** Bytes that all entries need in the archive at least. */
  readonly dataBytes: number;
  readonly end: EndRecord;
}

/** The entries of a zip, read on demand from its central directory, which is kept as it is in the file. */
export class ZipEntries implements LayerEntries {
  readonly count: number;
  readonly nameBytes: Uint8Array;
  readonly #directory: Buffer;
  readonly #records: Uint32Array;
  /** Names that had to be converted to UTF-8: where they stand in `nameBytes`. */
  readonly #converted: ReadonlyMap<number, readonly [start: number, end: number]>;
  readonly #end: EndRecord;
  #overlaps: ReadonlySet<number> | undefined;

  private constructor({ directory, records, unusualNames, dataBytes, end }: WalkedDirectory) {
    this.#directory = directory;
    this.#records = records;
    this.#end = end;
    // Known from the one walk that is made anyway, so that reading one entry need not look at all of them.
    if (dataBytes <= end.directoryOffset - end.prefix) this.#overlaps = new Set();
    this.count = records.length;
    const conversion = this.#convertNames(unusualNames);
    this.nameBytes = conversion.bytes;
    this.#converted = conversion.places;
  }

  /**
   * Walks the directory once to learn where its records are.
   * @throws UserError `ArchiveInvalid`
   */
  static parse(path: string, directory: Buffer, end: EndRecord): ZipEntries {
    let records = new Uint32Array(Math.min(maxEntries, Math.ceil(directory.length / 64) + 1));
    let count = 0;
    let dataBytes = 0;
    const unusualNames: number[] = [];
    for (let at = 0; at < directory.length;) {
      if (directory.length - at < headerSize || uint32(directory, at) !== signature) {
        if (end.claimedEntries === count) break; // a digital signature or padding follows the last record
        throw invalidArchive(path, `its directory is damaged at entry ${count + 1}`);
      }
      const nameEnd = at + headerSize + uint16(directory, at + field.nameLength);
      const extraLength = uint16(directory, at + field.extraLength);
      const next = nameEnd + extraLength + uint16(directory, at + field.commentLength);
      if (next > directory.length) {
        throw invalidArchive(path, `its directory ends within entry ${count + 1}`);
      }
      if (count === maxEntries) throw invalidArchive(path, `it has more than ${maxEntries} entries`);
      if (count === records.length) {
        const grown = new Uint32Array(Math.min(maxEntries, records.length * 2));
        grown.set(records);
        records = grown;
      }
      if (extraLength > 0 || !isAscii(directory, at + field.name, nameEnd)) unusualNames.push(count);
      records[count++] = at;
      // A zip64 entry counts as 4 GB here, and with that every entry is looked at once a problem is asked for.
      dataBytes += localHeaderSize + uint32(directory, at + field.storedSize);
      at = next;
    }
    return new ZipEntries({ directory, records: records.slice(0, count), unusualNames, dataBytes, end });
  }

  nameStart(entry: number): number {
    return this.#convertedName(entry)?.[0] ?? this.#record(entry) + field.name;
  }

  nameEnd(entry: number): number {
    return this.#convertedName(entry)?.[1] ?? this.#storedNameEnd(this.#record(entry));
  }

  name(entry: number): string {
    return Buffer.from(this.nameBytes.subarray(this.nameStart(entry), this.nameEnd(entry))).toString('utf8');
  }

  kind(entry: number): EntryKind {
    const end = this.nameEnd(entry);
    if (this.nameBytes[end - 1] === slash && end > this.nameStart(entry)) return 'directory';
    return this.#fromUnix(entry) ? kindOfMode(this.#unixMode(entry)) : 'file';
  }

  mode(entry: number): number {
    const mode = this.#fromUnix(entry) ? this.#unixMode(entry) : 0;
    return mode === 0 ? defaultModes[this.kind(entry)] : mode & 0o7777;
  }

  size(entry: number): number {
    if (this.kind(entry) === 'directory') return 0;
    return this.#wide(entry, field.size) ?? 0;
  }

  storedSize(entry: number): number {
    return this.#wide(entry, field.storedSize) ?? 0;
  }

  crc(entry: number): number {
    return this.#directory.readUInt32LE(this.#record(entry) + field.crc);
  }

  method(entry: number): number {
    return this.#directory.readUInt16LE(this.#record(entry) + field.method);
  }

  /** Where the entry's local header is in the file, in bytes. */
  localOffset(entry: number): number {
    return this.#end.prefix + (this.#wide(entry, field.localOffset) ?? 0);
  }

  modified(entry: number): number {
    const timestamp = this.#extra(entry, extraId.timestamp);
    if (timestamp !== undefined && timestamp.length >= 5 && ((timestamp[0] ?? 0) & 1) === 1) {
      return timestamp.readInt32LE(1) * 1000;
    }
    const at = this.#record(entry);
    const date = this.#directory.readUInt16LE(at + field.date);
    const time = this.#directory.readUInt16LE(at + field.time);
    // DOS times have no zone. Lambda runs in UTC, so they are read as such.
    return Date.UTC(
      1980 + (date >> 9),
      ((date >> 5) & 15) - 1,
      date & 31,
      time >> 11,
      (time >> 5) & 63,
      (time & 31) * 2,
    );
  }

  problem(entry: number): string | undefined {
    const kind = this.kind(entry);
    if (kind === 'directory') return undefined; // nothing of it is ever read
    if (kind === 'special') return 'it is a device, socket or pipe';
    const flags = this.#directory.readUInt16LE(this.#record(entry) + field.flags);
    if ((flags & (flag.encrypted | flag.strongEncryption)) !== 0) return 'it is encrypted';
    const used = this.method(entry);
    if (used !== method.stored && used !== method.deflated) {
      return `its compression method ${used} is unsupported`;
    }
    return this.#sizeProblem(entry, used);
  }

  #sizeProblem(entry: number, used: number): string | undefined {
    const size = this.#wide(entry, field.size);
    const stored = this.#wide(entry, field.storedSize);
    const offset = this.#wide(entry, field.localOffset);
    if (size === undefined || stored === undefined || offset === undefined) {
      return 'its zip64 sizes are missing or absurd';
    }
    if (this.#end.prefix + offset + localHeaderSize + stored > this.#end.directoryOffset) {
      return 'its data lies outside the archive';
    }
    if (used === method.stored && size !== stored) {
      return 'its two sizes differ although it is not compressed';
    }
    if (size > maxDeflateRatio * (stored + 1)) return 'its size cannot be true for so little data';
    this.#overlaps ??= this.#findOverlaps();
    return this.#overlaps.has(entry) ? 'its data overlaps with that of other entries' : undefined;
  }

  #findOverlaps(): ReadonlySet<number> {
    const offsets = new Float64Array(this.count).fill(Infinity); // entries without data of their own stay out
    const ends = new Float64Array(this.count);
    for (let entry = 0; entry < this.count; entry++) {
      if (this.kind(entry) === 'directory') continue;
      const offset = this.#wide(entry, field.localOffset) ?? Infinity;
      const end = offset + localHeaderSize + this.storedSize(entry);
      if (this.#end.prefix + end > this.#end.directoryOffset) continue;
      offsets[entry] = offset;
      ends[entry] = end;
    }
    return findOverlaps(offsets, ends, this.#end.directoryOffset - this.#end.prefix);
  }

  #record(entry: number): number {
    const at = this.#records[entry];
    if (at === undefined) throw new RangeError(`No entry ${entry}`);
    return at;
  }

  #storedNameEnd(record: number): number {
    return record + field.name + uint16(this.#directory, record + field.nameLength);
  }

  /** Most archives have none; then there is nothing to look up. */
  #convertedName(entry: number): readonly [start: number, end: number] | undefined {
    return this.#converted.size === 0 ? undefined : this.#converted.get(entry);
  }

  #fromUnix(entry: number): boolean {
    const made = this.#directory[this.#record(entry) + field.madeBy];
    return made === host.unix || made === host.darwin;
  }

  #unixMode(entry: number): number {
    return uint16(this.#directory, this.#record(entry) + field.attributes + 2);
  }

  /** A size or offset, taken from the zip64 field where the plain one is full; `undefined` when that is bad. */
  #wide(entry: number, at: 20 | 24 | 42): number | undefined {
    const record = this.#record(entry);
    const plain = uint32(this.#directory, record + at);
    if (plain !== 0xffffffff) return plain;
    const extra = this.#extra(entry, extraId.zip64);
    // The field holds only those of the values that are full in the header, in this order.
    let index = 0;
    for (const earlier of [field.size, field.storedSize, field.localOffset]) {
      if (earlier === at) break;
      if (this.#directory.readUInt32LE(record + earlier) === 0xffffffff) index++;
    }
    if (extra === undefined || extra.length < index * 8 + 8) return undefined;
    const value = Number(extra.readBigUInt64LE(index * 8));
    return Number.isSafeInteger(value) ? value : undefined;
  }

  #extra(entry: number, id: number): Buffer | undefined {
    const record = this.#record(entry);
    let at = this.#storedNameEnd(record);
    const end = at + this.#directory.readUInt16LE(record + field.extraLength);
    while (at + 4 <= end) {
      const length = this.#directory.readUInt16LE(at + 2);
      if (at + 4 + length > end) return undefined;
      if (this.#directory.readUInt16LE(at) === id) return this.#directory.subarray(at + 4, at + 4 + length);
      at += 4 + length;
    }
    return undefined;
  }

  /** Names that are not UTF-8 already are converted once, behind the directory's own bytes. */
  #convertNames(unusual: readonly number[]): { bytes: Uint8Array; places: Map<number, [number, number]> } {
    const places = new Map<number, [number, number]>();
    const added: Buffer[] = [];
    let length = this.#directory.length;
    for (const entry of unusual) {
      const record = this.#record(entry);
      const start = record + field.name;
      const end = this.#storedNameEnd(record);
      const extra = this.#extra(entry, extraId.unicodePath);
      if (extra === undefined && isAscii(this.#directory, start, end)) continue;
      const raw = this.#directory.subarray(start, end);
      const name = Buffer.from(unicodePath(extra, raw) ?? decodeName(raw));
      if (name.equals(raw)) continue;
      places.set(entry, [length, length + name.length]);
      added.push(name);
      length += name.length;
    }
    return {
      bytes: added.length === 0 ? this.#directory : Buffer.concat([this.#directory, ...added]),
      places,
    };
  }
}

/** Info-ZIP's Unicode path, valid only while its checksum matches the plain name (APPNOTE 4.6.9). */
function unicodePath(extra: Buffer | undefined, raw: Buffer): string | undefined {
  if (extra === undefined || extra.length < 5 || extra[0] !== 1) return undefined;
  return extra.readUInt32LE(1) === crc32(raw) ? extra.subarray(5).toString('utf8') : undefined;
}

// `Buffer`'s own readers check their arguments, which is most of the time that opening a large archive takes.

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function uint32(bytes: Uint8Array, at: number): number {
  return (uint16(bytes, at) | (uint16(bytes, at + 2) << 16)) >>> 0;
}
