import * as vscode from 'vscode';
import { optUri } from '../optFiles/optUris.ts';
import type { CommandServices } from './services.ts';
import { resolveTarget, type StackInput, type StackOptions } from './stackTarget.ts';

export type OpenOptOptions = StackOptions;

/**
 * Opens the merged view of a stack and reveals it in the tree.
 * @returns the URI of the merged `/opt`, or `undefined` when nothing was chosen
 */
export async function openOpt(
  services: CommandServices,
  input?: StackInput,
): Promise<vscode.Uri | undefined> {
  const { stacks, tree, treeView } = services;
  const target = await resolveTarget(
    services,
    input,
    vscode.l10n.t('Function or layer whose /opt to browse'),
  );
  if (target === undefined) return undefined;
  const stack = await stacks.open(target.paths);
  const node = tree.optNode(target.paths, target.functionName);
  const wasHidden = !treeView.visible;
  const reveal = () => treeView.reveal(node, { select: true, focus: false, expand: true });
  await reveal();
  if (wasHidden) await reveal(); // a view that has just appeared loads its rows, and forgets what to expand
  return optUri({ stack: stack.id, path: '' });
}
