import * as vscode from 'vscode';
import { chooseRegion, knownRegions, listProfiles, type AwsProfile } from '../../aws/profiles.ts';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { pickOne, type Choice, type Picked } from './pickOne.ts';

/** One step of several. */
export interface Step {
  readonly number: number;
  readonly of: number;
}

/** Asks for a profile; the value is `undefined` for the credentials that the environment has. */
export async function pickProfile(
  current: string | undefined,
  step?: Step,
): Promise<Picked<string | undefined>> {
  const profiles = await listProfiles();
  const here = (isCurrent: boolean) => (isCurrent ? vscode.l10n.t('current') : '');
  return pickOne<string | undefined>({
    title: vscode.l10n.t('AWS Profile'),
    placeHolder: vscode.l10n.t('Profile of the AWS configuration files on this machine'),
    ...(step === undefined ? {} : { step }),
    choices: [
      {
        label: vscode.l10n.t('Default Credentials'),
        description: here(current === undefined),
        detail: vscode.l10n.t('What the environment and the profile "default" say, as in the AWS CLI'),
        value: undefined,
      },
      ...profiles.map((profile): Choice<string> => ({
        label: profile.name,
        description: [here(profile.name === current), profile.region ?? '']
          .filter((each) => each !== '')
          .join(' · '),
        detail: sources[profile.source](),
        value: profile.name,
      })),
    ],
  });
}

/** Asks for a region; the value is `undefined` for what the profile or the environment says. */
export async function pickRegion(
  { profile, region }: { readonly profile: string | undefined; readonly region: string | undefined },
  step?: Step,
): Promise<Picked<string | undefined>> {
  const own = await chooseRegion({ profile });
  const description = (each: string) => (each === region ? vscode.l10n.t('current') : '');
  const known = knownRegions.map((each): Choice<string> => ({
    label: each,
    description: description(each),
    value: each,
  }));
  return pickOne<string | undefined>({
    title: vscode.l10n.t('AWS Region'),
    placeHolder: vscode.l10n.t('Region; any other name can be typed'),
    ...(step === undefined ? {} : { step }),
    choices: [
      ...(own === undefined
        ? []
        : [
            {
              label: vscode.l10n.t('Region of the Profile or the Environment'),
              description: own,
              value: undefined,
            },
          ]),
      ...known,
    ],
    typed: (text) => (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text) ? { label: text, value: text } : undefined),
  });
}

/** Asks for a profile and a region; `undefined` when either was not chosen. */
export async function pickPlace(current: Partial<AccountPlace>): Promise<AccountPlace | undefined> {
  for (;;) {
    const profile = await pickProfile(current.profile, { number: 1, of: 2 });
    if (profile === undefined || profile === 'back') return undefined;
    const picked = await pickRegion({ profile: profile.value, region: current.region }, { number: 2, of: 2 });
    if (picked === undefined) return undefined;
    if (picked === 'back') continue;
    const region = picked.value ?? (await chooseRegion({ profile: profile.value }));
    return region === undefined ? undefined : { profile: profile.value, region };
  }
}

const sources: Readonly<Record<AwsProfile['source'], () => string>> = {
  keys: () => vscode.l10n.t('Access keys'),
  sso: () => vscode.l10n.t('IAM Identity Center (SSO)'),
  role: () => vscode.l10n.t('Assumed role'),
  process: () => vscode.l10n.t('Credentials of a program'),
  login: () => vscode.l10n.t('AWS login'),
  other: () => vscode.l10n.t('No credentials of its own'),
};
