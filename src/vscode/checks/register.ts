import * as vscode from 'vscode';
import type { Finding } from '../../core/checks/finding.ts';
import { optScheme } from '../../core/opt/optUri.ts';
import { checkLayers, type CheckOptions } from '../commands/checkLayers.ts';
import type { CommandServices } from '../commands/services.ts';
import type { StackInput } from '../commands/stackTarget.ts';
import { commandIds } from '../manifest.ts';
import { registerCommand } from '../register.ts';
import type { TreeNode } from '../views/nodes.ts';
import type { CheckedStack } from './checkStore.ts';
import { FixActions, Fixes } from './fixes.ts';
import { Problems } from './problems.ts';

type FixInput = { readonly stack: CheckedStack; readonly finding: Finding } | TreeNode;

/** Checks: the Problems view, quick fixes, and their commands. */
export function registerChecks(services: CommandServices, backups: string): vscode.Disposable {
  const { checks, log } = services;
  const fixes = new Fixes(backups);
  const selector = [{ scheme: 'file' }, { scheme: optScheme }];
  return vscode.Disposable.from(
    fixes,
    new Problems(checks),
    vscode.languages.registerCodeActionsProvider(selector, new FixActions(), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    registerCommand(commandIds.checkLayers, log, (input?: CheckOptions | StackInput) =>
      checkLayers(services, input),
    ),
    registerCommand(commandIds.applyFix, log, async (input: FixInput) => {
      if (!('type' in input)) return fixes.apply(input.stack, input.finding);
      return input.type === 'finding' && fixes.apply(input.stack, input.finding);
    }),
  );
}
