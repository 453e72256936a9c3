import type { EntryTable } from './entryTable.ts';

/** zlib's own default: the size is within three per cent of the best at a quarter of its time. */
export const deflateLevel = 6;

/**
 * Larger files are deflated in blocks of this many bytes, so that several threads can share one file. Part of the
 * format: another value gives other bytes.
 */
export const blockBytes = 1 << 20;

/** What deflate can look back to, in bytes: a block starts with what the one before it ended with. */
export const windowBytes = 1 << 15;

/** The least that Node's zlib takes as the size of its result's pieces, in bytes. */
export const minChunkSize = 64;

const maxBatchEntries = 256;

/** A part of the archive, in the order of the archive. */
export type PlannedPart =
  | { readonly kind: 'batch'; readonly from: number; readonly to: number; readonly bytes: number }
  | { readonly kind: 'large'; readonly index: number; readonly bytes: number };

/** Cuts the entries into batches of about one block, and large files that stand alone. `bytes` counts contents. */
export function* planParts(table: EntryTable): Generator<PlannedPart, void, undefined> {
  let from = 0;
  let bytes = 0;
  for (let index = 0; index < table.count; index++) {
    const size = table.sizes[index] ?? 0;
    if (index > from && (bytes + size > blockBytes || index - from >= maxBatchEntries)) {
      yield { kind: 'batch', from, to: index, bytes };
      from = index;
      bytes = 0;
    }
    if (size > blockBytes) {
      yield { kind: 'large', index, bytes: size };
      from = index + 1;
    } else {
      bytes += size;
    }
  }
  if (from < table.count) yield { kind: 'batch', from, to: table.count, bytes };
}
