import { createHash } from 'node:crypto';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { modeForContent } from './entryMode.ts';
import { EntryTable } from './entryTable.ts';
import { blockBytes, deflateLevel, minChunkSize, windowBytes } from './packagingPlan.ts';
import { expectEnd, readRange, sourcePath, withFile } from './readSource.ts';
import type { JobRequest } from './workerProtocol.ts';

/**
 * Deflates one block of a file. The blocks' results make one deflate stream when put together: each starts with the
 * end of the one before it as its dictionary and, but for the last, ends at a byte boundary.
 */
export function deflateBlock(request: JobRequest<'block'>): { bytes: Uint8Array; crc: number } {
  const { start, end } = request;
  const table = new EntryTable(request.table);
  const path = sourcePath(request, table, request.index);
  const lookBack = Math.max(0, start - windowBytes);
  const bytes = withFile(path, (fd) =>
    readRange(path, fd, Buffer.allocUnsafe(end - lookBack), lookBack, end),
  );
  const content = bytes.subarray(start - lookBack);
  const isLast = end === table.sizes[request.index];
  const packed = deflateRawSync(content, {
    level: deflateLevel,
    chunkSize: Math.max(content.length, minChunkSize),
    finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(start > 0 && { dictionary: bytes.subarray(0, start - lookBack) }),
  });
  return { bytes: new Uint8Array(packed), crc: crc32(content) };
}

/**
 * Fills in the checksums of a large file from one reading, and answers the CRC of each block, which tells whether
 * the blocks were deflated from the same content.
 */
export function digestFile(request: JobRequest<'digest'>): { blockCrcs: number[] } {
  const { index } = request;
  const table = new EntryTable(request.table);
  const path = sourcePath(request, table, index);
  const size = table.sizes[index] ?? 0;
  const scratch = Buffer.allocUnsafe(blockBytes);
  const sha256 = createHash('sha256');
  const blockCrcs: number[] = [];
  let crc = 0;
  withFile(path, (fd) => {
    for (let start = 0; start < size; start += blockBytes) {
      const block = readRange(path, fd, scratch, start, Math.min(start + blockBytes, size));
      if (start === 0) table.modes[index] = modeForContent(table.modes[index] ?? 0, block, request.platform);
      sha256.update(block);
      crc = crc32(block, crc);
      blockCrcs.push(crc32(block));
    }
    expectEnd(path, fd, size);
  });
  table.crcs[index] = crc;
  table.setDigest(index, sha256.digest());
  return { blockCrcs };
}
