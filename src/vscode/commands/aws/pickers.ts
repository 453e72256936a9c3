import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import type { FunctionSummary } from '../../../core/account/ports.ts';
import { parseLayerVersionArn } from '../../../core/layer/layerArn.ts';
import type { AwsAccounts } from '../../account/awsAccounts.ts';
import { describeDate } from '../../describeDate.ts';
import { askForVersionArn } from '../../questions/askForArn.ts';
import { other, pickFromList } from '../../questions/pickFromList.ts';

/** What asking for something of an account needs. */
export interface AccountSource {
  readonly accounts: AwsAccounts;
}

/** Asks for a layer version: a layer, then one of its versions; or an ARN. */
export async function pickLayerVersion(
  services: AccountSource,
  where: AccountPlace | undefined,
  title: string,
): Promise<string | undefined> {
  const layerArn = await pickLayer(services, where, title, vscode.l10n.t('Enter a Layer Version ARN…'));
  if (layerArn === undefined) return undefined;
  return parseLayerVersionArn(layerArn) === undefined
    ? pickVersion(services, where, layerArn, title)
    : layerArn;
}

/** Asks for a layer, by its ARN without a version; or, with `otherLabel`, for a layer version ARN. */
export async function pickLayer(
  { accounts }: AccountSource,
  where: AccountPlace | undefined,
  title: string,
  otherLabel?: string,
): Promise<string | undefined> {
  const { layers } = await accounts.store(where);
  const chosen = await pickFromList(layers, {
    title,
    placeholder: vscode.l10n.t('Layer'),
    toItem: ({ name, newest }) => ({
      label: name,
      description: newest === undefined ? '' : String(newest.version),
      ...(newest === undefined ? {} : { detail: newest.description }),
    }),
    ...(otherLabel === undefined ? {} : { otherLabel }),
  });
  return chosen === other ? askForVersionArn(title) : chosen?.arn;
}

/** Asks for a version of a layer. */
export async function pickVersion(
  { accounts }: AccountSource,
  where: AccountPlace | undefined,
  layerArn: string,
  title: string,
): Promise<string | undefined> {
  const store = await accounts.store(where ?? (await accounts.placeOf(layerArn)));
  const chosen = await pickFromList(store.versions(layerArn), {
    title,
    placeholder: vscode.l10n.t('Version'),
    toItem: ({ version, created, description, compatibleRuntimes }) => ({
      label: String(version),
      description: [describeDate(created), ...compatibleRuntimes].join(' · '),
      detail: description,
    }),
  });
  return typeof chosen === 'object' ? chosen.arn : undefined;
}

/** Asks for a function of the account. */
export async function pickFunction(
  { accounts }: AccountSource,
  where: AccountPlace | undefined,
  title: string,
): Promise<FunctionSummary | undefined> {
  const { functions } = await accounts.store(where);
  const chosen = await pickFromList(functions, {
    title,
    placeholder: vscode.l10n.t('Function'),
    toItem: ({ name, runtime = vscode.l10n.t('container image'), layers }) => ({
      label: name,
      description: [runtime, ...layers.map(({ arn }) => shortName(arn))].join(' · '),
    }),
  });
  return typeof chosen === 'object' ? chosen : undefined;
}
