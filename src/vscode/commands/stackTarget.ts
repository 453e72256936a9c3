import * as vscode from 'vscode';
import type { TreeNode } from '../views/nodes.ts';
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

/** How programs and tests name a stack. */
export type StackOptions =
  { readonly layers: readonly string[]; readonly code?: string } | { readonly function: string };

/** How a stack can be given to a command: options, a row of the tree, a folder or zip of the explorer, or not at all. */
export type StackInput = StackOptions | TreeNode | vscode.Uri | undefined;

/**
 * Turns what a command was given into a stack, asking when it was given nothing.
 * @returns `undefined` when nothing was chosen
 * @throws UserError `FunctionNotFound`, `LayerReferenceInvalid`
 */
export async function resolveTarget(
  services: CommandServices,
  input: StackInput,
  placeHolder: string,
): Promise<StackTarget | undefined> {
  if (input === undefined) return askForTarget(services, placeHolder);
  if (input instanceof vscode.Uri) return { paths: [input.fsPath] };
  if ('layers' in input) {
    const { layers, code } = input;
    const [codePath] = code === undefined ? [] : services.model.resolveLayers([code]);
    return {
      paths: services.model.resolveLayers(layers),
      ...(codePath === undefined ? {} : { code: codePath }),
    };
  }
  if ('type' in input) return targetOfNode(services, input);
  return functionTarget(services, input.function);
}

function targetOfNode(services: CommandServices, node: TreeNode): StackTarget | undefined {
  switch (node.type) {
    case 'function':
      return functionTarget(services, node.function.name);
    case 'localLayer':
      return { paths: [node.layer.path] };
    case 'usedLayer':
      return node.use.path === undefined ? undefined : { paths: [node.use.path] };
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

/** Every reference is resolved again, so that a broken one is told with its reason. */
function functionTarget({ model }: CommandServices, name: string): StackTarget {
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
    target: () => ({ paths: [layer.path] }),
  }));
  const separator = (label: string) => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
    target: () => undefined,
  });
  const picked = await vscode.window.showQuickPick(
    [separator(vscode.l10n.t('functions')), ...functions, separator(vscode.l10n.t('layers')), ...layers],
    { placeHolder, matchOnDescription: true },
  );
  return picked?.target();
}
