import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { executedVersion, type FunctionSettings } from '../functionSettings.ts';
import type { LoopbackService } from '../http/loopbackServer.ts';
import { readBody } from '../http/requestBody.ts';
import type { Invocation, InvokeRequest } from '../invocation.ts';
import { payloadLimit, payloadTooLarge, type InvocationType } from './eventPayload.ts';
import { EventStreamResponse } from './eventStreamResponse.ts';
import type { EventStreamEncoder } from './eventStreamWriter.ts';
import { resolveQualifier } from './functionName.ts';
import { FunctionUrl } from './functionUrl.ts';
import { InvokeError } from './invokeError.ts';
import {
  clientContextOf,
  invocationTypeOf,
  logTypeOf,
  streamingTypeOf,
  tenantIdOf,
} from './invokeHeaders.ts';
import { identityHeaders, sendInvokeError } from './invokeReplies.ts';
import { invokeTarget, type InvokeTarget } from './invokeTarget.ts';

/** Checks a request and makes an invocation of it; `submit` puts it on its way. */
export interface InvocationSink {
  /** Throws `InvokeError` for a request that may not be served. */
  create(request: InvokeRequest, type: InvocationType): Invocation;
  /** Throws `InvokeError` when there is no room for it. */
  submit(invocation: Invocation): void;
}

/** Loads what frames the events of `InvokeWithResponseStream`; called when the first one is asked for. */
export type EventStreamLoader = () => Promise<EventStreamEncoder>;

/** One call of the Invoke API, read and checked. */
interface InvokeCall {
  readonly type: InvocationType;
  readonly request: InvokeRequest;
  readonly withTail: boolean;
}

/**
 * The Invoke operations of the Lambda API, for the one function that runs: `Invoke` (2015-03-31),
 * `InvokeWithResponseStream` (2021-11-15), and its function URL.
 */
export class InvokeApi implements LoopbackService {
  readonly name = 'Invoke API';
  readonly truncatedBody = truncatedError().body;
  readonly #settings: FunctionSettings;
  readonly #sink: InvocationSink;
  readonly #logger: Logger;
  readonly #loadEventStream: EventStreamLoader | undefined;
  readonly #functionUrl: FunctionUrl;
  #eventStream: EventStreamEncoder | undefined;

  /** Without an `eventStream` there is no `InvokeWithResponseStream`. */
  constructor(
    settings: FunctionSettings,
    sink: InvocationSink,
    logger: Logger,
    eventStream?: EventStreamLoader,
  ) {
    this.#settings = settings;
    this.#sink = sink;
    this.#logger = logger;
    this.#loadEventStream = eventStream;
    this.#functionUrl = new FunctionUrl(settings, sink, logger);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (this.#functionUrl.serves(request)) await this.#functionUrl.handle(request, response);
      else await this.#invoke(request, response, invokeTarget(request.method, request.url));
    } catch (error) {
      sendInvokeError(response, error);
    }
  }

  internalError(response: ServerResponse): void {
    sendInvokeError(response, new Error('Internal error'));
  }

  async #invoke(request: IncomingMessage, response: ServerResponse, target: InvokeTarget): Promise<void> {
    const call = await this.#read(request, target);
    if (call.type !== 'RequestResponse') this.#accept(response, call, call.type);
    else if (target.operation === 'Invoke') await this.#answer(response, call);
    else await this.#stream(response, call);
  }

  async #read(request: IncomingMessage, target: InvokeTarget): Promise<InvokeCall> {
    const { headers, headersDistinct } = request;
    const qualifier = resolveQualifier(target.functionName, target.qualifier, this.#settings);
    const type = target.operation === 'Invoke' ? invocationTypeOf(headers) : streamingTypeOf(headers);
    const withTail = logTypeOf(headers) === 'Tail' && type === 'RequestResponse';
    const options = {
      qualifier,
      clientContext: type === 'RequestResponse' ? clientContextOf(headers) : undefined,
      tenantId: tenantIdOf(headers),
      traceHeader: headersDistinct['x-amzn-trace-id']?.[0],
    };
    return { type, withTail, request: { ...options, payload: await readPayload(request, type) } };
  }

  /** The runtime's answer is passed on as soon as it is there; only the log's tail needs the end of the invocation. */
  async #answer(response: ServerResponse, { request, withTail }: InvokeCall): Promise<void> {
    const invocation = this.#sink.create(request, 'RequestResponse');
    this.#sink.submit(invocation);
    const answer = await invocation.answered.promise;
    const logTail = withTail ? (await invocation.completed.promise).logTail : undefined;
    const headers = {
      ...identityHeaders(invocation),
      'Content-Type': 'application/json',
      'Content-Length': answer.payload.length,
      'X-Amz-Executed-Version': executedVersion(this.#settings, request.qualifier),
      ...(answer.status === 'success' ? {} : { 'X-Amz-Function-Error': 'Unhandled' }),
      ...(logTail === undefined ? {} : { 'X-Amz-Log-Result': Buffer.from(logTail).toString('base64') }),
    };
    response.writeHead(200, headers).end(answer.payload);
  }

  async #stream(response: ServerResponse, { request, withTail }: InvokeCall): Promise<void> {
    const encoder = await this.#encoder();
    let created: Invocation | undefined = undefined;
    const sink = new EventStreamResponse(response, encoder, () => ({
      ...(created === undefined ? {} : identityHeaders(created)),
      'X-Amz-Executed-Version': executedVersion(this.#settings, request.qualifier),
    }));
    const invocation = this.#sink.create({ ...request, sink }, 'RequestResponse');
    created = invocation;
    this.#sink.submit(invocation);
    try {
      const answer = await invocation.answered.promise;
      const logTail = withTail ? (await invocation.completed.promise).logTail : undefined;
      await sink.finish(answer, logTail);
    } catch (error) {
      if (!response.headersSent) throw error;
      await sink.abandon(describeError(error));
    }
  }

  async #encoder(): Promise<EventStreamEncoder> {
    this.#eventStream ??= await this.#loadEventStream?.();
    if (this.#eventStream !== undefined) return this.#eventStream;
    throw new InvokeError('UnknownOperationException', 'InvokeWithResponseStream is not served here.');
  }

  #accept(response: ServerResponse, { request }: InvokeCall, type: 'Event' | 'DryRun'): void {
    const invocation = this.#sink.create(request, type);
    if (type === 'Event') this.#sink.submit(invocation);
    invocation.completed.promise.catch((error: unknown) => {
      this.#logger.warn(`Event invocation ${invocation.requestId}: ${describeError(error)}`);
    });
    response.writeHead(type === 'Event' ? 202 : 204, identityHeaders(invocation)).end();
  }
}

async function readPayload(request: IncomingMessage, type: InvocationType): Promise<Buffer> {
  const body = await readBody(request, payloadLimit(type));
  if (body.kind === 'tooLarge') throw payloadTooLarge(body.size, type);
  if (body.kind === 'truncated') throw truncatedError();
  return body.bytes;
}

function truncatedError(): InvokeError {
  return new InvokeError('InvalidRequestContentException', 'The request ended in its middle.');
}
