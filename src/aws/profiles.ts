import { readSharedConfig } from './sharedConfig.ts';

/** A profile of the shared AWS files. */
export interface AwsProfile {
  readonly name: string;
  /** The region that the profile names. */
  readonly region: string | undefined;
  /** Where its credentials come from, for a picker. */
  readonly source: 'keys' | 'sso' | 'role' | 'process' | 'login' | 'other';
}

/** The profiles of the shared configuration and credentials files, by name; `[]` when there are no files. */
export async function listProfiles(): Promise<AwsProfile[]> {
  const { configFile, credentialsFile } = await readSharedConfig();
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  return [...names]
    .filter((name) => !/^(sso-session|services)[. ]/.test(name))
    .sort()
    .map((name) => {
      const settings = { ...credentialsFile[name], ...configFile[name] };
      return { name, region: settings['region'], source: sourceOf(settings) };
    });
}

/**
 * The region to use: what is asked for, else what the profile says, else the environment's. `undefined` when nobody
 * names one.
 */
export async function chooseRegion(
  wanted: { readonly region?: string | undefined; readonly profile?: string | undefined },
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (wanted.region !== undefined && wanted.region !== '') return wanted.region;
  const named = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  const profile = wanted.profile ?? environment['AWS_PROFILE'];
  const found = (await listProfiles()).find(({ name }) => name === (profile ?? 'default'));
  // A profile that somebody chose knows better than the environment that the editor happens to have.
  return wanted.profile === undefined ? (named ?? found?.region) : (found?.region ?? named);
}

/** The regions that a picker offers; any other name can be typed. From the AWS General Reference (Lambda endpoints). */
export const knownRegions: readonly string[] = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-east-1',
  'us-gov-west-1',
  'eusc-de-east-1',
];

/** Where credentials come from in the end: a role's are those of the profile that it is assumed with. */
export interface CredentialsOrigin {
  /** The profile that has to be renewed; `undefined` where the environment's variables count. */
  readonly profile: string | undefined;
  readonly source: AwsProfile['source'] | 'environment';
  /** The program that `credential_process` runs, without what it is given. */
  readonly program?: string;
}

/** Roles that are assumed with roles; a chain that is longer than this goes round in circles. */
const longestChain = 5;

/** Finds out where the credentials of a profile, or the ones without a profile, come from. */
export async function credentialsOrigin(
  wanted: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<CredentialsOrigin> {
  if (wanted === undefined && (environment['AWS_ACCESS_KEY_ID'] ?? '') !== '') {
    return { profile: undefined, source: 'environment' };
  }
  const { configFile, credentialsFile } = await readSharedConfig();
  const settingsOf = (name: string) => ({ ...credentialsFile[name], ...configFile[name] });
  let profile = wanted ?? environment['AWS_PROFILE'] ?? 'default';
  for (let length = 0; length < longestChain; length++) {
    const { source_profile: next, role_arn: role } = settingsOf(profile);
    if (role === undefined || next === undefined || next === profile) break;
    profile = next;
  }
  const settings = settingsOf(profile);
  const program = /^\s*("[^"]+"|\S+)/.exec(settings['credential_process'] ?? '')?.[1]?.replaceAll('"', '');
  return { profile, source: sourceOf(settings), ...(program === undefined ? {} : { program }) };
}

function sourceOf(settings: Readonly<Record<string, string | undefined>>): AwsProfile['source'] {
  if (settings['role_arn'] !== undefined) return 'role';
  if (settings['sso_session'] !== undefined || settings['sso_start_url'] !== undefined) return 'sso';
  if (settings['login_session'] !== undefined) return 'login';
  if (settings['credential_process'] !== undefined) return 'process';
  return settings['aws_access_key_id'] === undefined ? 'other' : 'keys';
}
