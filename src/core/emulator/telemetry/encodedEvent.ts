import { logsApiEvents } from './logsApiEvents.ts';
import type { Subscription } from './subscription.ts';
import { categoryOf, type TelemetryEvent } from './telemetryEvent.ts';

/** An event that is turned into JSON at most once, however many subscribers take it. */
export class EncodedEvent {
  readonly event: TelemetryEvent;
  #json: string | undefined;

  constructor(event: TelemetryEvent) {
    this.event = event;
  }

  /** Throws what `JSON.stringify` throws. */
  get json(): string {
    this.#json ??= JSON.stringify(this.event);
    return this.#json;
  }

  /** The JSON of the events that a subscription gets for this one, in order; often none. */
  jsonFor({ api, schemaVersion, types }: Subscription): readonly string[] {
    if (!types.includes(categoryOf(this.event))) return [];
    const events = api === 'logs' ? logsApiEvents(this.event, schemaVersion) : [this.event];
    return events.map((event) => {
      if (hasStructuredLine(event) && takesTextOnly(schemaVersion)) return JSON.stringify(asText(event));
      return event === this.event ? this.json : JSON.stringify(event);
    });
  }
}

/** Lines of the JSON log format are objects since schema 2022-12-13; before, every line was text. */
function takesTextOnly(schemaVersion: string): boolean {
  return schemaVersion < '2022-12-13';
}

function hasStructuredLine(event: TelemetryEvent): boolean {
  return categoryOf(event) !== 'platform' && typeof event.record !== 'string';
}

function asText(event: TelemetryEvent): TelemetryEvent {
  return { ...event, record: JSON.stringify(event.record) };
}
