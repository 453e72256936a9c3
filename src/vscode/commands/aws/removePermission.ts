import * as vscode from 'vscode';
import { shortName } from '../../../core/account/layerNames.ts';
import { describeAudience } from '../../../core/account/layerPolicy.ts';
import { removePermission as remove } from '../../../core/account/permissions.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { changing, policyOf } from './permissionChange.ts';
import type { VersionOptions } from './showPermissions.ts';
import { type AwsInput, optionsOf, versionTarget, type VersionTarget } from './targets.ts';

export interface RemovePermissionOptions extends VersionOptions {
  readonly statementId: string;
}

/** Stops sharing a version; functions that have it keep working. @returns whether it was done */
export async function removePermission(
  services: AwsServices,
  input: AwsInput<RemovePermissionOptions>,
): Promise<boolean> {
  requireTrust(vscode.l10n.t('Sharing layers'));
  const options = optionsOf(input);
  const target = await versionTarget(services, input, vscode.l10n.t('Stop Sharing Layer Version'));
  if (target === undefined) return false;
  const statementId = options?.statementId ?? (await askStatement(services, target));
  if (statementId === undefined) return false;
  const gateway = await services.accounts.gateway(target.where);
  await changing(services, target, () => remove(gateway, { layerVersionArn: target.arn, statementId }));
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} has no permission "{1}" any more.', shortName(target.arn), statementId),
  );
  return true;
}

async function askStatement(services: AwsServices, target: VersionTarget): Promise<string | undefined> {
  const { statements } = await policyOf(services, target);
  if (statements.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is not shared with anybody.', shortName(target.arn)),
    );
    return undefined;
  }
  const items = statements.map(({ statementId, audience }) => ({
    label: describeAudience(audience),
    description: statementId,
    statementId,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Stop Sharing {0}', shortName(target.arn)),
    placeHolder: vscode.l10n.t('Functions that have the layer already keep working'),
  });
  return chosen?.statementId;
}
