import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer } from '../failure.ts';
import type { PausableClock } from '../clock.ts';
import type { FunctionSettings } from '../functionSettings.ts';
import type { Exchange, Route } from '../http/apiRouter.ts';
import { sendAccepted, sendError } from '../http/replies.ts';
import { readBody, type RequestBody } from '../http/requestBody.ts';
import type { Answer, Invocation } from '../invocation.ts';
import type { ResponseSink } from '../invoke/responseSink.ts';
import { maxResponseBytes } from '../limits.ts';
import { Bandwidth } from './bandwidth.ts';
import { errorOfTrailers } from './errorTrailers.ts';
import { nextHeaders } from './nextHeaders.ts';
import { reportedError } from './reportedError.ts';
import { relayBody } from './responseRelay.ts';
import type { CallOutcome, RuntimeConversation } from './runtimeConversation.ts';

/** The error object for a request that ends in its middle. */
export const truncatedRequest = {
  errorMessage: 'HTTP request detected as truncated',
  errorType: 'TruncatedHTTPRequest',
};

/**
 * The Lambda Runtime API, version 2018-06-01, over HTTP. Statuses, bodies and the order of checks are those of the
 * Runtime Interface Emulator (`rapi/handler`, `rapi/rendering`).
 */
export class RuntimeApi {
  readonly routes: readonly Route[] = [
    { method: 'GET', path: /^\/2018-06-01\/ping$/, handle: ping },
    {
      method: 'GET',
      path: /^\/2018-06-01\/runtime\/invocation\/next$/,
      handle: (exchange) => {
        this.#next(exchange);
      },
    },
    {
      method: 'POST',
      path: /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/response$/,
      handle: (exchange) => this.#response(exchange),
    },
    {
      method: 'POST',
      path: /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/error$/,
      handle: (exchange) => this.#error(exchange),
    },
    {
      method: 'POST',
      path: /^\/2018-06-01\/runtime\/init\/error$/,
      handle: (exchange) => this.#initError(exchange),
    },
  ];
  readonly #settings: FunctionSettings;
  readonly #clock: PausableClock;
  readonly #conversation: () => RuntimeConversation | undefined;

  /** `conversation` gives the one with the runtime of the current execution environment. */
  constructor(
    settings: FunctionSettings,
    clock: PausableClock,
    conversation: () => RuntimeConversation | undefined,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#conversation = conversation;
  }

  #next({ response }: Exchange): void {
    const outcome = this.#conversation()?.next((invocation, deadlineMs) => {
      response.writeHead(200, nextHeaders(invocation, deadlineMs, this.#settings)).end(invocation.payload);
    });
    if (outcome === undefined) sendNoEnvironment(response);
    else if (outcome.kind !== 'accepted') sendRefusal(response, outcome);
    else response.once('close', () => outcome.value.dispose());
  }

  async #response({ request, response, parameter }: Exchange): Promise<void> {
    const taken = this.#begin(response, parameter, 'response');
    if (taken === undefined) return;
    const { conversation, invocation } = taken;
    const given = request.headers['lambda-runtime-function-response-mode'];
    const mode = given === '' ? undefined : given; // Go's servers do not tell the two apart
    if (mode !== undefined && mode !== 'streaming') {
      // As in the official emulator the runtime is left in a state in which all further calls are refused.
      invocation.answer(
        errorAnswer('error', 'Runtime.InvalidResponseModeHeader', 'Invalid function response mode'),
      );
      sendError(response, 400, 'InvalidFunctionResponseMode', 'Invalid function response mode');
      return;
    }
    const { sink } = invocation.request;
    const streamed = sink?.wants({ mode, contentType: request.headers['content-type'] }) === true;
    const limit = streamed ? this.#settings.maxStreamedBytes : maxResponseBytes;
    const body = streamed
      ? await this.#relay(request, invocation, sink)
      : await readBody(request, maxResponseBytes);
    if (body.kind === 'complete')
      invocation.response = { startMs: 0, ...invocation.response, bytes: body.size };
    const outcome = conversation.finish(invocation, responseOf(request, body, limit));
    await invokerAnswered(invocation);
    acknowledge(response, outcome, body, limit);
  }

  /** The invoker of a stream that is too long is not kept waiting for its end, which may never come. */
  #relay(request: IncomingMessage, invocation: Invocation, sink: ResponseSink): Promise<RequestBody> {
    const { limitBandwidth, maxStreamedBytes: maxBytes } = this.#settings;
    const bandwidth = limitBandwidth ? new Bandwidth(this.#clock) : undefined;
    const onOversized = (size: number): void => {
      invocation.answer(unusableBody({ kind: 'tooLarge', size }, maxBytes));
    };
    return relayBody(request, sink, { bandwidth, maxBytes, onOversized });
  }

  async #error({ request, response, parameter }: Exchange): Promise<void> {
    const taken = this.#begin(response, parameter, 'error');
    if (taken === undefined) return;
    const body = await readBody(request, maxResponseBytes);
    const outcome = taken.conversation.finish(taken.invocation, errorOf(request, body));
    await invokerAnswered(taken.invocation);
    acknowledge(response, outcome, body, maxResponseBytes);
  }

  async #initError({ request, response }: Exchange): Promise<void> {
    const conversation = this.#conversation();
    if (conversation === undefined) {
      sendNoEnvironment(response);
      return;
    }
    const outcome = conversation.beginInitError();
    if (outcome.kind !== 'accepted') {
      sendRefusal(response, outcome);
      return;
    }
    const body = await readBody(request, maxResponseBytes);
    conversation.finishInitError(errorOf(request, body));
    acknowledge(response, outcome, body, maxResponseBytes);
  }

  #begin(
    response: ServerResponse,
    requestId: string,
    call: 'response' | 'error',
  ): { conversation: RuntimeConversation; invocation: Invocation } | undefined {
    const conversation = this.#conversation();
    const outcome = conversation?.begin(requestId, call) ?? { kind: 'unknownId' as const };
    if (conversation !== undefined && outcome.kind === 'accepted') {
      return { conversation, invocation: outcome.value };
    }
    if (outcome.kind !== 'accepted') sendRefusal(response, outcome);
    return undefined;
  }
}

function ping({ response }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end('pong');
}

function responseOf(request: IncomingMessage, body: RequestBody, limit: number): Answer {
  if (body.kind !== 'complete') return unusableBody(body, limit);
  const contentType = request.headers['content-type'];
  const success = { status: 'success', payload: body.bytes } as const;
  return errorOfTrailers(request) ?? (contentType === undefined ? success : { ...success, contentType });
}

function errorOf(request: IncomingMessage, body: RequestBody): Answer {
  if (body.kind !== 'complete') return unusableBody(body, maxResponseBytes);
  const errorType = request.headersDistinct['lambda-runtime-function-error-type']?.[0];
  const cause = request.headersDistinct['lambda-runtime-function-xray-error-cause']?.[0];
  return reportedError(errorType, request.headers['content-type'], body.bytes, cause);
}

function unusableBody(body: Exclude<RequestBody, { kind: 'complete' }>, limit: number): Answer {
  if (body.kind === 'truncated') {
    return errorAnswer('error', 'Runtime.TruncatedResponse', 'The runtime ended its response in the middle');
  }
  const text = `Response payload size (${body.size} bytes) exceeded maximum allowed payload size (${limit} bytes).`;
  return errorAnswer('error', 'Function.ResponseSizeTooLarge', text);
}

/** The invoker, who has waited for longer, is written to before the runtime is. */
async function invokerAnswered({ answered }: Invocation): Promise<void> {
  await answered.promise.catch(() => undefined);
}

/** Tells the runtime what became of what it posted: `outcome` is that of the call, `limit` that of its body. */
function acknowledge(
  response: ServerResponse,
  outcome: CallOutcome<undefined>,
  body: RequestBody,
  limit: number,
): void {
  if (outcome.kind !== 'accepted') {
    sendRefusal(response, outcome);
    return;
  }
  switch (body.kind) {
    case 'complete':
      sendAccepted(response);
      break;
    case 'tooLarge': {
      const text = `Exceeded maximum allowed payload size (${limit} bytes).`;
      sendError(response, 413, 'RequestEntityTooLarge', text);
      break;
    }
    case 'truncated':
      sendError(response, 400, truncatedRequest.errorType, truncatedRequest.errorMessage);
  }
}

function sendRefusal(
  response: ServerResponse,
  outcome: Exclude<CallOutcome<unknown>, { kind: 'accepted' }>,
): void {
  switch (outcome.kind) {
    case 'unknownId':
      sendError(response, 400, 'InvalidRequestID', 'Invalid request ID');
      break;
    case 'refused':
      sendError(response, 403, 'InvalidStateTransition', outcome.message);
      break;
    case 'timedOut':
      sendError(response, 410, 'InvokeTimeout', 'Invoke timeout');
  }
}

function sendNoEnvironment(response: ServerResponse): void {
  sendError(response, 403, 'Forbidden', 'No execution environment is running');
}
