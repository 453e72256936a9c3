import * as vscode from 'vscode';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { requireVersionArn, shortName } from '../../core/account/layerNames.ts';
import { firstOf } from '../firstOf.ts';
import { withCancellableProgress } from '../progress.ts';
import { isAccountNode, type AccountNode, type LayerVersionNode, type UsersNode } from './accountNodes.ts';
import { askForVersionArn } from '../questions/askForArn.ts';
import type { AwsAccounts } from './awsAccounts.ts';

export interface FindUsersOptions {
  readonly layerVersionArn: string;
}

/**
 * Reads all functions of a place once, with progress that can be cancelled, and says which of them have a version.
 * @returns names of functions, or `undefined` when nothing was chosen
 */
export async function findLayerUsers(
  { accounts }: { readonly accounts: AwsAccounts },
  input?: FindUsersOptions | AccountNode,
): Promise<string[] | undefined> {
  const request = await requestOf(input);
  if (request === undefined) return undefined;
  const { arn, where = await accounts.placeOf(request.arn) } = request;
  const store = await accounts.store(where);
  const usage = await withCancellableProgress(
    vscode.l10n.t('Finding functions that use {0}', shortName(arn)),
    (signal, report) =>
      store.usage({ signal, onPage: (functions) => report(vscode.l10n.t('functions read: {0}', functions)) }),
  );
  const names = usage.usersOfVersion(arn).map(({ name }) => name);
  if (input === undefined) announce(arn, names);
  return names;
}

async function requestOf(
  input: FindUsersOptions | AccountNode | undefined,
): Promise<{ readonly arn: string; readonly where?: AccountPlace } | undefined> {
  if (input !== undefined && isAccountNode(input)) {
    return isVersion(input) ? { arn: input.layerVersionArn, where: input.where } : undefined;
  }
  const arn =
    input?.layerVersionArn ??
    (await askForVersionArn(vscode.l10n.t('Find Functions That Use a Layer Version')));
  if (arn === undefined) return undefined;
  requireVersionArn(arn);
  return { arn };
}

function isVersion(node: AccountNode): node is LayerVersionNode | UsersNode {
  return node.kind === 'accountLayerVersion' || node.kind === 'accountUsers';
}

function announce(arn: string, names: readonly string[]): void {
  const text =
    names.length === 0
      ? vscode.l10n.t('No function of this account and region uses {0}.', shortName(arn))
      : vscode.l10n.t('{0} is used by {1}.', shortName(arn), firstOf(names).join(', '));
  void vscode.window.showInformationMessage(text);
}
