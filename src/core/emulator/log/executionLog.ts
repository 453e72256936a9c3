import { Emitter } from '../../base/emitter.ts';
import { parseObject } from '../../base/json.ts';
import type { FunctionSettings } from '../functionSettings.ts';
import type { Invocation } from '../invocation.ts';
import type { TelemetryCategory, TelemetryEvent } from '../telemetry/telemetryEvent.ts';
import { textLines, type PlatformEvent } from './platformEvents.ts';

/** One line of the function's log. */
export interface LogLine {
  readonly source: TelemetryCategory;
  /** Name of the extension that wrote it. */
  readonly extension?: string;
  /** The invocation it was written during, if any. */
  readonly requestId?: string;
  readonly text: string;
}

/** An event of telemetry, with the invocation it belongs to, if any. */
export type InvocationTelemetry = TelemetryEvent & { readonly requestId?: string };

/** Where a line comes from. */
type Writer = { readonly source: 'function' } | { readonly source: 'extension'; readonly extension: string };

/**
 * Puts together what the platform and the processes write: the lines of the log, each invocation's share of them, and
 * the events of telemetry.
 */
export class ExecutionLog {
  readonly #settings: Pick<FunctionSettings, 'logFormat'>;
  readonly #epochMs: () => number;
  readonly #lines = new Emitter<LogLine>();
  readonly #telemetry = new Emitter<InvocationTelemetry>();
  readonly #running = new Set<Invocation>();

  readonly onLine = this.#lines.event;
  /** Everything that extensions could be told, whether or not one subscribed. */
  readonly onTelemetry = this.#telemetry.event;

  /** `epochMs` is the wall clock. */
  constructor(settings: Pick<FunctionSettings, 'logFormat'>, epochMs: () => number) {
    this.#settings = settings;
    this.#epochMs = epochMs;
  }

  /** From here on lines may belong to this invocation. */
  begin(invocation: Invocation): void {
    this.#running.add(invocation);
  }

  end(invocation: Invocation): void {
    this.#running.delete(invocation);
  }

  /** Writes what the platform tells, and returns it as telemetry. `invocation` is the one it is about. */
  platform(event: PlatformEvent, invocation?: Invocation): TelemetryEvent {
    const timed = this.#timed(event.type, event.record);
    const { logFormat } = this.#settings;
    const lines = logFormat === 'JSON' ? [JSON.stringify(timed)] : textLines(event);
    const owner = invocation ?? this.#only();
    for (const line of lines) this.#write(line, { source: 'platform' }, owner);
    return this.#tell(timed, owner);
  }

  /** Writes a line of a process, and returns it as telemetry. */
  output(text: string, writer: Writer): TelemetryEvent {
    const owner = this.#ownerOf(text);
    this.#write(text, writer, owner);
    const record = this.#settings.logFormat === 'JSON' ? (parseObject(text) ?? text) : text;
    return this.#tell(this.#timed(writer.source, record), owner);
  }

  #tell(event: TelemetryEvent, owner: Invocation | undefined): TelemetryEvent {
    this.#telemetry.fire(owner === undefined ? event : { ...event, requestId: owner.requestId });
    return event;
  }

  #timed(type: string, record: unknown): TelemetryEvent {
    return { time: new Date(this.#epochMs()).toISOString(), type, record };
  }

  /** With several invocations at a time, a line belongs to the one whose id is in it. */
  #ownerOf(text: string): Invocation | undefined {
    if (this.#running.size <= 1) return this.#only();
    return [...this.#running].find(({ requestId }) => text.includes(requestId));
  }

  #only(): Invocation | undefined {
    const [first] = this.#running;
    return this.#running.size === 1 ? first : undefined;
  }

  #write(
    text: string,
    writer: Writer | { readonly source: 'platform' },
    owner: Invocation | undefined,
  ): void {
    owner?.tail.add(text);
    this.#lines.fire(
      owner === undefined ? { ...writer, text } : { ...writer, requestId: owner.requestId, text },
    );
  }
}
