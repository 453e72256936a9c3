import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isRecord } from '../../base/json.ts';

/** Status and headers that a function decided on. */
export interface HttpHead {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** What a function returned for a browser, or why that is none. Reasons quote nothing of what it returned. */
export type Interpreted<T> = ({ readonly kind: 'valid' } & T) | Malformed;

/** Why a response cannot be sent: one sentence. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly reason: string;
}

/** How an HTTP message is delimited is decided here, never by the function. */
const framingHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads `statusCode`, `headers` and `cookies` of a response in payload format 2.0, or of a stream's prelude. Nothing
 * that HTTP does not allow comes through, line breaks in particular. `contentType` is taken when none is named.
 */
export function httpHead(
  metadata: Readonly<Record<string, unknown>>,
  contentType: string,
): Interpreted<{ readonly head: HttpHead }> {
  const status = statusOf(metadata['statusCode']);
  if (status === undefined) return malformed('The statusCode is not a whole number from 200 to 599.');
  const lines = headerLines(metadata['headers'], metadata['cookies']);
  if (typeof lines === 'string') return malformed(lines);
  const headers = new Map<string, string[]>();
  for (const [name, value] of lines) headers.set(name, [...(headers.get(name) ?? []), value]);
  if (!headers.has('content-type')) headers.set('content-type', [contentType]);
  const entries = [...headers].map(([name, values]) => [name, oneOrAll(values)] as const);
  return { kind: 'valid', head: { status, headers: Object.fromEntries(entries) } };
}

/** A response that cannot be sent. */
export function malformed(reason: string): Malformed {
  return { kind: 'malformed', reason };
}

function statusOf(value: unknown): number | undefined {
  if (value === undefined) return 200;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  // An interim answer (1xx) cannot be the only one.
  return /^[2-5]\d\d$/.test(text) ? Number(text) : undefined;
}

/** The header lines with lower-case names, or why there are none. */
function headerLines(headers: unknown, cookies: unknown): [name: string, value: string][] | string {
  const named = headers ?? {};
  const set = cookies ?? [];
  if (!isRecord(named)) return 'The headers are not an object.';
  if (!Array.isArray(set)) return 'The cookies are not an array.';
  const lines = [
    ...Object.entries(named).map(([name, value]) => [name.toLowerCase(), headerText(value)] as const),
    ...set.map((cookie: unknown) => ['set-cookie', headerText(cookie)] as const),
  ].filter(([name]) => !framingHeaders.has(name));
  try {
    for (const [name, value] of lines) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
  } catch {
    return 'A header or cookie has characters that HTTP does not allow.';
  }
  return lines.map(([name, value]) => [name, value]);
}

/** A value that is no string becomes text as the service makes it: `[a, b]`, `{name=value}`. */
function headerText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(headerText).join(', ')}]`;
  if (isRecord(value)) {
    const members = Object.entries(value).map(([name, member]) => `${name}=${headerText(member)}`);
    return `{${members.join(', ')}}`;
  }
  return String(value);
}

function oneOrAll(values: string[]): string | string[] {
  return values.length === 1 ? (values[0] ?? '') : values;
}
