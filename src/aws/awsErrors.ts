import { isCancellation, systemErrorCode, UserError } from '../core/base/errors.ts';
import { credentialsError } from './credentialsErrors.ts';
import { actions, type Operation } from './operations.ts';
import type { CredentialsOrigin } from './profiles.ts';
import type { Redactor } from './redactor.ts';

/** What was tried, for the words of a failure. */
export interface CallContext {
  readonly operation: Operation;
  readonly region: string;
  readonly profile: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly redactor: Redactor;
  /** Where the credentials come from, as far as that is known. */
  readonly origin?: CredentialsOrigin | undefined;
  /** What the call was about, such as a function's name. */
  readonly subject?: string | undefined;
}

interface Failure {
  readonly name: string;
  /** Clean. */
  readonly message: string;
  readonly status: number | undefined;
  readonly cause: Error;
}

const throttlingNames = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestThrottled',
  'RequestLimitExceeded',
  'SlowDown',
  'EC2ThrottledException',
]);
const deniedNames = new Set(['AccessDeniedException', 'AccessDenied', 'KMSAccessDeniedException']);
const missingNames = new Set([
  'ResourceNotFoundException',
  'NoSuchBucket',
  'NoSuchKey',
  'NoSuchUpload',
  'NotFound',
]);
const limitNames = new Set([
  'CodeStorageExceededException',
  'PolicyLengthExceededException',
  'RequestTooLargeException',
  'RequestEntityTooLargeException',
  'EntityTooLarge',
  'ServiceQuotaExceededException',
]);
const signatureNames = new Set(['InvalidCodeSignatureException', 'CodeVerificationFailedException']);
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
]);

/**
 * Turns what the SDK threw into a `UserError` whose words hold no secret; cancellations and `UserError`s stay as
 * they are. The `cause` is a copy of name and message: requests, responses and headers do not go along.
 */
export function toUserError(error: unknown, context: CallContext): unknown {
  if (error instanceof UserError || isCancellation(error)) return error;
  const failure = describe(error, context.redactor);
  return (
    credentialsError(failure, context) ??
    throttled(failure, context) ??
    denied(failure, context) ??
    missing(failure, context) ??
    changed(failure, context) ??
    limited(failure, context) ??
    unsigned(failure, context) ??
    unreachable(error, failure, context) ??
    unreadable(failure, context) ??
    refused(failure, context)
  );
}

function describe(error: unknown, redactor: Redactor): Failure {
  const cause = redactor.cleanError(error);
  return { name: cause.name, message: cause.message, status: statusOf(error), cause };
}

/** The HTTP status that an SDK error carries. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: unknown };
  return typeof httpStatusCode === 'number' ? httpStatusCode : undefined;
}

function throttled({ name, status, cause }: Failure, context: CallContext): UserError | undefined {
  if (!throttlingNames.has(name) && status !== 429) return undefined;
  return new UserError(
    'Throttled',
    `AWS answers too many requests: ${what(context)} was refused for now.`,
    'Try again in a moment.',
    { cause },
  );
}

function denied({ name, message, status, cause }: Failure, context: CallContext): UserError | undefined {
  if (!deniedNames.has(name) && status !== 403) return undefined;
  const action = /perform: ([a-z0-9-]+:[A-Za-z*]+)/.exec(message)?.[1] ?? actions[context.operation];
  const who = context.profile === undefined ? 'These credentials' : `Profile ${context.profile}`;
  return new UserError(
    'AccessDenied',
    `${who} may not do ${action}: ${what(context)} was denied.`,
    `Ask for a policy that allows ${action}, or choose another profile.`,
    { cause },
  );
}

function missing({ name, message, cause }: Failure, context: CallContext): UserError | undefined {
  if (!missingNames.has(name)) return undefined;
  return new UserError(
    'NotFound',
    `${what(context)} found nothing in ${context.region}: ${sentence(message)}`,
    'Check the name, the region and the profile.',
    { cause },
  );
}

function changed({ name, message, cause }: Failure, context: CallContext): UserError | undefined {
  const isConflict = name === 'ResourceConflictException' || name === 'ConflictException';
  if (!isConflict && name !== 'PreconditionFailedException') return undefined;
  const fact = isConflict ? sentence(message) : 'Somebody else changed it meanwhile.';
  return new UserError(
    'ChangedMeanwhile',
    `${what(context)} was not done: ${fact}`,
    'Nothing was changed. Look at the present state and try again.',
    { cause },
  );
}

function limited({ name, message, status, cause }: Failure, context: CallContext): UserError | undefined {
  const isRule =
    name === 'InvalidParameterValueException' &&
    /more than \d+ layers|available size|unzipped size/i.test(message);
  if (!limitNames.has(name) && !isRule && status !== 413) return undefined;
  return new UserError(
    'LimitExceeded',
    `${what(context)} exceeds a limit: ${sentence(message)}`,
    'Make it smaller, remove what is not needed, or ask AWS for a higher quota.',
    { cause },
  );
}

function unsigned({ name, message, cause }: Failure, context: CallContext): UserError | undefined {
  if (!signatureNames.has(name)) return undefined;
  return new UserError(
    'RequestRefused',
    `AWS refused ${what(context)} for its code signature: ${sentence(message)}`,
    "Sign the zip with AWS Signer, or look at the function's code signing configuration.",
    { cause },
  );
}

function unreachable(error: unknown, failure: Failure, context: CallContext): UserError | undefined {
  const code = systemErrorCode(error);
  const isNetwork =
    (code !== undefined && networkCodes.has(code)) ||
    failure.name === 'TimeoutError' ||
    /socket hang up|aborted|other side closed|Parse Error/i.test(failure.message);
  if (isNetwork) return networkFailed(code ?? failure.message, failure, context);
  if (failure.status === undefined || failure.status < 500) return undefined;
  return new UserError(
    'ServiceFailed',
    `AWS failed to answer ${what(context)} (${failure.status} ${failure.name}).`,
    'Try again in a moment.',
    { cause: failure.cause },
  );
}

function networkFailed(fact: string, { cause }: Failure, context: CallContext): UserError {
  const where = context.endpointUrl === undefined ? `AWS in ${context.region}` : 'the configured endpoint';
  return new UserError(
    'NetworkFailed',
    `The connection to ${where} failed during ${what(context)} (${fact}).`,
    placeToCheck(context),
    { cause },
  );
}

/** The answer of something else, such as the page of a proxy. */
function unreadable({ message, cause }: Failure, context: CallContext): UserError | undefined {
  if (!message.includes('Deserialization error')) return undefined;
  return new UserError(
    'ServiceFailed',
    `The answer to ${what(context)} cannot be read: it does not look like one of AWS.`,
    placeToCheck(context),
    { cause },
  );
}

function placeToCheck({ endpointUrl }: CallContext): string {
  return endpointUrl === undefined
    ? 'Check the network, the proxy and the region.'
    : 'Check the setting lambdaLayers.aws.endpointUrl.';
}

function refused({ name, message, cause }: Failure, context: CallContext): UserError {
  return new UserError(
    'RequestRefused',
    `AWS refused ${what(context)}: ${sentence(message === '' ? name : message)}`,
    undefined,
    { cause },
  );
}

function what({ operation, subject }: CallContext): string {
  return subject === undefined ? operation : `${operation} of ${subject}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
