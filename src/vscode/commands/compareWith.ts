import { basename } from 'node:path';
import * as vscode from 'vscode';
import { shortName } from '../../core/account/layerNames.ts';
import { type AccountNode, isAccountNode } from '../account/accountNodes.ts';
import type { TargetServices } from '../account/accountTarget.ts';
import { back } from '../questions/ask.ts';
import type { TreeNode } from '../views/nodes.ts';
import { askForTarget } from './askForTarget.ts';
import { compareStacks, type CompareServices, type LayerComparison } from './compareStacks.ts';
import { resolveTarget } from './stackTarget.ts';

type Services = CompareServices & TargetServices;

/**
 * Compares the stack of a row, or a folder or zip, with another one that is asked for: the row is the right side.
 * @returns what differs, or `undefined` when nothing was chosen
 */
export async function compareWith(
  services: Services,
  input: AccountNode | TreeNode | vscode.Uri,
): Promise<LayerComparison | undefined> {
  const isVersion = isAccountNode(input) && input.kind === 'accountLayerVersion';
  const left = await askForTarget(services, {
    title: vscode.l10n.t('Compare {0}', rowName(input)),
    placeHolder: vscode.l10n.t('Compare with this'),
    near: isVersion ? input : undefined,
    where: isAccountNode(input) && 'where' in input ? input.where : undefined,
  });
  if (left === undefined || left === back) return undefined;
  const right = await resolveTarget(services, input, '');
  return right === undefined ? undefined : compareStacks(services, left, right);
}

function rowName(input: AccountNode | TreeNode | vscode.Uri): string {
  if (input instanceof vscode.Uri) return basename(input.fsPath);
  if ('kind' in input) return accountRowName(input);
  if (input.type === 'function') return input.function.name;
  if (input.type === 'localLayer') return input.layer.name;
  return input.type === 'usedLayer' ? input.use.reference : '/opt';
}

function accountRowName(node: AccountNode): string {
  if (node.kind === 'accountFunction') return node.functionName;
  return node.kind === 'accountLayerVersion' ? shortName(node.layerVersionArn) : '/opt';
}
