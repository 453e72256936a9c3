import type { InvocationRecord } from '../emulator/invocation.ts';
import type { InvocationTelemetry, LogLine } from '../emulator/log/executionLog.ts';
import { type InvocationRow, KeptOutput } from './invocationRow.ts';

/** Where a follower's rows are kept. */
export interface RowKeeper<S> {
  /** Makes a row; `undefined` when there is no room for it now. */
  readonly add: (record: InvocationRecord) => InvocationRow<S> | undefined;
  /** Told each change of a row. */
  readonly changed: (row: InvocationRow<S>, type: 'state' | 'output') => void;
}

/** Sorts what one session tells to the rows of its invocations. */
export class InvocationFollower<S> {
  readonly #keeper: RowKeeper<S>;
  /** Rows that are not finished, by request id and attempt. */
  readonly #open = new Map<string, InvocationRow<S>>();
  /** Those of them that run, by request id. */
  readonly #running = new Map<string, InvocationRow<S>>();
  /** What was told outside of invocations: that of an init belongs to the first one after it. */
  readonly #ahead = new KeptOutput();

  constructor(keeper: RowKeeper<S>) {
    this.#keeper = keeper;
  }

  invocation(record: InvocationRecord): void {
    const key = `${record.requestId} ${record.attempt}`;
    const row = this.#open.get(key) ?? this.#keeper.add(record);
    if (row === undefined) return;
    this.#open.set(key, row);
    row.update(record);
    if (record.state === 'running') this.#begin(row);
    if (row.finished) {
      this.#open.delete(key);
      this.#running.delete(record.requestId);
    }
    this.#keeper.changed(row, 'state');
  }

  line(line: LogLine): void {
    const row = this.#rowOf(line);
    if (row === undefined && isInitStart(line)) this.#ahead.log.clear();
    (row?.output ?? this.#ahead).addLine(line);
    if (row !== undefined) this.#keeper.changed(row, 'output');
  }

  telemetry(event: InvocationTelemetry): void {
    const row = this.#rowOf(event);
    if (row === undefined && event.type === 'platform.initStart') this.#ahead.telemetry.clear();
    (row?.output ?? this.#ahead).addTelemetry(event);
    if (row !== undefined) this.#keeper.changed(row, 'output');
  }

  #begin(row: InvocationRow<S>): void {
    const { coldStart, requestId } = row.record;
    this.#running.set(requestId, row);
    if (coldStart === true) row.output.take(this.#ahead);
    else this.#ahead.clear();
  }

  #rowOf({ requestId }: { readonly requestId?: string }): InvocationRow<S> | undefined {
    return requestId === undefined ? undefined : this.#running.get(requestId);
  }
}

/** Whether a line opens an init phase, in either log format. */
function isInitStart({ source, text }: LogLine): boolean {
  return source === 'platform' && /^(INIT_START |\{"time":"[^"]*","type":"platform\.initStart")/.test(text);
}
