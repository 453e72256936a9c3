import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../base/logger.ts';
import type { FunctionSettings } from '../functionSettings.ts';
import { readBody } from '../http/requestBody.ts';
import type { Invocation } from '../invocation.ts';
import { maxSyncPayloadBytes } from '../limits.ts';
import { traceHeader } from '../runtime/traceHeader.ts';
import { payloadTooLarge } from './eventPayload.ts';
import { decodedName, resolveQualifier } from './functionName.ts';
import { functionUrlEvent } from './functionUrlEvent.ts';
import { FunctionUrlResponse } from './functionUrlResponse.ts';
import type { InvocationSink } from './invokeApi.ts';
import { InvokeError } from './invokeError.ts';
import { identityHeaders } from './invokeReplies.ts';

/** `/lambda-url/<name>`, the path below it, the query. */
const pattern = /^\/lambda-url\/(?<name>[^/?]+)(?<path>\/[^?]*)?(?:\?(?<query>.*))?$/;

/** Where a request to a function URL leads. */
interface FunctionUrlTarget {
  readonly name: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
}

/**
 * The function URL: a function as a web server, at `/lambda-url/<name>/…` instead of a host name of its own. Nobody
 * has to sign in, as with the authentication type `NONE`.
 */
export class FunctionUrl {
  readonly #settings: FunctionSettings;
  readonly #sink: InvocationSink;
  readonly #logger: Logger;

  constructor(settings: FunctionSettings, sink: InvocationSink, logger: Logger) {
    this.#settings = settings;
    this.#sink = sink;
    this.#logger = logger;
  }

  /** Whether a request is one to a function URL. */
  serves(request: IncomingMessage): boolean {
    return targetOf(request.url) !== undefined;
  }

  /** Runs the function and answers. Throws `InvokeError` for a request that does not reach it. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request.url);
    const qualifier = resolveQualifier(decodedName(target?.name ?? ''), undefined, this.#settings);
    refuseWebSocket(request);
    const epochMs = Date.now();
    const trace = traceHeader(request.headersDistinct['x-amzn-trace-id']?.[0], epochMs);
    const body = await this.#body(request);
    const requestId = randomUUID();
    const event = functionUrlEvent(
      {
        method: request.method ?? 'GET',
        rawPath: target?.rawPath ?? '/',
        rawQueryString: target?.rawQueryString ?? '',
        headers: request.headersDistinct,
        httpVersion: request.httpVersion,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        body,
      },
      { functionName: this.#settings.functionName, requestId, traceHeader: trace, epochMs },
    );
    await this.#run(response, { event, requestId, qualifier, trace });
  }

  async #body(request: IncomingMessage): Promise<Buffer> {
    const body = await readBody(request, maxSyncPayloadBytes);
    if (body.kind === 'tooLarge') throw payloadTooLarge(body.size, 'RequestResponse');
    if (body.kind === 'complete') return body.bytes;
    throw new InvokeError('InvalidRequestContentException', 'The request ended in its middle.');
  }

  async #run(
    response: ServerResponse,
    call: { event: object; requestId: string; qualifier: string | undefined; trace: string },
  ): Promise<void> {
    let invocation: Invocation | undefined = undefined;
    const sink = new FunctionUrlResponse(response, {
      headers: () => (invocation === undefined ? {} : identityHeaders(invocation)),
      onMalformed: (reason) => {
        this.#logger.warn(`Function URL, request ${invocation?.requestId ?? ''}: ${reason}`);
      },
    });
    const { event, requestId, qualifier, trace } = call;
    const request = { payload: JSON.stringify(event), requestId, qualifier, traceHeader: trace, sink };
    const created = this.#sink.create(request, 'RequestResponse');
    invocation = created;
    this.#sink.submit(created);
    sink.finish(await created.answered.promise);
  }
}

function targetOf(url: string | undefined): FunctionUrlTarget | undefined {
  const groups = pattern.exec(url ?? '')?.groups;
  if (groups === undefined) return undefined;
  return {
    name: groups['name'] ?? '',
    rawPath: groups['path'] ?? '/',
    rawQueryString: groups['query'] ?? '',
  };
}

/** Function URLs know no WebSockets; other upgrades are offers that may be ignored (RFC 9110, 7.8). */
function refuseWebSocket({ headers }: IncomingMessage): void {
  if (!/(^|,)\s*websocket\s*(,|$)/i.test(headers.upgrade ?? '')) return;
  throw new InvokeError('InvalidRequestContentException', 'Function URLs do not serve WebSockets.');
}
