import { UserError } from '../core/base/errors.ts';
import { readSharedConfig } from './sharedConfig.ts';

/** Addresses that stand in for AWS's services; `undefined` for AWS itself. */
export interface Endpoints {
  readonly lambda: string | undefined;
  readonly s3: string | undefined;
}

/** One address for everything. */
export function oneEndpoint(url: string | undefined): Endpoints {
  return { lambda: url, s3: url };
}

/**
 * The addresses that variables and the profile configure, with the precedence of the SDKs: the service's variable, the
 * variable for all, the service in the profile's services section, the profile's own (AWS SDKs and Tools Reference,
 * "Service-specific endpoints"). The SDK is told them, since it would look at another profile.
 * Rejects with `ConfigurationInvalid` when the profile names a services section that there is not.
 */
export async function configuredEndpoints(
  profile: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Endpoints> {
  if (isTrue(environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])) return oneEndpoint(undefined);
  const settings = await readSettings(profile ?? environment['AWS_PROFILE'] ?? 'default');
  if (isTrue(settings.profile['ignore_configured_endpoint_urls'])) return oneEndpoint(undefined);
  const of = (service: string): string | undefined =>
    [
      environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`],
      environment['AWS_ENDPOINT_URL'],
      settings.services[`${service}.endpoint_url`],
      settings.profile['endpoint_url'],
    ].find((each) => each !== undefined && each !== '');
  return { lambda: of('lambda'), s3: of('s3') };
}

type Section = Readonly<Record<string, string | undefined>>;

async function readSettings(
  name: string,
): Promise<{ readonly profile: Section; readonly services: Section }> {
  const { configFile, credentialsFile } = await readSharedConfig();
  const profile: Section = { ...credentialsFile[name], ...configFile[name] };
  const wanted = profile['services'];
  const services = wanted === undefined ? {} : configFile[`services.${wanted}`];
  if (services !== undefined) return { profile, services };
  throw new UserError(
    'ConfigurationInvalid',
    `Profile ${name} names the services section "${wanted ?? ''}", which is not in the AWS configuration file.`,
    'Correct the file.',
  );
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
