import { goJson } from '../http/goJson.ts';
import type { Answer } from '../invocation.ts';

const causeContentType = 'application/vnd.aws.lambda.error.cause+json';

/**
 * The answer made of an error that a runtime posted to `error` or `init/error`: its body, unchanged but for two
 * cases (see `errorBody`), under a validated error type.
 */
export function reportedError(
  errorType: string | undefined,
  contentType: string | undefined,
  body: Buffer,
): Answer {
  const type = validErrorType(errorType ?? '');
  return { status: 'error', errorType: type, payload: errorBody(type, contentType, body) };
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

/** Keeps of an error with its X-Ray cause what the invoker is to see. */
function withoutCause(body: Buffer): string {
  const { errorMessage = '', errorType = '', stackTrace } = parseObject(body) ?? { errorMessage: null };
  const strings = Array.isArray(stackTrace) && stackTrace.every((line) => typeof line === 'string');
  const valid = typeof errorMessage === 'string' && typeof errorType === 'string';
  if (!valid || (stackTrace !== undefined && !strings)) return goJson('Invalid error body');
  return goJson({ errorMessage, errorType, stackTrace });
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
