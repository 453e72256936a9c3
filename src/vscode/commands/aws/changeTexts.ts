import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import type { LayerChangePlan } from '../../../core/account/changeLayers.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import type { StackBudget } from '../../../core/account/stackRules.ts';
import { describeBudget, formatBytes } from '../../../core/opt/budget.ts';
import { describePlace } from '../../account/accountItems.ts';
import type { ConflictChange } from './stackPreview.ts';

/** What changing a function's layers means, in lines for a dialog. */
export function changeText(plan: LayerChangePlan, conflicts: ConflictChange, where: AccountPlace): string {
  const { before, after } = plan;
  const lines = [
    placeLine(where),
    '',
    vscode.l10n.t('Before:'),
    ...orderLines(before, after, vscode.l10n.t('goes')),
    '',
    vscode.l10n.t('After:'),
    ...orderLines(after, before, vscode.l10n.t('new')),
    '',
    budgetText(plan.budget),
    ...conflictLines(conflicts),
    ...plan.problems.map(({ severity, message }) =>
      severity === 'error'
        ? vscode.l10n.t('Not possible: {0}', message)
        : vscode.l10n.t('Warning: {0}', message),
    ),
  ];
  return lines.join('\n');
}

/** The line of a dialog that says which account it is about. */
export function placeLine(place: AccountPlace): string {
  return vscode.l10n.t('Where: {0}', describePlace(place));
}

/** `alpha:1 → beta:2`, or that there are none. */
export function orderText(arns: readonly string[]): string {
  return arns.length === 0 ? vscode.l10n.t('no layers') : arns.map(shortName).join(' → ');
}

function orderLines(arns: readonly string[], others: readonly string[], mark: string): string[] {
  if (arns.length === 0) return [vscode.l10n.t('no layers')];
  return arns.map(
    (arn, index) => `${index + 1}. ${shortName(arn)}${others.includes(arn) ? '' : ` (${mark})`}`,
  );
}

function budgetText({ knownBytes, unknown, codeBytes }: StackBudget): string {
  const used = describeBudget(knownBytes + codeBytes);
  const code = formatBytes(codeBytes);
  return unknown.length === 0
    ? vscode.l10n.t('Unzips to at least {0}: of the code only the zip is known ({1}).', used, code)
    : vscode.l10n.t(
        'Unzips to at least {0}: of the code only the zip is known ({1}), of {2} nothing.',
        used,
        code,
        unknown.map(shortName).join(', '),
      );
}

function conflictLines({ added, addedCount, removedCount }: ConflictChange): string[] {
  const more = addedCount - added.length;
  return [
    ...(addedCount === 0 ? [] : [vscode.l10n.t('New conflicts in /opt: {0}', addedCount)]),
    ...added.map((text) => `  ${text}`),
    ...(more === 0 ? [] : [vscode.l10n.t('  and {0} more', more)]),
    ...(removedCount === 0 ? [] : [vscode.l10n.t('Conflicts in /opt that go: {0}', removedCount)]),
  ];
}
