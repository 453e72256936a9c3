import type { UserErrorCode } from '../base/errors.ts';
import type { SharedEntryTable } from './entryTable.ts';
import type { ScanRequest, ScanResult } from './scanFolder.ts';

/** Where the contents of a table's entries are read from. */
export interface PackagingSource {
  /** The packaged folder. */
  readonly root: string;
  /** The length of what the layout puts before every name, in bytes. */
  readonly prefixLength: number;
  readonly platform: NodeJS.Platform;
  readonly table: SharedEntryTable;
}

/** The jobs of the packaging threads: what each is asked and what it answers. All state travels with the job. */
export interface Jobs {
  /** List the folder. Reports the number of entries found so far. */
  scan: { request: ScanRequest; result: ScanResult };
  /** Make the records and data of the entries `from ≤ index < to`, none larger than a block. */
  batch: { request: PackagingSource & { from: number; to: number }; result: { bytes: Uint8Array } };
  /** Deflate one block of a large file, from byte `start` to byte `end`. */
  block: {
    request: PackagingSource & { index: number; start: number; end: number };
    result: { bytes: Uint8Array; crc: number };
  };
  /** Fill in the checksums of a large file; answers the CRC-32 of each of its blocks. */
  digest: { request: PackagingSource & { index: number }; result: { blockCrcs: number[] } };
  /** Make the central directory and the records after it, once every entry is written. */
  directory: { request: { table: SharedEntryTable }; result: { bytes: Uint8Array } };
  contentHash: { request: { table: SharedEntryTable }; result: { contentHash: string } };
  /** Hash a finished archive. Reports the number of bytes read so far. */
  archiveHash: { request: { file: string }; result: { sha256Base64: string } };
}

export type JobKind = keyof Jobs;
export type JobRequest<K extends JobKind> = Jobs[K]['request'];
export type JobResult<K extends JobKind> = Jobs[K]['result'];

/** How far a job is, in the unit that its kind names; `path` is what it looks at. */
export interface JobProgress {
  readonly done: number;
  readonly path?: string;
}

/** What a worker is sent. */
export interface JobMessage {
  readonly id: number;
  readonly kind: JobKind;
  readonly request: JobRequest<JobKind>;
}

/** What a worker sends. Class instances do not survive the way between threads, so errors travel in parts. */
export type WorkerMessage =
  | { readonly id: number; readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly id: number; readonly type: 'result'; readonly result: JobResult<JobKind> }
  | { readonly id: number; readonly type: 'userError'; readonly error: UserErrorParts }
  | { readonly id: number; readonly type: 'error'; readonly error: unknown };

/** The parts of a `UserError`. */
export interface UserErrorParts {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly help: string | undefined;
}
