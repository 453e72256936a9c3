/** What a subscriber of telemetry may choose from; also the source of a line of the log. */
export type TelemetryCategory = 'platform' | 'function' | 'extension';

/** One event of the Telemetry API (schema 2022-12-13). */
export interface TelemetryEvent {
  /** ISO 8601 with milliseconds, in UTC. */
  readonly time: string;
  /** `function`, `extension`, or a name like `platform.start`. */
  readonly type: string;
  /** A line of text, or a JSON object. */
  readonly record: unknown;
}

/** The category that an event's type belongs to. */
export function categoryOf({ type }: Pick<TelemetryEvent, 'type'>): TelemetryCategory {
  if (type === 'function' || type === 'extension') return type;
  return 'platform';
}
