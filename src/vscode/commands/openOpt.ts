import * as vscode from 'vscode';
import { optUri } from '../optFiles/optUris.ts';
import type { OptNode, TreeNode } from '../views/nodes.ts';
import type { CommandServices } from './services.ts';

export type OpenOptOptions = { readonly layers: readonly string[] } | { readonly function: string };

interface Target {
  readonly paths: readonly string[];
  readonly functionName?: string;
}

/**
 * Opens the merged view of a stack and reveals it in the tree. Takes options, a row of the tree, a folder or zip of
 * the explorer, or nothing, and then asks.
 * @returns the URI of the merged `/opt`, or `undefined` when nothing was chosen
 */
export async function openOpt(
  services: CommandServices,
  input?: OpenOptOptions | TreeNode | vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const target = input === undefined ? await askForTarget(services) : targetOf(services, input);
  if (target === undefined) return undefined;
  const stack = await services.stacks.open(target.paths);
  const node = services.tree.optNode(target.paths, target.functionName);
  await reveal(services, node);
  return optUri({ stack: stack.id, path: '' });
}

function targetOf(
  services: CommandServices,
  input: OpenOptOptions | TreeNode | vscode.Uri,
): Target | undefined {
  if (input instanceof vscode.Uri) return { paths: [input.fsPath] };
  if ('layers' in input) return { paths: services.model.resolveLayers(input.layers) };
  if ('type' in input) return targetOfNode(services, input);
  return functionTarget(services, input.function);
}

function targetOfNode(services: CommandServices, node: TreeNode): Target | undefined {
  if (node.type === 'function') return functionTarget(services, node.function.name);
  if (node.type === 'localLayer') return { paths: [node.layer.path] };
  if (node.type === 'usedLayer' && node.use.path !== undefined) return { paths: [node.use.path] };
  return undefined;
}

/** Every reference is resolved again, so that a broken one is told with its reason. */
function functionTarget({ model }: CommandServices, name: string): Target {
  const { layers, folder } = model.functionNamed(name);
  const workspaceFolder = vscode.workspace.workspaceFolders?.find((one) => one.uri.fsPath === folder);
  const paths = layers.map((use) => use.path ?? model.resolveLayers([use.reference], workspaceFolder)).flat();
  return { paths, functionName: name };
}

async function askForTarget(services: CommandServices): Promise<Target | undefined> {
  const { model } = services;
  const functions = model.functions().map((one) => ({
    label: one.name,
    description: vscode.l10n.t('{0} layers', one.layers.length),
    target: () => functionTarget(services, one.name),
  }));
  const layers = model.layers().map((layer) => ({
    label: layer.name,
    description: vscode.workspace.asRelativePath(layer.path),
    target: () => ({ paths: [layer.path] }),
  }));
  const separator = (label: string) => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
    target: () => undefined,
  });
  const picked = await vscode.window.showQuickPick(
    [separator(vscode.l10n.t('functions')), ...functions, separator(vscode.l10n.t('layers')), ...layers],
    { placeHolder: vscode.l10n.t('Function or layer whose /opt to browse'), matchOnDescription: true },
  );
  return picked?.target();
}

async function reveal({ treeView }: CommandServices, node: OptNode): Promise<void> {
  await treeView.reveal(node, { select: true, focus: false, expand: true });
}
