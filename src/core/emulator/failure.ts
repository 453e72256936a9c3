import { UserError } from '../base/errors.ts';
import type { ProcessExit } from './environmentLauncher.ts';
import { goJson } from './http/goJson.ts';
import type { Answer } from './invocation.ts';
import { exitMessage } from './runtime/exitMessage.ts';

/** Why an execution environment is lost, and what the invocation that meets it is answered. */
export interface Failure {
  readonly errorType: string;
  /** The same in words for the person, when init failed. */
  readonly error: UserError;
  answer(requestId: string): Answer;
}

/** Bootstrap could not be started. */
export function launchFailure(error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  return {
    ...crash('Runtime.InvalidEntrypoint', text),
    error: error instanceof UserError ? error : startFailed(text, { cause: error }),
  };
}

/** The runtime's process ended by itself. */
export function exitFailure(exit: ProcessExit): Failure {
  const text = exitMessage(exit);
  return { ...crash('Runtime.ExitError', text), error: startFailed(`${text}.`) };
}

/** The runtime posted `init/error`: the first invocation is answered with that body, unchanged. */
export function initFailure(answer: Answer): Failure {
  const errorType = answer.errorType ?? 'Runtime.Unknown';
  return { errorType, error: startFailed(`it reported ${errorType}.`), answer: () => answer };
}

/** The answer of an invocation that reached the function's timeout. */
export function timeoutAnswer(requestId: string, timeoutMs: number): Answer {
  const text = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return errorAnswer('timeout', 'Sandbox.Timedout', `RequestId: ${requestId} Error: ${text}`);
}

/** An answer whose body is the error object Lambda itself writes: `errorType` first. */
export function errorAnswer(status: Answer['status'], errorType: string, errorMessage: string): Answer {
  return { status, errorType, payload: Buffer.from(goJson({ errorType, errorMessage })) };
}

function crash(errorType: string, text: string): Omit<Failure, 'error'> {
  return {
    errorType,
    answer: (requestId) => errorAnswer('crash', errorType, `RequestId: ${requestId} Error: ${text}`),
  };
}

function startFailed(text: string, options?: ErrorOptions): UserError {
  return new UserError(
    'BootstrapInvalid',
    `The runtime did not start: ${text}`,
    'See what it wrote to the log before that.',
    options,
  );
}
