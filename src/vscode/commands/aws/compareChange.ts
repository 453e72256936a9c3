import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import type { MadeChange } from '../../../core/account/updateHistory.ts';
import { UserError } from '../../../core/base/errors.ts';
import { versionsTarget, type TargetServices } from '../../account/accountTarget.ts';
import { compareStacks, type CompareServices, type LayerComparison } from '../compareStacks.ts';
import type { AwsServices } from './awsServices.ts';
import { orderText } from './changeTexts.ts';

export interface CompareChangeOptions {
  /** Name or ARN; the function that was changed last without it. */
  readonly function?: string;
}

/**
 * Compares `/opt` before and after a change of a function's layers that was made in this window, also one that was
 * taken back since. Run by hand it asks for one of several.
 * @returns what differs, or `undefined` when nothing was chosen. Rejects with `NotFound`, or as downloading does
 */
export async function compareChange(
  services: AwsServices,
  options?: CompareChangeOptions,
): Promise<LayerComparison | undefined> {
  const { made } = services.history;
  const name = options?.function;
  const changes =
    name === undefined ? made : made.filter((each) => each.function === name || each.functionArn === name);
  if (changes.length === 0) throw nothingChanged(name);
  const change = options === undefined && changes.length > 1 ? await pickChange(changes) : changes[0];
  if (change === undefined) return undefined;
  return compareOrders(services, { ...change, where: change.gateway });
}

/** Compares what two ordered lists of layer version ARNs make of `/opt`; downloads what is missing. */
export async function compareOrders(
  services: CompareServices & TargetServices,
  change: {
    readonly where: AccountPlace;
    readonly before: readonly string[];
    readonly after: readonly string[];
  },
): Promise<LayerComparison> {
  const { where, before, after } = change;
  await services.published.prepare([...before, ...after], 'person', where); // with one progress for both
  const left = await versionsTarget(services, before, where);
  return compareStacks(services, left, await versionsTarget(services, after, where));
}

async function pickChange(changes: readonly MadeChange[]): Promise<MadeChange | undefined> {
  const items = changes.map((change) => ({
    label: change.function,
    detail: `${orderText(change.before)}  ⇒  ${orderText(change.after)}`,
    change,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Compare /opt Before and After'),
    placeHolder: vscode.l10n.t('Change of this window, the newest first'),
    matchOnDetail: true,
  });
  return chosen?.change;
}

function nothingChanged(name: string | undefined): UserError {
  return new UserError(
    'NotFound',
    name === undefined
      ? vscode.l10n.t('No layers of a function were changed in this window.')
      : vscode.l10n.t('The layers of {0} were not changed in this window.', name),
  );
}
