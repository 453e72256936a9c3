import * as vscode from 'vscode';
import type { LayerUser } from '../../../core/account/layerUsers.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import type { DependentResult, DependentsPlan } from '../../../core/account/updateDependents.ts';
import { describeError } from '../../../core/base/errors.ts';
import { orderText } from './changeTexts.ts';
import { plain, table } from '../../markdownTexts.ts';

/** What was or will be done to one function's layers, as commands return it. */
export interface DependentOutcome {
  readonly function: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly status: DependentResult['status'] | 'planned';
  /** Why it failed, or will. */
  readonly error?: string;
}

/** Results as commands return them. */
export function outcomesOf(results: readonly DependentResult[]): DependentOutcome[] {
  return results.map(({ function: name, before, after, status, error }) => ({
    ...{ function: name, before, after, status },
    ...(error === undefined ? {} : { error: describeError(error) }),
  }));
}

/** What an update would do, as commands return it. */
export function plannedOutcomes({ changes }: DependentsPlan): DependentOutcome[] {
  return changes.map(({ function: name, before, after, problems }) => {
    const broken = problems.find(({ severity }) => severity === 'error');
    return {
      ...{ function: name, before, after, status: 'planned' as const },
      ...(broken === undefined ? {} : { error: broken.message }),
    };
  });
}

/** A report about functions, one a row, and what an update leaves as it is. */
export function dependentsReport(
  title: string,
  outcomes: readonly DependentOutcome[],
  plan?: DependentsPlan,
): string {
  const head = [
    vscode.l10n.t('Function'),
    vscode.l10n.t('Before'),
    vscode.l10n.t('After'),
    vscode.l10n.t('Status'),
  ];
  const rows = outcomes.map(({ function: name, before, after, status, error }) => [
    name,
    orderText(before),
    orderText(after),
    error === undefined ? statusText(status) : `${statusText(status)}: ${error}`,
  ]);
  return [`# ${plain(title)}`, table(head, rows), ...(plan === undefined ? [] : leftAlone(plan))].join(
    '\n\n',
  );
}

/** How many ended how, in one sentence. */
export function summaryText(outcomes: readonly DependentOutcome[]): string {
  const counts = new Map<string, number>();
  for (const { status } of outcomes)
    counts.set(statusText(status), (counts.get(statusText(status)) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

/** Whether some functions are not what the person wanted. */
export function isPartial(outcomes: readonly DependentOutcome[]): boolean {
  return outcomes.some(({ status }) => ['failed', 'unknown', 'notStarted'].includes(status));
}

function leftAlone({ current, pinned, target }: DependentsPlan): string[] {
  return [
    ...(current.length === 0
      ? []
      : [vscode.l10n.t('On {0} or newer already: {1}.', shortName(target), current.map(plain).join(', '))]),
    ...(pinned.length === 0
      ? []
      : [
          `## ${vscode.l10n.t('Published versions that keep an older version')}`,
          vscode.l10n.t(
            'A published function version cannot be changed. To move an alias, publish a new version of the function.',
          ),
          usersTable(pinned),
        ]),
  ];
}

/** Functions and published versions with the layer version that they have. */
export function usersTable(users: readonly LayerUser[]): string {
  const head = [
    vscode.l10n.t('Function'),
    vscode.l10n.t('Version'),
    vscode.l10n.t('Aliases'),
    vscode.l10n.t('Layer'),
  ];
  return table(
    head,
    users.map(({ functionName, version, aliases, layerVersionArn }) => [
      ...[functionName, version, aliases.join(', '), shortName(layerVersionArn)],
    ]),
  );
}

function statusText(status: DependentOutcome['status']): string {
  const texts = {
    planned: vscode.l10n.t('planned'),
    updated: vscode.l10n.t('updated'),
    pending: vscode.l10n.t('changed, not known to be active'),
    unchanged: vscode.l10n.t('unchanged'),
    failed: vscode.l10n.t('failed'),
    unknown: vscode.l10n.t('not known, may still be done'),
    notStarted: vscode.l10n.t('not started'),
  };
  return texts[status];
}
