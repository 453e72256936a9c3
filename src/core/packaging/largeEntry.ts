import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { ArchiveWriter } from './archiveWriter.ts';
import type { EntryTable } from './entryTable.ts';
import { blockBytes } from './packagingPlan.ts';
import { sourcePath } from './readSource.ts';
import { changed, unreadable } from './sourceErrors.ts';
import type { JobResult, PackagingSource } from './workerProtocol.ts';
import { deflatedMethod, localHeaderLength, storedMethod, writeLocalHeader } from './zipRecords.ts';

/**
 * A file that is written block by block, its header last: only then the packed length and the checksum are known.
 * When deflate did not make it smaller, the file's own bytes replace the blocks.
 */
export class LargeEntry {
  readonly #source: PackagingSource;
  readonly #table: EntryTable;
  readonly #index: number;
  readonly #writer: ArchiveWriter;
  readonly #blockCrcs: number[] = [];
  #headerAt = 0;

  constructor(source: PackagingSource, table: EntryTable, index: number, writer: ArchiveWriter) {
    this.#source = source;
    this.#table = table;
    this.#index = index;
    this.#writer = writer;
  }

  /** Appends the next block. */
  async append(block: JobResult<'block'>): Promise<void> {
    if (this.#blockCrcs.length === 0) {
      this.#headerAt = this.#writer.position;
      this.#writer.skip(this.#headerLength);
    }
    this.#blockCrcs.push(block.crc);
    await this.#writer.append(block.bytes);
  }

  /** Completes the entry after its last block. */
  async finish(digest: JobResult<'digest'>, signal: AbortSignal | undefined): Promise<void> {
    if (digest.blockCrcs.join() !== this.#blockCrcs.join()) throw changed(this.#path);
    const packedSize = this.#writer.position - this.#dataAt;
    const deflated = packedSize < this.#size;
    this.#table.methods[this.#index] = deflated ? deflatedMethod : storedMethod;
    this.#table.packedSizes[this.#index] = deflated ? packedSize : this.#size;
    if (!deflated) await this.#store(digest.blockCrcs, signal);
    await this.#writeHeader();
  }

  async #store(blockCrcs: readonly number[], signal: AbortSignal | undefined): Promise<void> {
    await this.#writer.truncate(this.#dataAt);
    const file = await open(this.#path).catch((error: unknown) => {
      throw unreadable(this.#path, error);
    });
    try {
      for (const crc of blockCrcs) {
        signal?.throwIfAborted();
        const length = Math.min(blockBytes, this.#dataAt + this.#size - this.#writer.position);
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length);
        if (bytesRead !== length || crc32(buffer) !== crc) throw changed(this.#path);
        await this.#writer.append(buffer);
      }
    } finally {
      await file.close();
    }
  }

  async #writeHeader(): Promise<void> {
    const header = Buffer.alloc(this.#headerLength);
    writeLocalHeader(header, 0, {
      name: this.#table.nameBytes(this.#index),
      mode: this.#table.modes[this.#index] ?? 0,
      method: this.#table.methods[this.#index] ?? 0,
      crc: this.#table.crcs[this.#index] ?? 0,
      packedSize: this.#table.packedSizes[this.#index] ?? 0,
      size: this.#size,
    });
    await this.#writer.writeAt(header, this.#headerAt);
  }

  get #size(): number {
    return this.#table.sizes[this.#index] ?? 0;
  }

  get #path(): string {
    return sourcePath(this.#source, this.#table, this.#index);
  }

  get #headerLength(): number {
    return localHeaderLength(this.#table.nameBytes(this.#index).length, this.#size);
  }

  get #dataAt(): number {
    return this.#headerAt + this.#headerLength;
  }
}
