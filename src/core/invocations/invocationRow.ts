import type { InvocationRecord } from '../emulator/invocation.ts';
import type { InvocationTelemetry, LogLine } from '../emulator/log/executionLog.ts';
import { BoundedList } from './boundedList.ts';

/** How an invocation stands, in one word. */
export type InvocationStatus = 'queued' | 'running' | 'dropped' | 'success' | 'error' | 'timeout' | 'crash';

/** How much of one invocation's log, and of its telemetry, is kept: the newest, in bytes. */
const maxOutputBytes = 1024 * 1024;

/** What a line or an event takes besides its text; an estimate, in bytes. */
const overheadBytes = 64;

/** What is kept of an execution environment's output: log lines and events of telemetry. */
export class KeptOutput {
  readonly log = new BoundedList<LogLine>(maxOutputBytes);
  readonly telemetry = new BoundedList<InvocationTelemetry>(maxOutputBytes);

  /** What all of it takes, in bytes. */
  get bytes(): number {
    return this.log.bytes + this.telemetry.bytes;
  }

  addLine(line: LogLine): void {
    this.log.push(line, line.text.length + overheadBytes);
  }

  addTelemetry(event: InvocationTelemetry): void {
    const { record } = event;
    const length = typeof record === 'string' ? record.length : JSON.stringify(record).length;
    this.telemetry.push(event, length + overheadBytes);
  }

  /** Moves what another one holds to the end of this one. */
  take(other: KeptOutput): void {
    this.log.take(other.log);
    this.telemetry.take(other.telemetry);
  }

  clear(): void {
    this.log.clear();
    this.telemetry.clear();
  }
}

/** One attempt of an invocation, with what is kept of it. `S` is the session that it belongs to. */
export class InvocationRow<S> {
  /** Unique in its history, and counts up. */
  readonly number: number;
  readonly session: S;
  readonly output = new KeptOutput();
  #record: InvocationRecord;

  constructor(number: number, session: S, record: InvocationRecord) {
    this.number = number;
    this.session = session;
    this.#record = record;
  }

  /** The newest state. */
  get record(): InvocationRecord {
    return this.#record;
  }

  get status(): InvocationStatus {
    const { result, state } = this.#record;
    return state === 'done' ? (result?.status ?? 'dropped') : state;
  }

  /** Whether nothing more will come. */
  get finished(): boolean {
    return this.#record.state === 'done' || this.#record.state === 'dropped';
  }

  /** What is kept takes, in bytes. */
  get bytes(): number {
    const { payload, result } = this.#record;
    return payload.length + (result?.payload.length ?? 0) + this.output.bytes;
  }

  update(record: InvocationRecord): void {
    this.#record = record;
  }
}
