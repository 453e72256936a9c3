import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { LayerSource } from '../layer/layerSource.ts';
import { ZipEntries } from '../layer/zip/zipEntries.ts';
import { systemErrorCode, UserError } from '../base/errors.ts';

/** A file of a layer. */
export interface LayerFile {
  readonly source: LayerSource;
  readonly entry: number;
}

/** How much of a file of a folder is held at a time, in bytes. */
const chunkBytes = 256 * 1024;

/**
 * Whether two files hold the same bytes. Sizes decide first; then the checksums that zips keep, so that nothing is
 * inflated; two files of folders are compared byte by byte.
 * @throws UserError `PathNotFound` for a file of a folder that went away
 */
export async function sameContent(left: LayerFile, right: LayerFile, signal?: AbortSignal): Promise<boolean> {
  if (left.source === right.source && left.entry === right.entry) return true;
  if (left.source.entries.size(left.entry) !== right.source.entries.size(right.entry)) return false;
  const leftSum = storedChecksum(left);
  const rightSum = storedChecksum(right);
  if (leftSum === undefined && rightSum === undefined) return sameBytes(left, right, signal);
  return (leftSum ?? (await checksum(left, signal))) === (rightSum ?? (await checksum(right, signal)));
}

function storedChecksum({ source, entry }: LayerFile): number | undefined {
  return source.entries instanceof ZipEntries ? source.entries.crc(entry) : undefined;
}

async function checksum(file: LayerFile, signal: AbortSignal | undefined): Promise<number> {
  let sum = 0;
  for await (const chunk of chunks(file, signal)) sum = crc32(chunk, sum);
  return sum;
}

async function sameBytes(left: LayerFile, right: LayerFile, signal?: AbortSignal): Promise<boolean> {
  const others = chunks(right, signal);
  try {
    for await (const chunk of chunks(left, signal)) {
      const other = await others.next();
      if (other.done === true || !chunk.equals(other.value)) return false;
    }
    return (await others.next()).done === true;
  } finally {
    await others.return(undefined);
  }
}

/** The bytes of a folder's file, in full chunks but for the last. */
async function* chunks(
  { source, entry }: LayerFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, undefined> {
  const path = join(source.path, source.entries.name(entry));
  const file = await open(path, 'r').catch((error: unknown) => {
    const fact = systemErrorCode(error) ?? String(error);
    throw new UserError('PathNotFound', `The layer file ${path} cannot be read (${fact}).`, undefined, {
      cause: error,
    });
  });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(chunkBytes);
      let length = 0;
      while (length < chunkBytes) {
        const { bytesRead } = await file.read(buffer, length, chunkBytes - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      if (length > 0) yield buffer.subarray(0, length);
      if (length < chunkBytes) return undefined;
    }
  } finally {
    await file.close();
  }
}
