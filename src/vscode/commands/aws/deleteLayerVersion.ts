import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { applyDeletion, planDeletion, type DeletionPlan } from '../../../core/account/deleteVersion.ts';
import { layerArnOf, shortName } from '../../../core/account/layerNames.ts';
import { describeAudience } from '../../../core/account/layerPolicy.ts';
import type { LayerUser } from '../../../core/account/layerUsers.ts';
import { firstOf } from '../../firstOf.ts';
import { withCancellableProgress } from '../../progress.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { placeLine } from './changeTexts.ts';
import { type AwsInput, optionsOf, versionTarget } from './targets.ts';

export interface DeleteOptions {
  readonly layerVersionArn: string;
  /** Deletes it although functions use it. */
  readonly force?: boolean;
}

/**
 * Deletes a layer version after looking for everything that uses it. Run by hand it says what it found and asks.
 * @returns whether it was deleted
 */
export async function deleteLayerVersion(
  services: AwsServices,
  input: AwsInput<DeleteOptions>,
): Promise<boolean> {
  requireTrust(vscode.l10n.t('Deleting layers'));
  const options = optionsOf(input);
  const target = await versionTarget(services, input, vscode.l10n.t('Delete Layer Version'));
  if (target === undefined) return false;
  const gateway = await services.accounts.gateway(target.where);
  const name = shortName(target.arn);
  const plan = await withCancellableProgress(
    vscode.l10n.t('Looking for functions that use {0}', name),
    (signal, report) =>
      planDeletion(gateway, target.arn, {
        signal,
        onProgress: (seen) => report(vscode.l10n.t('{0} seen', seen)),
      }),
  );
  if (options === undefined && !(await confirm(plan, gateway))) return false;
  const inUse = options === undefined || options.force === true ? 'evenIfUsed' : 'refuse';
  try {
    await withCancellableProgress(vscode.l10n.t('Deleting {0}', name), (signal) =>
      applyDeletion(gateway, plan, { inUse, signal }),
    );
  } finally {
    (await services.accounts.store(target.where)).layerChanged(layerArnOf(target.arn));
  }
  void vscode.window.showInformationMessage(vscode.l10n.t('{0} is deleted.', name));
  return true;
}

async function confirm(plan: DeletionPlan, where: AccountPlace): Promise<boolean> {
  const { users, sharedWith, notes } = plan;
  const isUsed = users.length > 0;
  const label = isUsed ? vscode.l10n.t('Delete Although It Is Used') : vscode.l10n.t('Delete');
  const detail = [
    placeLine(where),
    isUsed
      ? [vscode.l10n.t('Used by:'), ...userLines(users)].join('\n')
      : vscode.l10n.t('No function of this account uses it in this region.'),
    ...(sharedWith === undefined || sharedWith.length === 0
      ? []
      : [vscode.l10n.t('Shared with: {0}', sharedWith.map(describeAudience).join(', '))]),
    ...notes,
  ].join('\n\n');
  const message = vscode.l10n.t('Delete {0} for good?', shortName(plan.arn));
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, label)) === label;
}

/** Functions and published versions, the first few by name. */
export function userLines(users: readonly LayerUser[]): readonly string[] {
  const lines = users.map(({ functionName, version, aliases }) => {
    const of =
      version === '$LATEST' ? functionName : `${functionName}, ${vscode.l10n.t('version {0}', version)}`;
    return aliases.length === 0 ? of : `${of} (${aliases.join(', ')})`;
  });
  return firstOf(lines);
}
