import * as zlib from 'node:zlib';

/** What an ELF program tells of how it was built. */
export interface ElfFile {
  /** Whether the Go toolchain made it (section `.go.buildinfo`). */
  readonly isGo: boolean;
  /** Whether it has debug information (DWARF), in itself or in a file beside it. */
  readonly hasDebugInformation: boolean;
  /** Whether the Rust compiler made a part of it; known only where there is debug information. */
  readonly isRust: boolean;
  /** Whether a text, such as the beginning of a path, stands in what tells where its sources are. */
  mentions(text: string): boolean;
}

interface Section {
  readonly name: string;
  readonly content: () => Buffer;
}

/** Sections longer than this, in bytes, are not looked into. */
const maxSectionBytes = 256 * 1024 * 1024;
const compressedFlag = 0x800n; // SHF_COMPRESSED
const noBits = 8; // SHT_NOBITS
/** Where compilers write the paths of sources: Go's own table, and DWARF's of version 4 and 5. */
const pathSections = ['.gopclntab', '.debug_line_str', '.debug_str', '.debug_line', '.debug_info'];

/** Reads an ELF file of 64 bits, little-endian, which is what Lambda runs; `undefined` for any other file. */
export function readElf(file: Buffer): ElfFile | undefined {
  const sections = readSections(file);
  if (sections === undefined) return undefined;
  const has = (name: string) => sections.some((section) => section.name === name);
  const mentions = (text: string, names: readonly string[] = pathSections) =>
    sections.some(({ name, content }) => names.includes(name) && content().includes(text));
  return {
    isGo: has('.go.buildinfo'),
    hasDebugInformation: has('.debug_info') || has('.zdebug_info') || has('.gnu_debuglink'),
    isRust: mentions('rustc version', ['.debug_str', '.comment']),
    mentions: (text) => mentions(text),
  };
}

/** The section table (ELF specification: `Elf64_Ehdr`, `Elf64_Shdr`); `undefined` when it is not all there. */
function readSections(file: Buffer): Section[] | undefined {
  const isElf = file.length >= 64 && file.toString('latin1', 0, 4) === '\x7fELF';
  if (!isElf || file[4] !== 2 || file[5] !== 1) return undefined;
  const [start, size, count] = [
    Number(file.readBigUInt64LE(40)),
    file.readUInt16LE(58),
    file.readUInt16LE(60),
  ];
  if (size < 64 || start + size * count > file.length) return count === 0 ? [] : undefined;
  const headers = Array.from({ length: count }, (_, index) => file.subarray(start + index * size));
  const names = headers[file.readUInt16LE(62)];
  const nameTable = names === undefined ? Buffer.alloc(0) : contentOf(file, names);
  return headers.map((header) => {
    const nameStart = header.readUInt32LE(0);
    const name = nameTable.toString('latin1', nameStart, nameTable.indexOf(0, nameStart));
    return { name, content: remember(() => contentOf(file, header)) };
  });
}

/** The bytes of a section, inflated; none when they are missing, damaged or too many. */
function contentOf(file: Buffer, header: Buffer): Buffer {
  const [offset, length] = [Number(header.readBigUInt64LE(24)), Number(header.readBigUInt64LE(32))];
  if (header.readUInt32LE(4) === noBits || length > maxSectionBytes) return Buffer.alloc(0);
  const bytes = file.subarray(offset, offset + length);
  return (header.readBigUInt64LE(8) & compressedFlag) === 0n ? bytes : inflate(bytes);
}

/** A compressed section begins with an `Elf64_Chdr` of 24 bytes; type 1 is zlib, 2 is Zstandard. */
function inflate(bytes: Buffer): Buffer {
  if (bytes.length < 24) return Buffer.alloc(0);
  const options = { maxOutputLength: maxSectionBytes };
  try {
    return bytes.readUInt32LE(0) === 1
      ? zlib.inflateSync(bytes.subarray(24), options)
      : zlib.zstdDecompressSync(bytes.subarray(24), options);
  } catch {
    return Buffer.alloc(0);
  }
}

function remember(make: () => Buffer): () => Buffer {
  let made: Buffer | undefined;
  return () => (made ??= make());
}
