import * as vscode from 'vscode';
import { isFunctionArn } from '../../core/account/functionArn.ts';
import { type AccountNode, isAccountNode } from '../account/accountNodes.ts';
import { deployedTarget, targetOfAccountNode, type TargetServices } from '../account/accountTarget.ts';
import { back } from '../questions/ask.ts';
import type { TreeNode } from '../views/nodes.ts';
import { askForTarget } from './askForTarget.ts';
import { functionTarget, layersTarget, usedLayerTarget } from './workspaceTarget.ts';

/** A stack, and the function that it belongs to when there is one. */
export interface StackTarget {
  /** Absolute paths of the layers, in order. */
  readonly paths: readonly string[];
  readonly functionName?: string;
  /** Absolute path of the function's code, when it is known. */
  readonly code?: string;
  /** What the function is configured with. */
  readonly runtime?: string;
}

/** How programs and tests name a stack. A function is a launch configuration's, or by its ARN a deployed one. */
export type StackOptions =
  { readonly layers: readonly string[]; readonly code?: string } | { readonly function: string };

/** How a stack can be given to a command: options, a row of the tree, a folder or zip of the explorer, or not at all. */
export type StackInput = StackOptions | TreeNode | AccountNode | vscode.Uri | undefined;

/**
 * Turns what a command was given into a stack, asking when it was given nothing. Published layers that are not on
 * this machine yet are downloaded.
 * @returns `undefined` when nothing was chosen
 * @throws UserError `FunctionNotFound`, `LayerReferenceInvalid`, and as `PublishedLayers.prepare`
 */
export async function resolveTarget(
  services: TargetServices,
  input: StackInput,
  placeHolder: string,
): Promise<StackTarget | undefined> {
  await services.model.ready();
  if (input === undefined) {
    const answer = await askForTarget(services, { title: vscode.l10n.t('Lambda Layers'), placeHolder });
    return answer === back ? undefined : answer;
  }
  if (input instanceof vscode.Uri) return { paths: [input.fsPath] };
  if (isAccountNode(input)) return targetOfAccountNode(services, input);
  if ('layers' in input) {
    const { layers, code } = input;
    const target = await layersTarget(services, layers);
    return { ...target, ...(code === undefined ? {} : { code: services.model.resolvePath(code) }) };
  }
  if ('type' in input) return targetOfNode(services, input);
  if (isFunctionArn(input.function)) return deployedTarget(services, input.function);
  return functionTarget(services, input.function);
}

async function targetOfNode(services: TargetServices, node: TreeNode): Promise<StackTarget | undefined> {
  switch (node.type) {
    case 'function':
      return functionTarget(services, node.function.name);
    case 'localLayer':
      return { paths: [node.layer.path] };
    case 'usedLayer':
      return usedLayerTarget(services, node);
    case 'stack':
      return { paths: node.paths };
    case 'opt':
    case 'budget':
      return targetOfNode(services, node.parent);
    case 'group':
    case 'entry':
    case 'package':
    case 'finding':
    case 'findings':
    case 'problem':
      return undefined;
  }
}
