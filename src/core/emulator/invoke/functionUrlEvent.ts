import { isUtf8 } from 'node:buffer';

/** One HTTP request to a function URL. */
export interface FunctionUrlRequest {
  readonly method: string;
  /** The path below the function, as it was sent: `/` at least, still percent-encoded. */
  readonly rawPath: string;
  /** Without the question mark. */
  readonly rawQueryString: string;
  /** By lower-case name, a value for each line. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly httpVersion: string;
  readonly sourceIp: string;
  readonly body: Buffer;
}

/** What the event says besides the request. */
export interface FunctionUrlContext {
  readonly functionName: string;
  readonly requestId: string;
  readonly traceHeader: string;
  /** Milliseconds since 1970. */
  readonly epochMs: number;
}

/** Headers between a client and the next server only (RFC 9110, 7.6.1); Lambda's front end does not pass them on. */
const connectionHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
]);

/** Bodies that are passed on as text, the others in base64 (payload format 2.0; forms are not among them). */
const textTypes = /^(text\/[^;]+|application\/(json|javascript|xml))\s*(;|$)/i;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The event of a request to a function URL, payload format version 2.0 (developer guide, "Invoking Lambda function
 * URLs"), as an anonymous caller's comes: members without a value are absent. `domainName` is the address that was
 * called, so that links a function makes of it lead back here.
 */
export function functionUrlEvent(request: FunctionUrlRequest, context: FunctionUrlContext): object {
  const query = queryParameters(request.rawQueryString);
  const cookies = cookiesOf(request.headers['cookie'] ?? []);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: headersOf(request, context),
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: requestContext(request, context),
    ...bodyOf(request),
  };
}

function requestContext(request: FunctionUrlRequest, context: FunctionUrlContext): object {
  const { functionName, requestId, epochMs } = context;
  return {
    accountId: 'anonymous',
    apiId: functionName,
    domainName: request.headers['host']?.[0] ?? '',
    domainPrefix: functionName,
    http: {
      method: request.method,
      path: decodedPath(request.rawPath),
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent']?.join(',') ?? '',
    },
    requestId,
    routeKey: '$default',
    stage: '$default',
    time: logTime(epochMs),
    timeEpoch: epochMs,
  };
}

function headersOf(request: FunctionUrlRequest, context: FunctionUrlContext): object {
  const named = (request.headers['connection'] ?? []).flatMap((line) => line.toLowerCase().split(/\s*,\s*/));
  const sent = Object.entries(request.headers)
    .filter(([name]) => !connectionHeaders.has(name) && !named.includes(name))
    .map(([name, lines = []]) => [name, lines.join(',')] as const);
  return Object.fromEntries([
    ['x-forwarded-for', request.sourceIp] as const,
    ...(request.method === 'HEAD' ? [] : [['content-length', String(request.body.length)] as const]),
    ...sent,
    ['x-forwarded-proto', 'http'] as const,
    ['x-forwarded-port', /:(\d+)$/.exec(request.headers['host']?.[0] ?? '')?.[1] ?? '80'] as const,
    ['x-amzn-trace-id', context.traceHeader] as const,
  ]);
}

function cookiesOf(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => line.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
}

/** Values of a repeated name are joined by commas. */
function queryParameters(rawQueryString: string): Record<string, string> | undefined {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  if (values.size === 0) return undefined;
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(',')]));
}

function bodyOf({ body, headers }: FunctionUrlRequest): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText =
    textTypes.test(headers['content-type']?.[0] ?? '') && headers['content-encoding'] === undefined;
  if (isText && isUtf8(body)) return { body: body.toString('utf8'), isBase64Encoded: false };
  return { body: body.toString('base64'), isBase64Encoded: true };
}

function decodedPath(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return rawPath;
  }
}

/** The time in UTC, as web servers log it: `12/Mar/2020:19:03:58 +0000`. */
function logTime(epochMs: number): string {
  const time = new Date(epochMs);
  const clock = time.toISOString().slice(11, 19);
  const day = String(time.getUTCDate()).padStart(2, '0');
  return `${day}/${months[time.getUTCMonth()] ?? ''}/${time.getUTCFullYear()}:${clock} +0000`;
}
