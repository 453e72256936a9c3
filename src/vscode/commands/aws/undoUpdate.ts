import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { UserError } from '../../../core/base/errors.ts';
import { firstOf } from '../../firstOf.ts';
import { withCancellableProgress } from '../../progress.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { orderText, placeLine } from './changeTexts.ts';
import {
  dependentsReport,
  isPartial,
  outcomesOf,
  summaryText,
  type DependentOutcome,
} from './resultTexts.ts';
import { tellStores, touched } from './tellStores.ts';

export interface UndoOptions {
  /** Whether the others are taken back after one has failed; `continue`. */
  readonly onError?: 'stop' | 'continue';
}

/** Lines of a dialog; more are counted. */
const maxLines = 15;

/**
 * Takes back the newest change of functions' layers that was made in this window. A function that somebody else has
 * changed since is left alone, and that is said. Run by hand it shows what will change first.
 * @returns what was done for each function, or `undefined` when the person gave up
 */
export async function undoUpdate(
  services: AwsServices,
  options?: UndoOptions,
): Promise<readonly DependentOutcome[] | undefined> {
  requireTrust(vscode.l10n.t('Changing functions'));
  const { history, reports } = services;
  const { next, gateway } = history;
  if (next === undefined || gateway === undefined) {
    throw new UserError(
      'NotFound',
      vscode.l10n.t('Nothing was changed in this window that could be undone.'),
    );
  }
  if (options === undefined && !(await confirm(next, gateway))) return undefined;
  const results = await withCancellableProgress(vscode.l10n.t('Undoing'), (signal, report) =>
    history.undo({
      onError: options?.onError ?? 'continue',
      signal,
      onResult: ({ function: name }, done, total) =>
        report(vscode.l10n.t('{0} ({1} of {2})', name, done, total)),
    }),
  );
  await tellStores(services, gateway, touched(results));
  const outcomes = outcomesOf(results);
  const title = vscode.l10n.t('Undone');
  void vscode.window.showInformationMessage(vscode.l10n.t('{0}: {1}.', title, summaryText(outcomes)));
  if (isPartial(outcomes)) void reports.show(title, dependentsReport(title, outcomes));
  return outcomes;
}

async function confirm(
  changes: NonNullable<AwsServices['history']['next']>,
  where: AccountPlace,
): Promise<boolean> {
  const undo = vscode.l10n.t('Undo');
  const lines = changes.map(
    ({ function: name, before, after }) => `${name}: ${orderText(before)}  ⇒  ${orderText(after)}`,
  );
  const message =
    changes.length === 1
      ? vscode.l10n.t('Give the function its previous layers?')
      : vscode.l10n.t('Give {0} functions their previous layers?', changes.length);
  const detail = [placeLine(where), '', ...firstOf(lines, maxLines)].join('\n');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, undo)) === undo;
}
