import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Logger } from '../../base/logger.ts';
import { describeError } from '../../base/errors.ts';
import { payloadLimit, payloadTooLarge, type InvocationType } from './eventPayload.ts';
import { resolveQualifier } from './functionName.ts';
import type { FunctionSettings } from '../functionSettings.ts';
import type { Answer, Invocation, InvokeRequest } from '../invocation.ts';
import { InvokeError } from './invokeError.ts';
import { clientContextOf, invocationTypeOf, logTypeOf, tenantIdOf } from './invokeHeaders.ts';
import type { LoopbackService } from '../http/loopbackServer.ts';
import { readBody } from '../http/requestBody.ts';

/** Checks a request and makes an invocation of it; `submit` puts it on its way. */
export interface InvocationSink {
  /** Throws `InvokeError` for a request that may not be served. */
  create(request: InvokeRequest, type: InvocationType): Invocation;
  submit(invocation: Invocation): void;
}

const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The Invoke operation of the Lambda API, 2015-03-31, for the one function that runs. */
export class InvokeApi implements LoopbackService {
  readonly name = 'Invoke API';
  readonly truncatedBody = errorBody(
    new InvokeError('InvalidRequestContentException', 'The request ended in its middle.'),
  );
  readonly #settings: FunctionSettings;
  readonly #sink: InvocationSink;
  readonly #logger: Logger;

  constructor(settings: FunctionSettings, sink: InvocationSink, logger: Logger) {
    this.#settings = settings;
    this.#sink = sink;
    this.#logger = logger;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#invoke(request, response);
    } catch (error) {
      sendError(response, error instanceof InvokeError ? error : serviceError(error));
    }
  }

  internalError(response: ServerResponse): void {
    sendError(response, serviceError(new Error('Internal error')));
  }

  async #invoke(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { functionName, qualifier } = target(request);
    const chosen = resolveQualifier(functionName, qualifier, this.#settings);
    const type = invocationTypeOf(request.headers);
    const withTail = logTypeOf(request.headers) === 'Tail' && type === 'RequestResponse';
    const options: Omit<InvokeRequest, 'payload'> = {
      contentType: request.headers['content-type'],
      qualifier: chosen,
      clientContext: type === 'RequestResponse' ? clientContextOf(request.headers) : undefined,
      tenantId: tenantIdOf(request.headers),
      traceHeader: request.headersDistinct['x-amzn-trace-id']?.[0],
    };
    const payload = await readPayload(request, type);
    const invocation = this.#sink.create({ ...options, payload }, type);
    if (type !== 'DryRun') this.#sink.submit(invocation);
    if (type === 'RequestResponse') await this.#answer(response, invocation, withTail);
    else this.#accept(response, invocation, type);
  }

  /** The runtime's answer is passed on as soon as it is there; only the log's tail needs the end of the invocation. */
  async #answer(response: ServerResponse, invocation: Invocation, withTail: boolean): Promise<void> {
    const answer: Answer = await invocation.answered.promise;
    const logTail = withTail ? (await invocation.completed.promise).logTail : undefined;
    const headers: OutgoingHttpHeaders = {
      ...identity(invocation),
      'Content-Type': 'application/json',
      'Content-Length': answer.payload.length,
      'X-Amz-Executed-Version': this.#settings.version,
      ...(answer.status === 'success' ? {} : { 'X-Amz-Function-Error': 'Unhandled' }),
      ...(logTail === undefined ? {} : { 'X-Amz-Log-Result': Buffer.from(logTail).toString('base64') }),
    };
    response.writeHead(200, headers).end(answer.payload);
  }

  #accept(response: ServerResponse, invocation: Invocation, type: 'Event' | 'DryRun'): void {
    invocation.completed.promise.catch((error: unknown) => {
      this.#logger.warn(`Event invocation ${invocation.requestId}: ${describeError(error)}`);
    });
    response.writeHead(type === 'Event' ? 202 : 204, identity(invocation)).end();
  }
}

function target(request: IncomingMessage): { functionName: string; qualifier: string | undefined } {
  const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
  const encoded = path.exec(url?.pathname ?? '')?.[1];
  if (url === null || encoded === undefined || request.method !== 'POST') {
    throw new InvokeError('UnknownOperationException', 'Only the Invoke operation is served here.');
  }
  return { functionName: decoded(encoded), qualifier: url.searchParams.get('Qualifier') ?? undefined };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvokeError(
      'InvalidParameterValueException',
      'The function name is not properly percent-encoded.',
    );
  }
}

async function readPayload(request: IncomingMessage, type: InvocationType): Promise<Buffer> {
  const body = await readBody(request, payloadLimit(type));
  if (body.kind === 'tooLarge') throw payloadTooLarge(body.size, type);
  if (body.kind === 'truncated') {
    throw new InvokeError('InvalidRequestContentException', 'The request ended in its middle.');
  }
  return body.bytes;
}

function identity(invocation: Invocation): OutgoingHttpHeaders {
  return { 'x-amzn-RequestId': invocation.requestId, 'X-Amzn-Trace-Id': invocation.traceHeader };
}

function serviceError(error: unknown): InvokeError {
  return new InvokeError('ServiceException', describeError(error));
}

function errorBody(error: InvokeError): string {
  return `${JSON.stringify({ Type: error.fault, Message: error.message })}\n`;
}

function sendError(response: ServerResponse, error: InvokeError): void {
  const body = errorBody(error);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-ErrorType': error.name,
  };
  response.writeHead(error.status, headers).end(body);
}
