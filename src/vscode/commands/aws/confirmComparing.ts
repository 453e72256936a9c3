import * as vscode from 'vscode';
import { describeError, isCancellation } from '../../../core/base/errors.ts';

/** A comparison that can be looked at before deciding. */
export interface Comparison {
  /** Of its button. */
  readonly label: string;
  readonly show: () => Promise<unknown>;
}

/** What is asked before something is changed. */
export interface ComparingQuestion {
  readonly message: string;
  readonly detail: string;
  /** Buttons that decide; none when it can only be looked at. */
  readonly actions: readonly string[];
  readonly comparison: Comparison | undefined;
}

/**
 * Asks in a dialog that can show a comparison first. The comparison would lie behind the dialog, so that a list, which
 * stays while somebody looks, asks then. A comparison that fails is told, and the dialog is there again: nothing of
 * what was prepared is lost.
 * @returns the action, or `undefined` when the person gave up
 */
export async function confirmComparing(question: ComparingQuestion): Promise<string | undefined> {
  const { message, detail, actions, comparison } = question;
  const buttons = comparison === undefined ? actions : [...actions, comparison.label];
  for (;;) {
    const chosen = await vscode.window.showInformationMessage(message, { modal: true, detail }, ...buttons);
    if (comparison === undefined || chosen !== comparison.label) return chosen;
    if (!(await isShown(comparison))) continue;
    const decided = await askBeside(question);
    if (decided !== 'again') return decided;
  }
}

async function isShown({ show }: Comparison): Promise<boolean> {
  try {
    await show();
    return true;
  } catch (error) {
    if (!isCancellation(error)) void vscode.window.showErrorMessage(describeError(error));
    return false;
  }
}

/** Asks in a list, which covers the first lines at most and can be moved. */
async function askBeside({ message, actions }: ComparingQuestion): Promise<string | undefined> {
  const again = vscode.l10n.t('Back to the Details');
  const chosen = await vscode.window.showQuickPick([...actions, again], {
    title: message,
    placeHolder: vscode.l10n.t('Look at the comparison, then decide; drag the title to move this'),
    ignoreFocusOut: true,
  });
  return chosen === again ? 'again' : chosen;
}
