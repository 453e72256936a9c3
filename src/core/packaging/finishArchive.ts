import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { EntryTable, type SharedEntryTable } from './entryTable.ts';
import type { JobProgress } from './workerProtocol.ts';
import {
  centralHeaderLength,
  endRecords,
  localHeaderLength,
  writeCentralHeader,
  type EntryRecord,
} from './zipRecords.ts';

const readBytes = 1 << 20;

/** The central directory and end records of an archive that holds all entries of a table, one after the other. */
export function buildDirectory(request: { readonly table: SharedEntryTable }): { bytes: Uint8Array } {
  const table = new EntryTable(request.table);
  const offsets = new Float64Array(table.count);
  let start = 0;
  let length = 0;
  for (let index = 0; index < table.count; index++) {
    const entry = recordOf(table, index);
    offsets[index] = start;
    length += centralHeaderLength(entry, start);
    start += localHeaderLength(entry.name.length, entry.size) + entry.packedSize;
  }
  const end = endRecords(table.count, start, length);
  const bytes = Buffer.allocUnsafeSlow(length + end.length);
  let at = 0;
  for (let index = 0; index < table.count; index++) {
    at = writeCentralHeader(bytes, at, recordOf(table, index), offsets[index] ?? 0);
  }
  bytes.set(end, at);
  return { bytes };
}

/** The SHA-256 of a file in base64, the form of Lambda's `CodeSha256`. */
export function hashArchive(
  request: { readonly file: string },
  report: (progress: JobProgress) => void,
): { sha256Base64: string } {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(readBytes);
  const descriptor = openSync(request.file, 'r');
  try {
    let done = 0;
    let read: number;
    while ((read = readSync(descriptor, block, 0, block.length, done)) > 0) {
      hash.update(block.subarray(0, read));
      done += read;
      report({ done });
    }
  } finally {
    closeSync(descriptor);
  }
  return { sha256Base64: hash.digest('base64') };
}

function recordOf(table: EntryTable, index: number): EntryRecord {
  return {
    name: table.nameBytes(index),
    mode: table.modes[index] ?? 0,
    method: table.methods[index] ?? 0,
    crc: table.crcs[index] ?? 0,
    packedSize: table.packedSizes[index] ?? 0,
    size: table.sizes[index] ?? 0,
  };
}
