import { hash } from 'node:crypto';
import { crc32, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { isDirectoryMode, isLinkMode, modeForContent } from './entryMode.ts';
import { EntryTable } from './entryTable.ts';
import { blockBytes, deflateLevel, minChunkSize } from './packagingPlan.ts';
import { readLink, readWhole, sourcePath } from './readSource.ts';
import { changed } from './sourceErrors.ts';
import type { JobRequest, PackagingSource } from './workerProtocol.ts';
import { deflatedMethod, localHeaderLength, storedMethod, writeLocalHeader } from './zipRecords.ts';

const nothing = Buffer.alloc(0);

/** Reads and deflates small entries, fills in their rows and returns their part of the archive. */
export function packBatch(request: JobRequest<'batch'>): { bytes: Uint8Array } {
  const table = new EntryTable(request.table);
  const scratch = Buffer.allocUnsafe(blockBytes + 1);
  // No longer than this, since what does not shrink is stored. A buffer of its own, so that it can be transferred.
  const target = Buffer.allocUnsafeSlow(longestBatch(table, request.from, request.to));
  let end = 0;
  for (let index = request.from; index < request.to; index++) {
    end = packEntry(request, table, index, { scratch, target, end });
  }
  return { bytes: target.subarray(0, end) };
}

interface BatchBuffers {
  readonly scratch: Buffer;
  readonly target: Buffer;
  readonly end: number;
}

function packEntry(source: PackagingSource, table: EntryTable, index: number, buffers: BatchBuffers): number {
  const content = readContent(source, table, index, buffers.scratch);
  const packed = deflateIfSmaller(content);
  const mode = modeForContent(table.modes[index] ?? 0, content, source.platform);
  const method = packed === undefined ? storedMethod : deflatedMethod;
  const data = packed ?? content;
  const crc = crc32(content);
  table.modes[index] = mode;
  table.methods[index] = method;
  table.crcs[index] = crc;
  table.packedSizes[index] = data.length;
  table.setDigest(index, hash('sha256', content, 'buffer'));
  const record = {
    name: table.nameBytes(index),
    mode,
    method,
    crc,
    packedSize: data.length,
    size: content.length,
  };
  const start = writeLocalHeader(buffers.target, buffers.end, record);
  buffers.target.set(data, start);
  return start + data.length;
}

function readContent(source: PackagingSource, table: EntryTable, index: number, scratch: Buffer): Buffer {
  const mode = table.modes[index] ?? 0;
  if (isDirectoryMode(mode)) return nothing;
  const size = table.sizes[index] ?? 0;
  const path = sourcePath(source, table, index);
  if (!isLinkMode(mode)) return readWhole(path, scratch, size);
  const target = readLink(path, source.platform);
  if (target.length !== size) throw changed(path);
  return target;
}

function deflateIfSmaller(content: Buffer): Buffer | undefined {
  if (content.length === 0) return undefined;
  const packed = deflateRawSync(content, deflateOptions(content.length));
  return packed.length < content.length ? packed : undefined;
}

/**
 * Options that fit zlib's state to the content: setting up its 256 kB costs a small file as much as deflating it. A
 * window and a symbol buffer that hold the whole content give the same result as larger ones.
 */
function deflateOptions(size: number): ZlibOptions {
  return {
    level: deflateLevel,
    windowBits: Math.min(15, Math.max(9, Math.ceil(Math.log2(size + 262)))), // zlib never looks back the last 262 bytes
    memLevel: size < 4095 ? 6 : 8, // 2 ** (memLevel + 6) symbols
    chunkSize: Math.max(size, minChunkSize), // the whole result at once
  };
}

function longestBatch(table: EntryTable, from: number, to: number): number {
  let length = 0;
  for (let index = from; index < to; index++) {
    const size = table.sizes[index] ?? 0;
    length += localHeaderLength(table.nameBytes(index).length, size) + size;
  }
  return length;
}
