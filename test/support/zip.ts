import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import JSZip from 'jszip';
import type { TreeEntry } from './tree.ts';

/** Writes a zip as a careful tool would: Unix modes, links, nothing implied. Keys are entry names, in order. */
export async function writeZip(file: string, tree: Readonly<Record<string, TreeEntry>>): Promise<string> {
  const zip = new JSZip();
  const date = new Date(Date.UTC(2024, 0, 2, 3, 4, 6));
  for (const [name, entry] of Object.entries(tree)) {
    const options = { createFolders: false, date };
    if (typeof entry === 'string') zip.file(name, entry, { ...options, unixPermissions: 0o100644 });
    else if ('link' in entry) zip.file(name, entry.link, { ...options, unixPermissions: 0o120777 });
    else if ('directory' in entry) {
      zip.file(name, null, { ...options, dir: true, unixPermissions: 0o040000 | entry.directory });
    } else zip.file(name, entry.text, { ...options, unixPermissions: 0o100000 | entry.mode });
  }
  writeFileSync(
    file,
    await zip.generateAsync({ type: 'nodebuffer', platform: 'UNIX', compression: 'DEFLATE' }),
  );
  return file;
}

/** Packs a folder with the system's `zip`, links as links. */
export function zipFolder(folder: string, file: string): string {
  execFileSync('zip', ['-qry', file, '.'], { cwd: folder });
  return file;
}

/** One entry as `zipBytes` writes it. Whatever is given wins over what would be true. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** `stored` unless given; a number stands in the headers while the data stays plain. */
  readonly method?: 'stored' | 'deflated' | number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly storedSize?: number;
  /** Upper byte of "version made by": 3 is Unix, 0 is DOS, 19 is macOS. */
  readonly host?: number;
  /** `st_mode`, type bits included. */
  readonly mode?: number;
  readonly extra?: Buffer;
  /** Where the directory says that the local header is. */
  readonly offset?: number;
  /** Only in the directory: neither local header nor data are written. */
  readonly isOnlyListed?: true;
  readonly localName?: string | Buffer;
  /** Sizes and checksum follow the data instead of standing before it. */
  readonly descriptor?: 'with signature' | 'without signature';
}

/** What stands around the entries. */
export interface RawArchive {
  readonly prefix?: Buffer;
  readonly comment?: string | Buffer;
  readonly trailing?: Buffer;
  /** Count of entries in the end record. */
  readonly count?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  readonly disk?: number;
}

/** Builds an archive byte by byte (APPNOTE 4.3), true or not. */
export function zipBytes(entries: readonly RawEntry[], archive: RawArchive = {}): Buffer {
  const locals: Buffer[] = [];
  const headers: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const written = writeEntry(entry, offset);
    headers.push(written.header);
    if (entry.isOnlyListed) continue;
    locals.push(written.local);
    offset += written.local.length;
  }
  const directory = Buffer.concat(headers);
  const comment = Buffer.from(archive.comment ?? '');
  const end = record('SSSSLLS', [
    archive.disk ?? 0,
    archive.disk ?? 0,
    (archive.count ?? entries.length) & 0xffff,
    (archive.count ?? entries.length) & 0xffff,
    archive.directorySize ?? directory.length,
    archive.directoryOffset ?? offset,
    comment.length,
  ]);
  return Buffer.concat([
    archive.prefix ?? Buffer.alloc(0),
    ...locals,
    directory,
    Buffer.from('PK\x05\x06', 'latin1'),
    end,
    comment,
    archive.trailing ?? Buffer.alloc(0),
  ]);
}

/** An extra field: identifier, length, content. */
export function extraField(id: number, content: Buffer): Buffer {
  return Buffer.concat([record('SS', [id, content.length]), content]);
}

function writeEntry(entry: RawEntry, offset: number): { local: Buffer; header: Buffer } {
  const content = Buffer.from(entry.data ?? '');
  const method = { stored: 0, deflated: 8 }[String(entry.method ?? 'stored')] ?? Number(entry.method);
  const data = method === 8 ? deflateRawSync(content) : content;
  const name = Buffer.from(entry.name);
  const localName = Buffer.from(entry.localName ?? entry.name);
  const crc = entry.crc ?? crc32(content);
  const storedSize = entry.storedSize ?? data.length;
  const size = entry.size ?? content.length;
  const flags = (entry.flags ?? 0) | (entry.descriptor === undefined ? 0 : 8);
  const sums = [crc, storedSize, size];
  const date = [0, 0x5822]; // 2024-01-02
  const inLocal = entry.descriptor === undefined ? sums : [0, 0, 0];
  const extra = entry.extra ?? Buffer.alloc(0);
  const mode = entry.mode ?? 0o100644;
  return {
    local: Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      record('SSSSSLLLSS', [20, flags, method, ...date, ...inLocal, localName.length, 0]),
      localName,
      data,
      ...(entry.descriptor === 'with signature' ? [Buffer.from('PK\x07\x08', 'latin1')] : []),
      ...(entry.descriptor === undefined ? [] : [record('LLL', sums)]),
    ]),
    header: Buffer.concat([
      Buffer.from('PK\x01\x02', 'latin1'),
      record('SSSSSSLLLSSSSSLL', [
        ((entry.host ?? 3) << 8) | 20,
        ...[20, flags, method, ...date, ...sums],
        ...[name.length, extra.length, 0, 0, 0],
        (mode << 16) >>> 0,
        entry.offset ?? offset,
      ]),
      name,
      extra,
    ]),
  };
}

/** Little-endian integers: `S` takes two bytes, `L` four. */
function record(layout: string, values: readonly number[]): Buffer {
  return Buffer.concat(
    values.map((value, index) => {
      const kind = layout[index];
      const bytes = Buffer.alloc(kind === 'S' ? 2 : 4);
      if (kind === 'S') bytes.writeUInt16LE(value);
      else bytes.writeUInt32LE(value);
      return bytes;
    }),
  );
}

/** Runs a Python program; its `zipfile` builds archives that other libraries cannot, and judges what we read. */
export function python(program: string, ...args: string[]): string {
  return execFileSync('python3', ['-c', program, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}
