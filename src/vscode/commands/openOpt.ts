import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';
import { optUri } from '../optFiles/optUris.ts';
import type { TreeNode } from '../views/nodes.ts';
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
  const { stacks, tree } = services;
  const target = await resolveTarget(
    services,
    input,
    vscode.l10n.t('Function or layer whose /opt to browse'),
  );
  if (target === undefined) return undefined;
  const stack = await stacks.open(target.paths);
  const node = tree.optNode(target.paths, target.functionName);
  await revealNode(services, node);
  return optUri({ stack: stack.id, path: '' });
}

/** How often a row is looked for that a redrawn tree has lost. */
const attempts = 3;

/** Shows a row and what is below it. A stack is open also when VS Code, busy with redrawing, does not find its row. */
async function revealNode({ log, treeView }: CommandServices, node: TreeNode): Promise<void> {
  const wasHidden = !treeView.visible;
  const reveal = () => treeView.reveal(node, { select: true, focus: false, expand: true });
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      await reveal();
      if (wasHidden) await reveal(); // a view that has just appeared loads its rows, and forgets what to expand
      return;
    } catch (error) {
      log.warn(`A row of the Layers view was not found: ${describeError(error)}`);
    }
  }
}
