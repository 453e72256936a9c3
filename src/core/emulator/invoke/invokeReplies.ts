import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { describeError } from '../../base/errors.ts';
import type { Invocation } from '../invocation.ts';
import { InvokeError } from './invokeError.ts';

/** The headers by which a caller finds an invocation in the log. */
export function identityHeaders(invocation: Invocation): OutgoingHttpHeaders {
  return { 'x-amzn-RequestId': invocation.requestId, 'X-Amzn-Trace-Id': invocation.traceHeader };
}

/**
 * Answers with an error of the API, which has a request id of its own. Once an answer has begun, only a broken
 * connection tells that it is not whole.
 */
export function sendInvokeError(response: ServerResponse, cause: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error = cause instanceof InvokeError ? cause : serviceError(cause);
  const { body, headers, status } = error;
  const identity = { 'x-amzn-RequestId': randomUUID() };
  response
    .writeHead(status, { ...identity, ...headers, 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}

/** What went wrong here, as opposed to in the request. */
export function serviceError(cause: unknown): InvokeError {
  return new InvokeError('ServiceException', describeError(cause));
}
