/** The program of a packaging thread: takes one job after the other and answers each. See `workerProtocol.ts`. */
import { parentPort } from 'node:worker_threads';
import { UserError } from '../base/errors.ts';
import { hashTable } from './contentHash.ts';
import { buildDirectory, hashArchive } from './finishArchive.ts';
import { packBatch } from './packBatch.ts';
import { deflateBlock, digestFile } from './packLargeFile.ts';
import { scanFolder } from './scanFolder.ts';
import type {
  JobKind,
  JobMessage,
  JobProgress,
  JobRequest,
  JobResult,
  WorkerMessage,
} from './workerProtocol.ts';

type Handlers = {
  readonly [K in JobKind]: (request: JobRequest<K>, report: (progress: JobProgress) => void) => JobResult<K>;
};

const handlers: Handlers = {
  scan: scanFolder,
  batch: packBatch,
  block: deflateBlock,
  digest: digestFile,
  directory: buildDirectory,
  contentHash: hashTable,
  archiveHash: hashArchive,
};

parentPort?.on('message', (message: JobMessage) => {
  const { id } = message;
  const send = (answer: WorkerMessage, transfer: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(answer, transfer);
  try {
    // The pool pairs a kind with its request; the compiler cannot follow that through a message.
    const handle = handlers[message.kind] as (
      request: unknown,
      report: (progress: JobProgress) => void,
    ) => JobResult<JobKind>;
    const result = handle(message.request, (progress) => send({ id, type: 'progress', progress }));
    send({ id, type: 'result', result }, transferable(result));
  } catch (error) {
    send(errorMessage(id, error));
  }
});

function transferable(result: JobResult<JobKind>): ArrayBuffer[] {
  return 'bytes' in result && result.bytes.buffer instanceof ArrayBuffer ? [result.bytes.buffer] : [];
}

function errorMessage(id: number, error: unknown): WorkerMessage {
  if (!(error instanceof UserError)) return { id, type: 'error', error };
  return { id, type: 'userError', error: { code: error.code, message: error.message, help: error.help } };
}
