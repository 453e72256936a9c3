import { isRecord } from '../base/json.ts';
import { compactJson } from '../invocations/jsonLayout.ts';

/** An event that was sent before. */
export interface RecentEvent {
  /** JSON. */
  readonly text: string;
  /** Name of the function that got it. */
  readonly functionName: string;
  /** When it was last sent, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** How much is remembered. Lengths are characters. */
const limits = { events: 20, eventLength: 64 * 1024, totalLength: 256 * 1024 } as const;

/** The list with a further event at its front, where it is only once; what is too long is not remembered. */
export function withRecentEvent(list: readonly RecentEvent[], event: RecentEvent): readonly RecentEvent[] {
  if (event.text.length > limits.eventLength) return list;
  const all = [event, ...withoutRecentEvent(list, event.text)].slice(0, limits.events);
  let length = 0;
  return all.filter(({ text }) => (length += text.length) <= limits.totalLength);
}

/** The list without an event. */
export function withoutRecentEvent(list: readonly RecentEvent[], text: string): readonly RecentEvent[] {
  return list.filter((event) => event.text !== text);
}

/** Reads what was stored, and leaves out what is not an event. */
export function readRecentEvents(stored: unknown): readonly RecentEvent[] {
  return Array.isArray(stored) ? stored.filter(isRecentEvent) : [];
}

/** An event in one line, at most so many characters long. */
export function eventLabel(text: string, maxLength: number): string {
  const line = compactJson(text);
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}

function isRecentEvent(value: unknown): value is RecentEvent {
  if (!isRecord(value)) return false;
  const { functionName, text, timeMs } = value;
  return typeof text === 'string' && typeof functionName === 'string' && typeof timeMs === 'number';
}
