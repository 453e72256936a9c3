import * as vscode from 'vscode';
import { chooseRegion, knownRegions, listProfiles, type AwsProfile } from '../../aws/profiles.ts';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { back, type StepPlace } from '../questions/ask.ts';
import { pickOne, type Choice, type Picked } from '../questions/pickOne.ts';

/** Which of several steps a question is. */
type Place = Omit<StepPlace, 'title'>;

/** Asks for a profile; the value is `undefined` for the credentials that the environment has. */
export async function pickProfile(
  current: string | undefined,
  place?: Place,
): Promise<Picked<string | undefined>> {
  const profiles = await listProfiles();
  const here = (isCurrent: boolean) => (isCurrent ? vscode.l10n.t('current') : '');
  return pickOne<string | undefined>({
    title: vscode.l10n.t('AWS Profile'),
    placeHolder: vscode.l10n.t('Profile of the AWS configuration files on this machine'),
    ...place,
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
  place?: Place,
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
    ...place,
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
    const profile = await pickProfile(current.profile, { step: 1, totalSteps: 2 });
    if (profile === undefined || profile === back) return undefined;
    const known = { profile: profile.value, region: current.region };
    const picked = await pickRegion(known, { step: 2, totalSteps: 2 });
    if (picked === undefined) return undefined;
    if (picked === back) continue;
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
