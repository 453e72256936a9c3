import type { TelemetryEvent } from './telemetryEvent.ts';

type Fields = Readonly<Record<string, unknown>>;
type Mapping = (event: TelemetryEvent, record: Fields, schemaVersion: string) => readonly TelemetryEvent[];

/**
 * What the Logs API makes of events of the Telemetry API, in the words of its reference: the members that are
 * documented there, `platform.end`, `platform.fault` and `platform.logsSubscription`, which the Telemetry API no longer
 * has. All other platform events are unknown to the Logs API, and its clients may refuse what they do not know.
 */
const mappings: ReadonlyMap<string, Mapping> = new Map<string, Mapping>([
  ['platform.start', (event, record) => [{ ...event, record: pick(record, 'requestId', 'version') }]],
  ['platform.runtimeDone', runtimeDone],
  ['platform.report', report],
  ['platform.extension', (event) => [event]],
  ['platform.logsDropped', (event) => [event]],
  ['platform.telemetrySubscription', (event) => [{ ...event, type: 'platform.logsSubscription' }]],
]);

/** The events of the Logs API that stand for one of the Telemetry API; none for what it does not know. */
export function logsApiEvents(event: TelemetryEvent, schemaVersion: string): readonly TelemetryEvent[] {
  if (event.type === 'function' || event.type === 'extension') return [event];
  const record = typeof event.record === 'object' ? (event.record ?? {}) : {};
  return mappings.get(event.type)?.(event, record as Fields, schemaVersion) ?? [];
}

/** `platform.runtimeDone` came with schema 2021-03-18 and knows no other failure than `failure` and `timeout`. */
function runtimeDone(event: TelemetryEvent, record: Fields, schemaVersion: string): TelemetryEvent[] {
  const { requestId, status } = record;
  const events: TelemetryEvent[] = [];
  if (status === 'failure') {
    const text = `RequestId: ${String(requestId)} Process exited before completing request`;
    events.push({ time: event.time, type: 'platform.fault', record: text });
  }
  if (schemaVersion === '2021-03-18') {
    events.push({ ...event, record: { requestId, status: status === 'error' ? 'failure' : status } });
  }
  return events;
}

/** The end of an invocation has an event of its own, before the report, as in the log. */
function report(event: TelemetryEvent, record: Fields): TelemetryEvent[] {
  return [
    { time: event.time, type: 'platform.end', record: pick(record, 'requestId') },
    { ...event, record: pick(record, 'requestId', 'metrics', 'tracing') },
  ];
}

function pick(record: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(names.filter((name) => name in record).map((name) => [name, record[name]]));
}
