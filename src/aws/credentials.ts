import type { defaultProvider } from '@aws-sdk/credential-provider-node';
import { UserError } from '../core/base/errors.ts';
import type { Redactor } from './redactor.ts';
import { readSharedConfig } from './sharedConfig.ts';

/** Whose credentials, and how to ask for what is missing. */
export interface CredentialsOptions {
  /** A profile of the shared files; without one the SDK's chain starts at the environment. */
  readonly profile: string | undefined;
  /** Region for the calls that get credentials (assume role, SSO). */
  readonly region: string;
  /** Asks the person for the code of an MFA device; `undefined` when they decline. */
  readonly askMfaCode: ((serial: string) => Promise<string | undefined>) | undefined;
  readonly redactor: Redactor;
}

/** Finds credentials, from memory while they last. */
export type CredentialsProvider = ReturnType<typeof defaultProvider>;

/**
 * The SDK's own chain: environment, profile (static, SSO, assumed role, process, login), web identity, container
 * and instance. What it finds is made known to the redactor, and what lies in variables and files beside it. The shared
 * files are read anew by every chain.
 */
export async function credentialsChain(options: CredentialsOptions): Promise<CredentialsProvider> {
  const sdk = await import('./sdk.ts').then((sdk) => sdk.credentialProviderNode());
  const { profile, region, askMfaCode, redactor } = options;
  await learnConfigured(redactor);
  const chain = sdk.defaultProvider({
    ...(profile === undefined ? {} : { profile }),
    ...(askMfaCode === undefined ? {} : { mfaCodeProvider: mfaCode(askMfaCode, redactor) }),
    clientConfig: { region },
    ignoreCache: true,
    logger: quiet,
  });
  return async (properties) => {
    const found = await chain(properties);
    redactor.learn(found.accessKeyId, found.secretAccessKey, found.sessionToken);
    return found;
  };
}

/** Keys that get other credentials, such as a role's, and those of other profiles: none of them is to be told. */
async function learnConfigured(redactor: Redactor): Promise<void> {
  const { configFile, credentialsFile } = await readSharedConfig();
  for (const section of [...Object.values(configFile), ...Object.values(credentialsFile)]) {
    redactor.learn(section['aws_secret_access_key'], section['aws_session_token']);
  }
  redactor.learn(process.env['AWS_SECRET_ACCESS_KEY'], process.env['AWS_SESSION_TOKEN']);
}

/** The SDK writes warnings to the console unless it is given something to write to. */
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore, trace: ignore };

function ignore(): void {
  // what the SDK says here concerns nobody
}

function mfaCode(ask: (serial: string) => Promise<string | undefined>, redactor: Redactor) {
  return async (serial: string): Promise<string> => {
    const code = await ask(serial);
    if (code === undefined || code === '') {
      throw new UserError(
        'MfaCodeMissing',
        `No code was given for the MFA device ${serial}.`,
        'Try again and type the code.',
      );
    }
    redactor.learn(code);
    return code;
  };
}
