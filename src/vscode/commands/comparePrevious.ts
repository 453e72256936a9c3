import * as vscode from 'vscode';
import { layerArnOf, shortName } from '../../core/account/layerNames.ts';
import { previousVersion } from '../../core/account/previousVersion.ts';
import { type TargetServices, versionsTarget } from '../account/accountTarget.ts';
import { withCancellableProgress } from '../progress.ts';
import { type AwsInput, versionTarget } from './aws/targets.ts';
import { compareStacks, type CompareServices, type LayerComparison } from './compareStacks.ts';

export interface ComparePreviousOptions {
  readonly layerVersionArn: string;
}

/**
 * Compares a published layer version with the one before it, which is the left side. Asks which when nothing is given.
 * @returns what differs, or `undefined` when nothing was chosen. Rejects as `previousVersion`, and as downloading does
 */
export async function comparePrevious(
  services: CompareServices & TargetServices,
  input: AwsInput<ComparePreviousOptions>,
): Promise<LayerComparison | undefined> {
  const title = vscode.l10n.t('Compare with Previous Version');
  const target = await versionTarget(services, input, title);
  if (target === undefined) return undefined;
  const { arn, where } = target;
  const store = await services.accounts.store(where);
  const progress = vscode.l10n.t('Looking for the version before {0}', shortName(arn));
  const previous = await withCancellableProgress(progress, (signal) =>
    previousVersion(arn, store.versions(layerArnOf(arn)), signal),
  );
  const left = await versionsTarget(services, [previous], where);
  return compareStacks(services, left, await versionsTarget(services, [arn], where));
}
