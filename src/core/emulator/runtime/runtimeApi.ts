import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionSettings } from '../functionSettings.ts';
import { errorAnswer } from '../failure.ts';
import { goJson } from '../http/goJson.ts';
import type { Answer, Invocation } from '../invocation.ts';
import { maxResponseBytes } from '../limits.ts';
import type { LoopbackService } from '../http/loopbackServer.ts';
import { nextHeaders } from './nextHeaders.ts';
import { reportedError } from './reportedError.ts';
import { readBody, type RequestBody } from '../http/requestBody.ts';
import type { RuntimeSession } from './runtimeSession.ts';

/** One request and where its answer goes. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** Its first group is the request id. */
  readonly path: RegExp;
  readonly handle: (exchange: Exchange) => Promise<void> | void;
}

const truncated = { errorMessage: 'HTTP request detected as truncated', errorType: 'TruncatedHTTPRequest' };

/**
 * The Lambda Runtime API, version 2018-06-01, over HTTP. Statuses, bodies and the order of checks are those of the
 * Runtime Interface Emulator (`rapi/handler`, `rapi/rendering`).
 */
export class RuntimeApi implements LoopbackService {
  readonly name = 'Runtime API';
  readonly truncatedBody = `${goJson(truncated)}\n`;
  readonly #settings: FunctionSettings;
  readonly #session: () => RuntimeSession | undefined;
  readonly #routes: readonly Route[] = [
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

  /** `session` gives the conversation with the runtime of the current execution environment. */
  constructor(settings: FunctionSettings, session: () => RuntimeSession | undefined) {
    this.#settings = settings;
    this.#session = session;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const known = this.#routes.filter((route) => route.path.test(path));
    const route = known.find(({ method }) => method === request.method);
    if (route !== undefined) {
      await route.handle({ request, response, requestId: route.path.exec(path)?.[1] ?? '' });
    } else if (known.length > 0) {
      response.writeHead(405).end();
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
    }
  }

  internalError(response: ServerResponse): void {
    sendError(response, 500, 'InternalServerError', 'Internal Server Error');
  }

  #next({ response }: Exchange): void {
    const outcome = this.#session()?.next((invocation, deadlineMs) => {
      response.writeHead(200, nextHeaders(invocation, deadlineMs, this.#settings)).end(invocation.payload);
    });
    if (outcome === undefined) sendNoEnvironment(response);
    else if (outcome.kind !== 'accepted') sendRefusal(response, outcome);
    else response.once('close', () => outcome.value.dispose());
  }

  async #response({ request, response, requestId }: Exchange): Promise<void> {
    const taken = this.#begin(response, requestId, 'response');
    if (taken === undefined) return;
    const mode = request.headers['lambda-runtime-function-response-mode'];
    if (mode !== undefined && mode !== 'streaming') {
      // As in the official emulator the runtime is left in a state in which all further calls are refused.
      taken.invocation.answer(
        errorAnswer('error', 'Runtime.InvalidResponseModeHeader', 'Invalid function response mode'),
      );
      sendError(response, 400, 'InvalidFunctionResponseMode', 'Invalid function response mode');
      return;
    }
    const body = await readBody(request, maxResponseBytes);
    taken.session.finish(
      taken.invocation,
      body.kind === 'complete' ? { status: 'success', payload: body.bytes } : unusableBody(body),
    );
    acknowledge(response, body);
  }

  async #error({ request, response, requestId }: Exchange): Promise<void> {
    const taken = this.#begin(response, requestId, 'error');
    if (taken === undefined) return;
    const body = await readBody(request, maxResponseBytes);
    taken.session.finish(taken.invocation, errorOf(request, body));
    acknowledge(response, body);
  }

  async #initError({ request, response }: Exchange): Promise<void> {
    const session = this.#session();
    if (session === undefined) {
      sendNoEnvironment(response);
      return;
    }
    const outcome = session.beginInitError();
    if (outcome.kind !== 'accepted') {
      sendRefusal(response, outcome);
      return;
    }
    const body = await readBody(request, maxResponseBytes);
    session.finishInitError(errorOf(request, body));
    acknowledge(response, body);
  }

  #begin(
    response: ServerResponse,
    requestId: string,
    call: 'response' | 'error',
  ): { session: RuntimeSession; invocation: Invocation } | undefined {
    const session = this.#session();
    const outcome = session?.begin(requestId, call) ?? { kind: 'unknownId' as const };
    if (session !== undefined && outcome.kind === 'accepted') return { session, invocation: outcome.value };
    if (outcome.kind !== 'accepted') sendRefusal(response, outcome);
    return undefined;
  }
}

function ping({ response }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end('pong');
}

function errorOf(request: IncomingMessage, body: RequestBody): Answer {
  if (body.kind !== 'complete') return unusableBody(body);
  const errorType = request.headersDistinct['lambda-runtime-function-error-type']?.[0];
  return reportedError(errorType, request.headers['content-type'], body.bytes);
}

function unusableBody(body: Exclude<RequestBody, { kind: 'complete' }>): Answer {
  if (body.kind === 'truncated') {
    return errorAnswer('error', 'Runtime.TruncatedResponse', 'The runtime ended its response in the middle');
  }
  const text = `Response payload size (${body.size} bytes) exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
  return errorAnswer('error', 'Function.ResponseSizeTooLarge', text);
}

function acknowledge(response: ServerResponse, body: RequestBody): void {
  switch (body.kind) {
    case 'complete':
      sendJson(response, 202, { status: 'OK' });
      break;
    case 'tooLarge': {
      const text = `Exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
      sendError(response, 413, 'RequestEntityTooLarge', text);
      break;
    }
    case 'truncated':
      sendError(response, 400, truncated.errorType, truncated.errorMessage);
  }
}

function sendRefusal(
  response: ServerResponse,
  outcome: { kind: 'refused'; message: string } | { kind: 'unknownId' },
): void {
  if (outcome.kind === 'unknownId') sendError(response, 400, 'InvalidRequestID', 'Invalid request ID');
  else sendError(response, 403, 'InvalidStateTransition', outcome.message);
}

function sendNoEnvironment(response: ServerResponse): void {
  sendError(response, 403, 'Forbidden', 'No execution environment is running');
}

function sendError(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  sendJson(response, status, { errorMessage, errorType });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = `${goJson(value)}\n`;
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}
