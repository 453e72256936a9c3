import type { IncomingMessage } from 'node:http';
import { goJson } from '../http/goJson.ts';
import type { Answer } from '../invocation.ts';
import { validErrorType } from './reportedError.ts';

/**
 * The error that a runtime reported after a response had begun, in the trailers of its request; `undefined` when there
 * is none, or they are empty. The body is base64 of JSON; Swift's client sends other text, which becomes the message.
 */
export function errorOfTrailers({ trailers }: Pick<IncomingMessage, 'trailers'>): Answer | undefined {
  const type = trailers['lambda-runtime-function-error-type'] ?? '';
  const body = trailers['lambda-runtime-function-error-body'] ?? '';
  if (type === '' && body === '') return undefined;
  const errorType = validErrorType(type);
  return { status: 'error', errorType, payload: Buffer.from(errorObject(errorType, body)) };
}

function errorObject(errorType: string, body: string): string {
  const decoded = /^[A-Za-z0-9+/]+={0,2}$/.test(body) ? Buffer.from(body, 'base64').toString('utf8') : '';
  try {
    JSON.parse(decoded);
    return decoded;
  } catch {
    return goJson({ errorType, errorMessage: body });
  }
}
