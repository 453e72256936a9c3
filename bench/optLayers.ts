import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a generated layer. */
export interface BenchFile {
  readonly name: string;
  readonly content: Buffer;
  /** `st_mode`, with the type. */
  readonly mode: number;
}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;

/** Writes a zip one file at a time, faster than any library; less than 65,535 entries. */
export function writeBenchZip(path: string, files: Iterable<BenchFile>): void {
  const output = openSync(path, 'w');
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode } of files) {
    const packed = deflateRawSync(content, { level: 1 });
    const nameBytes = Buffer.from(name);
    const local = header(30, signatures.local, 4, content, packed, nameBytes);
    writeSync(output, Buffer.concat([local, nameBytes, packed]));
    const central = header(46, signatures.central, 6, content, packed, nameBytes);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(mode, 40);
    central.writeUInt32LE(offset, 42);
    directory.push(central, nameBytes);
    offset += local.length + nameBytes.length + packed.length;
  }
  const bytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(signatures.end, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(bytes.length, 12);
  end.writeUInt32LE(offset, 16);
  writeSync(output, Buffer.concat([bytes, end]));
  closeSync(output);
}

/** The fields that a local header and a directory record share; `at` is where the version needed stands. */
function header(
  length: number,
  signature: number,
  at: number,
  content: Buffer,
  packed: Buffer,
  name: Buffer,
): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(signature, 0);
  bytes.writeUInt16LE(20, at);
  bytes.writeUInt16LE(0x800, at + 2);
  bytes.writeUInt16LE(8, at + 4);
  bytes.writeUInt16LE(0x21, at + 8); // 1980-01-01
  bytes.writeUInt32LE(crc32(content), at + 10);
  bytes.writeUInt32LE(packed.length, at + 14);
  bytes.writeUInt32LE(content.length, at + 18);
  bytes.writeUInt16LE(name.length, at + 22);
  return bytes;
}

/** Small modules, 50 to a package; `start` lets two layers share some of them. */
export function* manyFiles(start: number, count: number, bytes: number): Generator<BenchFile> {
  for (let index = start; index < start + count; index++) {
    const name = `nodejs/node_modules/package-${Math.floor(index / 50)}/lib/module-${index}.js`;
    yield { name, content: text(index, bytes), mode: 0o100644 };
  }
}

/** Two large programs and links to them. */
export function* binaries(bytes: number): Generator<BenchFile> {
  for (const [index, name] of ['libone.so.1.2', 'libtwo.so.3.4'].entries()) {
    yield { name: `lib/${name}`, content: noise(index, bytes), mode: 0o100755 };
    yield { name: `lib/${name.slice(0, -2)}`, content: Buffer.from(name), mode: 0o120777 };
  }
}

/** Code-like text that deflate shrinks to about a third. */
function text(seed: number, bytes: number): Buffer {
  let content = '';
  for (let line = 0; content.length < bytes; line++) {
    const value = Math.imul(seed * 31 + line, 0x9e3779b1) >>> 0;
    content += `export const value_${value.toString(36)} = require('${value % 977}').call(this);\n`;
  }
  return Buffer.from(content.slice(0, bytes));
}

/** Bytes of which deflate shrinks half. */
function noise(seed: number, bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  let state = seed + 1;
  for (let at = 0; at + 8 <= bytes; at += 8) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content.writeUInt32LE(state, at);
  }
  return content;
}
