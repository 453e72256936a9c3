import type { Disposable } from '../../base/disposable.ts';
import { describeError } from '../../base/errors.ts';
import type { TimeSource } from '../clock.ts';
import { Deferred } from '../deferred.ts';
import { addLoss, fallenBehind, type Loss } from './loss.ts';
import type { Buffering } from './subscription.ts';

/** Takes batches of events to a subscriber. */
export interface TelemetryDestination {
  /**
   * Sends the JSON of some events. Resolves when they have been taken, as far as the protocol tells; rejects when they
   * have not. Called again only after that.
   */
  send(events: readonly string[]): Promise<void>;
  /** Ends all connections, and thereby what is being sent. */
  close(): void;
}

/** How events get to one subscriber. */
export interface DeliveryOptions {
  readonly buffering: Buffering;
  readonly destination: TelemetryDestination;
  readonly time: TimeSource;
  /**
   * Called once for all that was lost since the last time. Returns the JSON of the event that announces it, or nothing
   * when the subscriber does not take such events.
   */
  readonly report: (loss: Loss) => string | undefined;
}

interface Entry {
  readonly json: string;
  readonly bytes: number;
  /** In an announcement, what it announces: to be announced again if it is lost itself. */
  readonly announces?: Loss;
}

/** What is held for one subscriber, in bytes of JSON: room for a burst of output, small beside a function's memory. */
export const maxHeldBytes = 8 * 1024 * 1024;

/** Waits before another attempt, in milliseconds; after the last one the batch is given up. */
const retryDelaysMs = [100, 200, 400, 800, 1600];

/**
 * Collects events into batches and sends these in order, one at a time. Whatever the subscriber does, `push` is
 * immediate and memory stays bounded: when full, new events are dropped, and the loss is announced as soon as the
 * subscriber takes events again. No attempt has a time limit, since the subscriber may be stopped in a debugger.
 */
export class Delivery implements Disposable {
  readonly #options: DeliveryOptions;
  readonly #waiting: Entry[][] = [];
  readonly #flushes = new Set<{ readonly target: number; readonly done: Deferred<void> }>();
  #collecting: Entry[] = [];
  #collectingBytes = 0;
  #heldBytes = 0;
  #accepted = 0;
  #settled = 0;
  #loss: Loss | undefined;
  #sending = false;
  #disposed = false;
  #batchTimer: Disposable | undefined;
  #endPause: (() => void) | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Adds the JSON of one event. */
  push(json: string): void {
    if (this.#disposed) return;
    const bytes = Buffer.byteLength(json);
    if (this.#heldBytes + bytes > maxHeldBytes) {
      this.lose({ records: 1, bytes, reason: fallenBehind });
      return;
    }
    this.#announceLoss();
    this.#collect({ json, bytes });
  }

  /** How many events are neither delivered nor given up. */
  get pending(): number {
    return this.#accepted - this.#settled;
  }

  /** Notes events that are not to come. */
  lose(loss: Loss): void {
    this.#loss = addLoss(this.#loss, loss);
  }

  /** Sends what there is. Resolves when all of it is delivered or given up, when disposed, or once `limit` is aborted. */
  async flush(limit: AbortSignal): Promise<void> {
    this.#announceLoss();
    this.#closeBatch();
    this.#endPause?.(); // the next attempt is due now
    if (this.#disposed || limit.aborted || this.pending === 0) return;
    const flush = { target: this.#accepted, done: new Deferred<void>() };
    this.#flushes.add(flush);
    limit.addEventListener('abort', () => {
      flush.done.resolve();
    });
    await flush.done.promise;
    this.#flushes.delete(flush);
  }

  /** Ends everything at once; what is not delivered is forgotten. */
  dispose(): void {
    if (this.#loss !== undefined) this.#options.report(this.#loss);
    this.#loss = undefined;
    this.#disposed = true;
    this.#batchTimer?.dispose();
    this.#endPause?.();
    this.#options.destination.close();
    this.#collecting = [];
    this.#waiting.length = 0;
    this.#settle(this.pending);
  }

  #announceLoss(): void {
    const loss = this.#loss;
    if (loss === undefined) return;
    this.#loss = undefined;
    const json = this.#options.report(loss);
    if (json !== undefined) this.#collect({ json, bytes: Buffer.byteLength(json), announces: loss });
  }

  #collect(entry: Entry): void {
    const { maxItems, maxBytes, timeoutMs } = this.#options.buffering;
    this.#collecting.push(entry);
    this.#collectingBytes += entry.bytes;
    this.#heldBytes += entry.bytes;
    this.#accepted += 1;
    if (this.#collecting.length >= maxItems || this.#collectingBytes >= maxBytes) this.#closeBatch();
    else
      this.#batchTimer ??= this.#options.time.schedule(timeoutMs, () => {
        this.#closeBatch();
      });
  }

  #closeBatch(): void {
    this.#batchTimer?.dispose();
    this.#batchTimer = undefined;
    if (this.#collecting.length === 0) return;
    this.#waiting.push(this.#collecting);
    this.#collecting = [];
    this.#collectingBytes = 0;
    if (!this.#sending) void this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    this.#sending = true;
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift()) {
      const failure = await this.#send(batch.map(({ json }) => json));
      if (this.#disposed) return;
      for (const { bytes } of batch) this.#heldBytes -= bytes;
      if (failure === undefined) this.#announceLoss();
      else this.#giveUp(batch, failure); // announced with the next event, lest a dead subscriber is called for ever
      this.#settle(batch.length);
    }
    this.#sending = false;
  }

  /** Returns the last failure when all attempts failed. */
  async #send(events: readonly string[]): Promise<Error | undefined> {
    for (let attempt = 0; !this.#disposed; attempt += 1) {
      try {
        await this.#options.destination.send(events);
        return undefined;
      } catch (error) {
        const delayMs = retryDelaysMs[attempt];
        if (delayMs === undefined) return new Error(describeError(error), { cause: error });
        await this.#pause(delayMs);
      }
    }
    return undefined;
  }

  async #pause(ms: number): Promise<void> {
    if (this.#disposed) return;
    const over = new Deferred<void>();
    this.#endPause = () => {
      over.resolve();
    };
    const timer = this.#options.time.schedule(ms, this.#endPause);
    await over.promise;
    timer.dispose();
    this.#endPause = undefined;
  }

  #giveUp(batch: readonly Entry[], failure: Error): void {
    const reason = `Some logs were dropped because they could not be delivered: ${failure.message}`;
    let records = 0;
    let size = 0;
    for (const { bytes, announces } of batch) {
      records += announces === undefined ? 1 : 0;
      size += announces === undefined ? bytes : 0;
      if (announces !== undefined) this.#loss = addLoss(this.#loss, announces);
    }
    if (records > 0) this.lose({ records, bytes: size, reason });
  }

  #settle(count: number): void {
    this.#settled += count;
    for (const flush of this.#flushes) {
      if (this.#settled >= flush.target) flush.done.resolve();
    }
  }
}
