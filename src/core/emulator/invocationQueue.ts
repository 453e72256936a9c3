import type { Invocation, InvocationRecord } from './invocation.ts';
import { InvokeError } from './invoke/invokeError.ts';

/** An invocation that waits, and what views know of it. */
export interface QueuedInvocation {
  readonly invocation: Invocation;
  readonly record: InvocationRecord;
}

/** Invocations in the order they came, bounded by the size of their events. */
export class InvocationQueue {
  /** Those before `#head` were taken, and are let go of at once: events may be large. */
  #entries: (QueuedInvocation | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  readonly #maxBytes: number;

  /** `maxBytes` is how much the events of those that wait may have together. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Throws `InvokeError('TooManyRequestsException')` when no more events fit. */
  add(entry: QueuedInvocation): void {
    if (this.#bytes + entry.invocation.payload.length > this.#maxBytes) {
      throw new InvokeError('TooManyRequestsException', 'Too many events wait for the function.');
    }
    this.#bytes += entry.invocation.payload.length;
    this.#entries.push(entry);
  }

  /** Takes the oldest. */
  take(): QueuedInvocation | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#bytes -= entry.invocation.payload.length;
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1000 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head); // not at each call: that would make long queues slow
      this.#head = 0;
    }
    return entry;
  }

  /** Takes all. */
  clear(): QueuedInvocation[] {
    const left = this.#entries.filter((entry) => entry !== undefined);
    this.#entries = [];
    this.#head = 0;
    this.#bytes = 0;
    return left;
  }
}
