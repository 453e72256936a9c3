import { UserError } from '../core/base/errors.ts';

/** Who was asked, and for whom. */
interface CredentialsContext {
  readonly profile: string | undefined;
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
  { profile }: CredentialsContext,
): UserError | undefined {
  const whose = profile === undefined ? 'The AWS credentials' : `The AWS credentials of profile ${profile}`;
  if (expiredNames.has(name)) {
    return new UserError('CredentialsInvalid', `${whose} have expired.`, renewal(message, profile), {
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
    return new UserError('CredentialsInvalid', `${whose} are not valid.`, renewal(message, profile), {
      cause,
    });
  }
  if (!providerNames.has(name)) return undefined;
  return fromProvider({ name, message, cause }, profile, whose);
}

function fromProvider(
  { message, cause }: CredentialsFailure,
  profile: string | undefined,
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
  if (/sso|expired|re-authenticate|refresh/i.test(message)) {
    return new UserError('CredentialsInvalid', `${whose} have to be renewed.`, renewal(message, profile), {
      cause,
    });
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
function renewal(message: string, profile: string | undefined): string {
  const option = profile === undefined ? '' : ` --profile ${profile}`;
  if (/\baws login\b/i.test(message)) return `Run "aws login${option}" and try again.`;
  return `Run "aws sso login${option}", or renew them the way you got them, and try again.`;
}
