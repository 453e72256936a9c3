import { isRecord, parseObject } from '../../base/json.ts';
import type { TelemetryCategory } from './telemetryEvent.ts';

/** The API through which an extension subscribes; the Logs API is the older one and still in use. */
export type SubscriptionApi = 'telemetry' | 'logs';

/** When collected events are sent: as soon as one of the limits is reached. */
export interface Buffering {
  readonly maxItems: number;
  /** Bytes of JSON. */
  readonly maxBytes: number;
  /** Milliseconds since the first event of the batch. */
  readonly timeoutMs: number;
}

/** Where events go, always on 127.0.0.1. */
export type DestinationSettings = HttpDestinationSettings | TcpDestinationSettings;

/** A destination that takes JSON arrays. */
export interface HttpDestinationSettings {
  readonly protocol: 'HTTP';
  /** For the Host header: `sandbox.localdomain` or `sandbox`. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  readonly method: 'POST' | 'PUT';
}

/** A destination that takes lines of JSON. */
export interface TcpDestinationSettings {
  readonly protocol: 'TCP';
  readonly port: number;
}

/** What an extension asked for. */
export interface Subscription {
  readonly api: SubscriptionApi;
  readonly schemaVersion: string;
  readonly types: readonly TelemetryCategory[];
  readonly buffering: Buffering;
  readonly destination: DestinationSettings;
}

/** A subscription, or all that is wrong with it. */
export type ParsedSubscription =
  | { readonly kind: 'valid'; readonly subscription: Subscription }
  | { readonly kind: 'invalid'; readonly message: string };

const schemaVersions = {
  telemetry: ['2022-07-01', '2022-12-13', '2025-01-29'],
  logs: ['2020-08-15', '2021-03-18'],
} as const;

const categories: readonly TelemetryCategory[] = ['platform', 'function', 'extension'];

/** Ranges and defaults of the Telemetry API, which are those of the Logs API. */
const bufferingRules = {
  maxItems: { min: 1_000, max: 10_000, otherwise: 10_000 },
  maxBytes: { min: 262_144, max: 1_048_576, otherwise: 262_144 },
  timeoutMs: { min: 25, max: 30_000, otherwise: 1_000 },
} as const;

const hosts = ['sandbox.localdomain', 'sandbox'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the body of a subscription. Like the service, whose example is "URI port is not provided; types should not be
 * empty", it names everything that is wrong at once. No destination may use one of `reservedPorts`.
 */
export function parseSubscription(
  api: SubscriptionApi,
  body: Buffer,
  reservedPorts: readonly number[],
): ParsedSubscription {
  const fields = parseObject(body.toString('utf8'));
  if (fields === undefined) return { kind: 'invalid', message: 'request body should be a JSON object' };
  const faults: string[] = [];
  const schemaVersion = parseSchemaVersion(api, fields['schemaVersion'], faults);
  const destination = parseDestination(api, fields['destination'], faults);
  if (destination !== undefined && reservedPorts.includes(destination.port)) {
    faults.push(`${portField(destination)} ${destination.port} is reserved`);
  }
  const types = parseTypes(fields['types'], faults);
  const buffering = parseBuffering(fields['buffering'], faults);
  if (faults.length > 0 || destination === undefined) return { kind: 'invalid', message: faults.join('; ') };
  return { kind: 'valid', subscription: { api, schemaVersion, types, buffering, destination } };
}

function parseSchemaVersion(api: SubscriptionApi, value: unknown, faults: string[]): string {
  const known: readonly string[] = schemaVersions[api];
  const chosen = value === undefined && api === 'logs' ? '2020-08-15' : value; // the Logs API has a default
  if (typeof chosen === 'string' && known.includes(chosen)) return chosen;
  faults.push(`schemaVersion should be one of ${known.join(', ')}`);
  return '';
}

function parseTypes(value: unknown, faults: string[]): readonly TelemetryCategory[] {
  if (!Array.isArray(value)) {
    faults.push('types should be an array');
    return [];
  }
  const chosen = categories.filter((category) => value.includes(category));
  if (value.length === 0) faults.push('types should not be empty');
  else if (!value.every((type) => categories.some((category) => category === type))) {
    faults.push(`types should be of ${categories.join(', ')}`);
  }
  return chosen.sort((a, b) => value.indexOf(a) - value.indexOf(b));
}

function parseBuffering(value: unknown, faults: string[]): Buffering {
  if (value !== undefined && !isRecord(value)) faults.push('buffering should be an object');
  const fields = isRecord(value) ? value : {};
  const read = (name: keyof Buffering): number => {
    const { min, max, otherwise } = bufferingRules[name];
    const given = fields[name] === undefined ? otherwise : fields[name];
    if (isInteger(given, min, max)) return given;
    faults.push(`buffering.${name} should be an integer from ${min} to ${max}`);
    return otherwise;
  };
  return { maxItems: read('maxItems'), maxBytes: read('maxBytes'), timeoutMs: read('timeoutMs') };
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function parseDestination(
  api: SubscriptionApi,
  value: unknown,
  faults: string[],
): DestinationSettings | undefined {
  if (!isRecord(value)) {
    faults.push('destination should be an object');
    return undefined;
  }
  switch (value['protocol']) {
    case 'HTTP':
      return parseHttpDestination(api, value, faults);
    case 'TCP':
      if (isInteger(value['port'], 1, 65_535)) return { protocol: 'TCP', port: value['port'] };
      faults.push('destination.port should be an integer from 1 to 65535');
      return undefined;
    default:
      faults.push('destination.protocol should be HTTP or TCP');
      return undefined;
  }
}

function parseHttpDestination(
  api: SubscriptionApi,
  fields: Fields,
  faults: string[],
): DestinationSettings | undefined {
  const method = api === 'logs' ? parseLogsTransfer(fields, faults) : 'POST';
  const uri = fields['URI'];
  if (typeof uri !== 'string' || !URL.canParse(uri) || new URL(uri).protocol !== 'http:') {
    faults.push('destination.URI should be of the form http://sandbox.localdomain:PORT/PATH');
    return undefined;
  }
  const { hostname, pathname, search, username } = new URL(uri);
  const port = portOf(uri);
  if (!hosts.includes(hostname) || username !== '') {
    faults.push('destination.URI host should be sandbox.localdomain');
  }
  if (port === undefined) faults.push('URI port is not provided');
  else if (port === 0) faults.push('destination.URI port should be from 1 to 65535');
  if (port === undefined || port === 0) return undefined;
  return { protocol: 'HTTP', host: hostname, port, path: `${pathname}${search}`, method };
}

/** The Logs API alone lets the extension choose the method and name the encoding, of which there is one. */
function parseLogsTransfer({ method = 'POST', encoding = 'JSON' }: Fields, faults: string[]): 'POST' | 'PUT' {
  if (encoding !== 'JSON') faults.push('destination.encoding should be JSON');
  if (method === 'POST' || method === 'PUT') return method;
  faults.push('destination.method should be POST or PUT');
  return 'POST';
}

/** The port in a URI; `URL` itself does not tell an explicit 80 from none. */
function portOf(uri: string): number | undefined {
  const { port } = new URL(uri);
  if (port !== '') return Number(port);
  return /^[^/?#]*\/\/[^/?#]*:0*80(?:[/?#]|$)/.test(uri.trim()) ? 80 : undefined;
}

function portField({ protocol }: DestinationSettings): string {
  return protocol === 'HTTP' ? 'destination.URI port' : 'destination.port';
}
