import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeError, UserError } from '../../core/base/errors.ts';
import type { Finding } from '../../core/checks/finding.ts';
import { openLayer } from '../../core/layer/layerSource.ts';
import { commandIds } from '../manifest.ts';
import { requireTrust } from '../trust.ts';
import { withCancellableProgress } from '../progress.ts';
import type { CheckedStack } from './checkStore.ts';
import { findingSource } from './findingLocation.ts';
import { FindingDiagnostic } from './problems.ts';

/** Carries out the fixes of findings: shows what will change, changes it, offers to take it back. */
export class Fixes implements vscode.Disposable {
  readonly #backups: string;

  /** `backups`: a folder for what fixes replace, emptied when the window closes. */
  constructor(backups: string) {
    this.#backups = backups;
  }

  /** @returns whether the layer was changed. @throws UserError as `applyFix` */
  async apply(stack: CheckedStack, finding: Finding): Promise<boolean> {
    requireTrust(vscode.l10n.t('Changing layers'));
    const { fix } = finding;
    const path = findingSource(stack, finding);
    if (fix === undefined || path === undefined) {
      throw new UserError('LayerNotFound', vscode.l10n.t('This problem has no automatic fix.'), finding.help);
    }
    const { applyFix, describeFix, undoFix } = await import('../../core/checks/fixes.ts');
    const description = describeFix(fix);
    if (!(await confirm(description, path, finding))) return false;
    const backup = join(this.#backups, randomUUID());
    await mkdir(this.#backups, { recursive: true });
    const undo = await withCancellableProgress(description, async (signal) =>
      applyFix(fix, await openLayer(path), { backup, signal }),
    );
    void offerUndo(description, () => undoFix(undo));
    return true;
  }

  dispose(): void {
    void rm(this.#backups, { recursive: true, force: true });
  }
}

async function confirm(description: string, path: string, finding: Finding): Promise<boolean> {
  const apply = vscode.l10n.t('Apply');
  const detail = `${path}\n\n${finding.message}`;
  return (
    (await vscode.window.showInformationMessage(`${description}?`, { modal: true, detail }, apply)) === apply
  );
}

async function offerUndo(description: string, undo: () => Promise<void>): Promise<void> {
  const label = vscode.l10n.t('Undo');
  if ((await vscode.window.showInformationMessage(vscode.l10n.t('Done: {0}.', description), label)) !== label)
    return;
  await undo().catch((error: unknown) => vscode.window.showErrorMessage(describeError(error)));
}

/** The light bulb of a finding that can be fixed. */
export class FixActions implements vscode.CodeActionProvider {
  provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return context.diagnostics.flatMap((diagnostic) => {
      if (!(diagnostic instanceof FindingDiagnostic) || diagnostic.finding.fix === undefined) return [];
      const action = new vscode.CodeAction(
        vscode.l10n.t('Fix: {0}', diagnostic.finding.help),
        vscode.CodeActionKind.QuickFix,
      );
      action.diagnostics = [diagnostic];
      action.command = {
        command: commandIds.applyFix,
        title: action.title,
        arguments: [{ stack: diagnostic.stack, finding: diagnostic.finding }],
      };
      return [action];
    });
  }
}
