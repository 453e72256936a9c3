import * as vscode from 'vscode';
import { describeError, UserError } from '../../core/base/errors.ts';
import { moveItem, withLayers } from '../../core/workspace/launchEdit.ts';
import type { WorkspaceFunction } from '../../core/workspace/workspaceFunction.ts';
import { requireTrust } from '../trust.ts';
import { settingIds, settingPrefix, viewIds } from '../manifest.ts';
import type { LocalLayer } from '../workspace/workspaceModel.ts';
import type { TreeNode } from './nodes.ts';

const mimeType = `application/vnd.code.tree.${viewIds.workspace.toLowerCase()}`;

/** What is dragged: a layer of a function's stack, or a local layer by name. */
type Dragged = { readonly function: string; readonly position: number } | { readonly name: string };

/**
 * Reorders layers by writing what lists them: a function's launch configuration, or the setting of the local layers.
 * A local layer that is dropped on a function is added to it.
 */
export class LayerDragAndDrop implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dropMimeTypes = [mimeType];
  readonly dragMimeTypes = [mimeType];

  handleDrag(nodes: readonly TreeNode[], data: vscode.DataTransfer): void {
    const [node] = nodes;
    const dragged = node === undefined ? undefined : draggedOf(node);
    if (dragged !== undefined) data.set(mimeType, new vscode.DataTransferItem(dragged));
  }

  async handleDrop(target: TreeNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const dragged = data.get(mimeType)?.value as Dragged | undefined;
    if (dragged === undefined || target === undefined) return;
    try {
      if (target.type === 'localLayer' && 'name' in dragged) {
        await moveLocalLayer(target.layer, dragged.name);
        return;
      }
      const place = placeOf(target);
      if (place === undefined) return;
      requireTrust(vscode.l10n.t('Changing a launch configuration'));
      await writeLayers(place.function, newOrder(place, dragged));
    } catch (error) {
      void vscode.window.showErrorMessage(describeError(error));
    }
  }
}

/** Puts a local layer in another's place, in the setting of the folder that lists both. */
async function moveLocalLayer(target: LocalLayer, name: string): Promise<void> {
  requireTrust(vscode.l10n.t('Changing settings'));
  const configuration = vscode.workspace.getConfiguration(settingPrefix, target.folder.uri);
  const listed = configuration.get<{ name?: unknown }[]>(settingIds.layers) ?? [];
  const from = listed.findIndex((layer) => layer.name === name);
  const onto = listed.findIndex((layer) => layer.name === target.name);
  if (from === -1 || onto === -1) return; // of another folder, whose order is its own
  const order = moveItem(listed, from, from < onto ? onto + 1 : onto);
  await configuration.update(settingIds.layers, order, vscode.ConfigurationTarget.WorkspaceFolder);
}

interface Place {
  readonly function: WorkspaceFunction;
  /** Before which layer; the number of layers for the end. */
  readonly position: number;
}

function draggedOf(node: TreeNode): Dragged | undefined {
  if (node.type === 'localLayer') return { name: node.layer.name };
  if (node.type !== 'usedLayer' || node.parent.type !== 'function') return undefined;
  return { function: node.parent.function.name, position: node.position };
}

function placeOf(node: TreeNode): Place | undefined {
  if (node.type === 'usedLayer' && node.parent.type === 'function') {
    return { function: node.parent.function, position: node.position };
  }
  const functionNode = node.type === 'opt' ? node.parent : node;
  if (functionNode.type !== 'function') return undefined;
  return { function: functionNode.function, position: functionNode.function.layers.length };
}

/** @throws UserError when a layer of another function is dropped: its order is that function's */
function newOrder({ function: target, position }: Place, dragged: Dragged): string[] {
  const references = target.layers.map((use) => use.reference);
  if ('name' in dragged) {
    if (references.length === 5) {
      throw new UserError(
        'ConfigurationInvalid',
        `${target.name} has 5 layers already, as many as Lambda allows.`,
      );
    }
    return [...references.slice(0, position), dragged.name, ...references.slice(position)];
  }
  if (dragged.function !== target.name) {
    throw new UserError(
      'ConfigurationInvalid',
      'Layers can be moved within one function.',
      'Drag a local layer to add it.',
    );
  }
  // Dropping on a layer further down means to come after it, as lists everywhere do.
  return moveItem(references, dragged.position, dragged.position < position ? position + 1 : position);
}

async function writeLayers(target: WorkspaceFunction, layers: readonly string[]): Promise<void> {
  if (target.definition !== undefined) {
    throw new UserError(
      'ConfigurationInvalid',
      `The layers of ${target.name} are listed in ${target.definition.file}, which is only read.`,
      'Change their order there.',
    );
  }
  const [document, text] = await launchDocument(target);
  const changed = withLayers(text, target.name, layers);
  if (changed === undefined) {
    throw new UserError(
      'ConfigurationInvalid',
      `${document.uri.fsPath} has no launch configuration "${target.name}".`,
      'Its layers are listed elsewhere, such as in the workspace file; change their order there.',
    );
  }
  const edit = new vscode.WorkspaceEdit();
  const whole = new vscode.Range(document.positionAt(0), document.positionAt(text.length));
  edit.replace(document.uri, whole, changed);
  if (await vscode.workspace.applyEdit(edit)) await document.save();
}

async function launchDocument({ folder, name }: WorkspaceFunction): Promise<[vscode.TextDocument, string]> {
  if (folder === undefined) {
    throw new UserError('ConfigurationInvalid', `The function "${name}" belongs to no folder.`);
  }
  const uri = vscode.Uri.joinPath(vscode.Uri.file(folder), '.vscode/launch.json');
  const document = await vscode.workspace.openTextDocument(uri);
  return [document, document.getText()];
}
