import { Worker, type WorkerOptions } from 'node:worker_threads';
import { UserError } from '../base/errors.ts';
import type {
  JobKind,
  JobMessage,
  JobProgress,
  JobRequest,
  JobResult,
  WorkerMessage,
} from './workerProtocol.ts';

interface Job {
  readonly message: JobMessage;
  readonly resolve: (result: JobResult<JobKind>) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: ((progress: JobProgress) => void) | undefined;
}

interface Slot {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

const workerOptions: WorkerOptions = {
  name: 'layer packaging',
  // A thread makes buffers, not objects: with V8's usual room for young objects (16 MB and more) it would keep tens of
  // megabytes of used buffers before it looks for garbage.
  resourceLimits: { maxYoungGenerationSizeMb: 2 },
  execArgv: [], // what the main program was started with, such as `--eval`, is not for its threads
};

/** One job runs, one waits at the worker, so that a busy event loop here does not leave the thread idle. */
const jobsPerWorker = 2;

/**
 * Up to `size` threads that run packaging jobs, in the order in which they were given. They start when there is work
 * for them. Close the pool in every case: `close` ends them, also in the midst of a job.
 */
export class WorkerPool {
  readonly size: number;
  readonly #slots: Slot[] = [];
  readonly #waiting: Job[] = [];
  #lastId = 0;
  #failure: { readonly reason: unknown } | undefined;

  constructor(size: number) {
    this.size = size;
  }

  /** Runs a job; rejects with its error, or with the reason of `fail`. */
  run<K extends JobKind>(
    kind: K,
    request: JobRequest<K>,
    onProgress?: (progress: JobProgress) => void,
  ): Promise<JobResult<K>> {
    return new Promise<JobResult<K>>((resolve, reject) => {
      const message: JobMessage = { id: ++this.#lastId, kind, request };
      // A worker answers a job with the result of its kind.
      const settle = (result: JobResult<JobKind>): void => resolve(result);
      this.#waiting.push({ message, resolve: settle, reject, onProgress });
      this.#dispatch();
    });
  }

  /** Rejects all that is asked now or later. The threads go on until `close`. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#dispatch();
  }

  /** Ends the threads and waits until they are gone: a process that exits with live ones can hang. */
  async close(): Promise<void> {
    this.fail(new Error('The packaging threads were stopped.'));
    await Promise.all(this.#slots.map((slot) => slot.worker.terminate()));
  }

  #start(): Slot {
    const slot: Slot = {
      worker: new Worker(workerFile(), workerOptions),
      jobs: new Map(),
    };
    slot.worker.on('message', (message: WorkerMessage) => this.#receive(slot, message));
    slot.worker.on('error', (error) => this.fail(error));
    slot.worker.on('messageerror', (error) => this.fail(error));
    slot.worker.on('exit', (code) => this.fail(new Error(`A packaging thread ended with code ${code}.`)));
    return slot;
  }

  #dispatch(): void {
    if (this.#failure !== undefined) {
      this.#rejectAll(this.#failure.reason);
      return;
    }
    while (this.#waiting.length > 0) {
      const slot = this.#leastBusy();
      if (slot.jobs.size >= jobsPerWorker) return;
      const job = this.#waiting.shift();
      if (job === undefined) return;
      slot.jobs.set(job.message.id, job);
      slot.worker.postMessage(job.message);
    }
  }

  #leastBusy(): Slot {
    const [slot] = this.#slots.toSorted((a, b) => a.jobs.size - b.jobs.size);
    if (slot !== undefined && (slot.jobs.size === 0 || this.#slots.length >= this.size)) return slot;
    const started = this.#start();
    this.#slots.push(started);
    return started;
  }

  #rejectAll(reason: unknown): void {
    const jobs = [...this.#slots.flatMap((slot) => [...slot.jobs.values()]), ...this.#waiting];
    this.#waiting.length = 0;
    for (const slot of this.#slots) slot.jobs.clear();
    for (const job of jobs) job.reject(reason);
  }

  #receive(slot: Slot, message: WorkerMessage): void {
    const job = slot.jobs.get(message.id);
    if (job === undefined) return; // answered to after a failure
    if (message.type === 'progress') {
      this.#forward(job, message.progress);
      return;
    }
    slot.jobs.delete(message.id);
    if (message.type === 'result') job.resolve(message.result);
    else job.reject(message.type === 'userError' ? toUserError(message.error) : message.error);
    this.#dispatch();
  }

  #forward(job: Job, progress: JobProgress): void {
    try {
      job.onProgress?.(progress);
    } catch (error) {
      this.fail(error); // thrown here it would end the process
    }
  }
}

function toUserError(error: Pick<UserError, 'code' | 'message' | 'help'>): UserError {
  return new UserError(error.code, error.message, error.help);
}

/** The thread's program: beside this source, or built into a file of its own beside the bundle. */
function workerFile(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? './deflateWorker.ts' : './deflateWorker.cjs', import.meta.url);
}
