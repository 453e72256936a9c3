import { parseObject } from '../../base/json.ts';
import { goJson } from '../http/goJson.ts';
import type { Answer } from '../invocation.ts';
import { causeContentType, errorCause } from './errorCause.ts';

/**
 * The answer made of an error that a runtime posted to `error` or `init/error`: its body, unchanged but for two
 * cases (see `errorBody`), under a validated error type, with its X-Ray cause apart.
 */
export function reportedError(
  errorType: string | undefined,
  contentType: string | undefined,
  body: Buffer,
  causeHeader?: string,
): Answer {
  const type = validErrorType(errorType ?? '');
  const cause = errorCause(contentType, body, causeHeader);
  return {
    status: 'error',
    errorType: type,
    payload: errorBody(type, contentType, body),
    ...(cause === undefined ? {} : { errorCause: cause }),
  };
}

/**
 * An error type as Lambda reports it: one that lacks the form `Runtime.Xyz` or `Function.Xyz` becomes `Unknown`. The
 * pattern is unanchored, as in the Runtime Interface Emulator (`fatalerror/fatalerror.go`).
 */
export function validErrorType(given: string): string {
  if (/(Runtime|Function)\.[A-Z][a-zA-Z]+/.test(given)) return given;
  return given.startsWith('Function.') ? 'Function.Unknown' : 'Runtime.Unknown';
}

function errorBody(errorType: string, contentType: string | undefined, body: Buffer): Buffer {
  if (contentType === causeContentType) return Buffer.from(withoutCause(body));
  if (body.length > 0) return body;
  // The contract says that Lambda builds the error object when a runtime sends none.
  return Buffer.from(goJson({ errorType, errorMessage: 'Unknown application error occurred' }));
}

/** Keeps of an error with its X-Ray cause what the invoker is to see; what is null counts as absent. */
function withoutCause(body: Buffer): string {
  const given = parseObject(body.toString('utf8'));
  const errorMessage = given?.['errorMessage'] ?? '';
  const errorType = given?.['errorType'] ?? '';
  const stackTrace = given?.['stackTrace'] ?? [];
  const isValid =
    given !== undefined &&
    typeof errorMessage === 'string' &&
    typeof errorType === 'string' &&
    Array.isArray(stackTrace) &&
    stackTrace.every((line) => typeof line === 'string');
  if (!isValid) return goJson('Invalid error body');
  return goJson({ errorMessage, errorType, ...(stackTrace.length > 0 ? { stackTrace } : {}) });
}
