import * as vscode from 'vscode';
import type { Finding } from '../../core/checks/finding.ts';
import { isAccountNode } from '../account/accountNodes.ts';
import type { CommandServices } from './services.ts';
import { resolveTarget, type StackInput, type StackOptions } from './stackTarget.ts';

export type CheckOptions = StackOptions & { readonly runtime?: string; readonly architecture?: string };

/**
 * Checks a stack and shows what was found in the Problems view. Run by hand it says how much that is.
 * @returns the findings, or `undefined` when nothing was chosen
 */
export async function checkLayers(
  services: CommandServices,
  input?: CheckOptions | StackInput,
): Promise<readonly Finding[] | undefined> {
  const target = await resolveTarget(services, input, vscode.l10n.t('Function or layer to check'));
  if (target === undefined) return undefined;
  const { paths, code } = target;
  const { runtime = target.runtime, architecture } = optionsOf(input) ?? {};
  const findings = await services.checks.findings({
    paths,
    ...(code === undefined ? {} : { code }),
    ...(runtime === undefined ? {} : { runtime }),
    ...(architecture === undefined ? {} : { architecture }),
  });
  if (optionsOf(input) === undefined) void announce(findings.length);
  return findings;
}

/** What a program gave; `undefined` when a person chose. */
function optionsOf(input: CheckOptions | StackInput): Partial<CheckOptions> | undefined {
  if (input === undefined || input instanceof vscode.Uri || 'type' in input) return undefined;
  return isAccountNode(input) ? undefined : input;
}

async function announce(count: number): Promise<void> {
  if (count === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No problems were found.'));
    return;
  }
  await vscode.commands.executeCommand('workbench.actions.view.problems');
}
