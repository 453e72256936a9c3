import * as vscode from 'vscode';
import { isPublishedLayer } from '../../core/layer/layerReference.ts';
import { type AccountNode, isAccountNode } from '../account/accountNodes.ts';
import { deployedTarget, isFunctionArn, targetOfAccountNode } from '../account/accountTarget.ts';
import type { DownloadReason } from '../account/publishedLayers.ts';
import type { TreeNode, UsedLayerNode } from '../views/nodes.ts';
import type { CommandServices } from './services.ts';

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
  services: CommandServices,
  input: StackInput,
  placeHolder: string,
): Promise<StackTarget | undefined> {
  if (input === undefined) return askForTarget(services, placeHolder);
  if (input instanceof vscode.Uri) return { paths: [input.fsPath] };
  if (isAccountNode(input)) return targetOfAccountNode(services, input);
  if ('layers' in input) {
    const { layers, code } = input;
    await services.published.prepare(layers, 'person');
    const [codePath] = code === undefined ? [] : services.model.resolveLayers([code]);
    return {
      paths: services.model.resolveLayers(layers),
      ...(codePath === undefined ? {} : { code: codePath }),
    };
  }
  if ('type' in input) return targetOfNode(services, input);
  if (isFunctionArn(input.function)) return deployedTarget(services, input.function);
  return functionTarget(services, input.function);
}

async function targetOfNode(services: CommandServices, node: TreeNode): Promise<StackTarget | undefined> {
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
    case 'finding':
    case 'findings':
    case 'problem':
      return undefined;
  }
}

/** A published layer that is not on this machine has a reference only. */
async function usedLayerTarget(
  { model, published }: CommandServices,
  { use, parent }: UsedLayerNode,
): Promise<StackTarget | undefined> {
  if (use.path !== undefined) return { paths: [use.path] };
  const reason: DownloadReason = parent.type === 'function' ? 'workspace' : 'person';
  await published.prepare([use.reference], reason);
  return isPublishedLayer(use.reference) ? { paths: model.resolveLayers([use.reference]) } : undefined;
}

/** Every reference is resolved again, so that a broken one is told with its reason. */
async function functionTarget({ model, published }: CommandServices, name: string): Promise<StackTarget> {
  await published.prepare(
    model.functionNamed(name).layers.map(({ reference }) => reference),
    'workspace',
  );
  const { layers, folder, code, runtime } = model.functionNamed(name);
  const workspaceFolder = vscode.workspace.workspaceFolders?.find((one) => one.uri.fsPath === folder);
  const paths = layers.flatMap((use) => use.path ?? model.resolveLayers([use.reference], workspaceFolder));
  return { paths, functionName: name, runtime, ...(code === undefined ? {} : { code }) };
}

async function askForTarget(
  services: CommandServices,
  placeHolder: string,
): Promise<StackTarget | undefined> {
  const { model } = services;
  const functions = model.functions().map((one) => ({
    label: one.name,
    description: vscode.l10n.t('{0} layers', one.layers.length),
    target: () => functionTarget(services, one.name),
  }));
  const layers = model.layers().map((layer) => ({
    label: layer.name,
    description: vscode.workspace.asRelativePath(layer.path),
    target: () => Promise.resolve({ paths: [layer.path] }),
  }));
  const separator = (label: string) => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
    target: () => Promise.resolve(undefined),
  });
  const picked = await vscode.window.showQuickPick(
    [separator(vscode.l10n.t('functions')), ...functions, separator(vscode.l10n.t('layers')), ...layers],
    { placeHolder, matchOnDescription: true },
  );
  return picked?.target();
}
