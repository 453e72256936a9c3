import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/emitter.ts';
import type { InvocationRecord } from '../emulator/invocation.ts';
import type { InvocationTelemetry, LogLine } from '../emulator/log/executionLog.ts';
import { InvocationFollower } from './invocationFollower.ts';
import { InvocationRow } from './invocationRow.ts';

/** Where invocations come from: an emulator, or what stands before it. */
export interface InvocationSource {
  readonly onInvocation: Event<InvocationRecord>;
  readonly onLog: Event<LogLine>;
  readonly onTelemetry: Event<InvocationTelemetry>;
}

/** How much a history keeps. */
export interface HistoryLimits {
  readonly maxRows: number;
  /** Of events, responses, logs and telemetry together. */
  readonly maxBytes: number;
}

const defaultLimits: HistoryLimits = { maxRows: 500, maxBytes: 64 * 1024 * 1024 };

/** What changed: which rows there are, a row's state, or its output. */
export type HistoryChange<S> =
  { readonly type: 'rows' } | { readonly type: 'state' | 'output'; readonly row: InvocationRow<S> };

/**
 * The invocations of all sessions, also of those that have ended, until somebody clears them. The oldest finished ones
 * are forgotten first; while there are none, further events that wait are not shown until their turn comes.
 */
export class InvocationHistory<S> implements Disposable {
  readonly #limits: HistoryLimits;
  readonly #rows = new Map<number, InvocationRow<S>>();
  /** The bytes of each row as they are in the sum. */
  readonly #counted = new Map<InvocationRow<S>, number>();
  readonly #changes = new Emitter<HistoryChange<S>>();
  #bytes = 0;
  #lastNumber = 0;
  #forgotten = 0;

  readonly onDidChange = this.#changes.event;

  constructor(limits = defaultLimits) {
    this.#limits = limits;
  }

  /** The newest first. */
  get rows(): InvocationRow<S>[] {
    return [...this.#rows.values()].reverse();
  }

  /** What all rows take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many rows gave way to newer ones since the history was cleared. */
  get forgotten(): number {
    return this.#forgotten;
  }

  row(number: number): InvocationRow<S> | undefined {
    return this.#rows.get(number);
  }

  /** The newest attempt of an invocation. */
  find(requestId: string): InvocationRow<S> | undefined {
    return this.rows.find(({ record }) => record.requestId === requestId);
  }

  /** Takes down what comes from a session from now on. */
  follow(session: S, source: InvocationSource): Disposable {
    const follower = new InvocationFollower<S>({
      add: (record) => this.#add(session, record),
      changed: (row, type) => this.#changed(row, type),
    });
    const subscriptions = new DisposableStore();
    subscriptions.add(source.onInvocation((record) => follower.invocation(record)));
    subscriptions.add(source.onLog((line) => follower.line(line)));
    subscriptions.add(source.onTelemetry((event) => follower.telemetry(event)));
    return subscriptions;
  }

  /** Forgets what is finished; what is under way stays. Returns how many rows went. */
  clear(): number {
    const finished = [...this.#rows.values()].filter((row) => row.finished);
    for (const row of finished) this.#remove(row);
    this.#forgotten = 0;
    this.#changes.fire({ type: 'rows' });
    return finished.length;
  }

  dispose(): void {
    this.#changes.dispose();
    this.#rows.clear();
    this.#counted.clear();
  }

  /** Makes a row, unless it is of an event that waits and there is no room. */
  #add(session: S, record: InvocationRecord): InvocationRow<S> | undefined {
    if (record.state === 'queued' && this.#isFull() && this.#oldestFinished() === undefined) return undefined;
    const row = new InvocationRow(++this.#lastNumber, session, record);
    this.#rows.set(row.number, row);
    this.#weigh(row);
    this.#changes.fire({ type: 'rows' });
    return row;
  }

  #changed(row: InvocationRow<S>, type: 'state' | 'output'): void {
    if (!this.#rows.has(row.number)) return; // forgotten meanwhile
    this.#weigh(row);
    this.#changes.fire({ type, row });
  }

  #weigh(row: InvocationRow<S>): void {
    this.#bytes += row.bytes - (this.#counted.get(row) ?? 0);
    this.#counted.set(row, row.bytes);
    while (this.#rows.size > this.#limits.maxRows || this.#bytes > this.#limits.maxBytes) {
      const oldest = this.#oldestFinished();
      if (oldest === undefined) return;
      this.#remove(oldest);
      this.#forgotten += 1;
      this.#changes.fire({ type: 'rows' });
    }
  }

  #isFull(): boolean {
    return this.#rows.size >= this.#limits.maxRows || this.#bytes >= this.#limits.maxBytes;
  }

  #oldestFinished(): InvocationRow<S> | undefined {
    for (const row of this.#rows.values()) if (row.finished) return row;
    return undefined;
  }

  #remove(row: InvocationRow<S>): void {
    this.#rows.delete(row.number);
    this.#bytes -= this.#counted.get(row) ?? 0;
    this.#counted.delete(row);
  }
}
