import { UserError } from '../base/errors.ts';
import type { ProcessExit } from './environmentLauncher.ts';
import { goJson } from './http/goJson.ts';
import type { Answer } from './invocation.ts';
import { exitMessage, extensionExitMessage } from './runtime/exitMessage.ts';

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

/** The runtime's process ended by itself, perhaps after an extension inside it reported an error. */
export function exitFailure(exit: ProcessExit, reported?: ExtensionErrorType): Failure {
  const text = exitMessage(exit);
  return { ...crash(reported ?? 'Runtime.ExitError', text), error: startFailed(`${text}.`) };
}

/** The error types of extensions that Lambda reports (Runtime Interface Emulator, `fatalerror`). */
export type ExtensionErrorType =
  'Extension.InitError' | 'Extension.ExitError' | 'Extension.Crash' | 'Extension.LaunchError';

/** An extension's process ended; the first error that an extension reported before gives the type. */
export function extensionExitFailure(
  name: string,
  exit: ProcessExit,
  errorType: ExtensionErrorType,
): Failure {
  const text = extensionExitMessage(exit);
  const error = startFailed(`the extension "${name}" ended (${errorType}, ${text}).`);
  return { ...crash(errorType, text), error };
}

/** A program of `/opt/extensions` cannot be executed. */
export function extensionLaunchFailure(name: string, cause: unknown): Failure {
  const text = cause instanceof Error ? cause.message : String(cause);
  const error = startFailed(`the extension "${name}" cannot be executed (${text}).`, { cause });
  return { ...crash('Extension.LaunchError', text), error };
}

/** The runtime posted `init/error`: the first invocation is answered with that body, unchanged. */
export function initFailure(answer: Answer): Failure {
  const errorType = answer.errorType ?? 'Runtime.Unknown';
  return { errorType, error: startFailed(`the runtime reported ${errorType}.`), answer: () => answer };
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
    'InitFailed',
    `The function did not start: ${text}`,
    'See what it wrote to the log before that.',
    options,
  );
}
