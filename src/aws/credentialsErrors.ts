import { basename } from 'node:path';
import { UserError } from '../core/base/errors.ts';
import type { CredentialsOrigin } from './profiles.ts';

/** Who was asked, and for whom. */
interface CredentialsContext {
  readonly profile: string | undefined;
  /** Where the credentials come from, as far as that is known. */
  readonly origin?: CredentialsOrigin | undefined;
}

interface CredentialsFailure {
  readonly name: string;
  /** Clean. */
  readonly message: string;
  readonly cause: Error;
}

/** What AWS answers to credentials that it knows no longer, or never knew. */
const expiredNames = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'TokenRefreshRequired',
  'RequestExpired',
]);
const invalidNames = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidClientTokenIdException',
  'InvalidAccessKeyId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'InvalidToken',
  'UnauthorizedException',
]);
/** What the SDK itself throws before anything is sent. */
const providerNames = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);

/** The `UserError` for credentials that are missing, expired or wrong, or `undefined` for other failures. */
export function credentialsError(
  { name, message, cause }: CredentialsFailure,
  { profile, origin }: CredentialsContext,
): UserError | undefined {
  const whose = profile === undefined ? 'The AWS credentials' : `The AWS credentials of profile ${profile}`;
  if (expiredNames.has(name)) {
    return new UserError('CredentialsInvalid', `${whose} have expired.`, renewal(message, profile, origin), {
      cause,
    });
  }
  if (
    /not yet current|expired.*signature|signature.*expired|RequestTimeTooSkewed/i.test(`${name} ${message}`)
  ) {
    return new UserError(
      'CredentialsInvalid',
      'AWS does not accept the time of this machine.',
      'Set the clock and try again.',
      { cause },
    );
  }
  if (invalidNames.has(name)) {
    return new UserError('CredentialsInvalid', `${whose} are not valid.`, renewal(message, profile, origin), {
      cause,
    });
  }
  if (!providerNames.has(name)) return undefined;
  return fromProvider({ name, message, cause }, { profile, origin }, whose);
}

function fromProvider(
  { message, cause }: CredentialsFailure,
  { profile, origin }: CredentialsContext,
  whose: string,
): UserError {
  if (/requires multi-factor|MFA/i.test(message)) {
    return new UserError(
      'CredentialsInvalid',
      `${whose} need a code of your MFA device.`,
      'Try again and type the code.',
      { cause },
    );
  }
  const isProgram = origin?.source === 'process';
  if (isProgram || /sso|expired|re-authenticate|refresh/i.test(message)) {
    return new UserError(
      'CredentialsInvalid',
      `${whose} have to be renewed.`,
      renewal(message, profile, origin),
      {
        cause,
      },
    );
  }
  if (profile !== undefined) {
    return new UserError(
      'CredentialsMissing',
      `Profile ${profile} has no usable AWS credentials.`,
      `Run "aws configure sso --profile ${profile}" or "aws configure --profile ${profile}", or choose another profile.`,
      { cause },
    );
  }
  return new UserError(
    'CredentialsMissing',
    'There are no AWS credentials.',
    'Choose a profile, or run "aws configure sso" or "aws configure". Everything local works without.',
    { cause },
  );
}

/** The command that renews the credentials. */
function renewal(
  message: string,
  chosen: string | undefined,
  origin: CredentialsOrigin = { profile: chosen, source: 'other' },
): string {
  const { profile, program } = origin;
  const option = profile === undefined ? '' : ` --profile ${profile}`;
  const login = `Run "aws login${option}" and try again.`;
  switch (origin.source) {
    case 'sso':
      return `Run "aws sso login${option}" and try again.`;
    case 'login':
      return login;
    case 'process':
      return `Run "${basename(program ?? 'credential_process')}", which profile ${profile ?? 'default'} gets them from, in a terminal, sign in there, and try again.`;
    case 'environment':
      return 'They come from the variables of the environment that the editor was started in: start it with new ones, or choose a profile.';
    case 'keys':
      return `Renew the keys of profile ${profile ?? 'default'} the way you got them, or run "aws configure${option}", and try again.`;
    case 'role':
    case 'other':
      if (/\baws login\b/i.test(message)) return login;
      return `Run "aws sso login${option}", or renew them the way you got them, and try again.`;
  }
}
