import * as vscode from 'vscode';
import { planAttach } from '../../core/account/changeLayers.ts';
import { placeKey } from '../../core/account/accountPlace.ts';
import { moveItem } from '../../core/workspace/launchEdit.ts';
import type { AwsServices } from '../commands/aws/awsServices.ts';
import { changeWithPreview } from '../commands/aws/changeWithPreview.ts';
import { reorderTo } from '../commands/aws/reorderLayers.ts';
import { viewIds } from '../manifest.ts';
import { telling } from '../register.ts';
import { requireTrust } from '../trust.ts';
import type { AccountNode, FunctionNode } from './accountNodes.ts';

const mimeType = `application/vnd.code.tree.${viewIds.account.toLowerCase()}`;

/** What is dragged: a layer version, and where it came from when that is a function's list. */
interface Dragged {
  readonly layerVersionArn: string;
  /** Of `placeKey`. */
  readonly place: string;
  readonly from: { readonly functionArn: string; readonly position: number } | undefined;
}

/**
 * Layers of the account view are reordered by dragging them within a function, and attached by dropping a version on
 * a function. Both show the order before and after, and ask.
 */
export class AccountDragAndDrop implements vscode.TreeDragAndDropController<AccountNode> {
  readonly dropMimeTypes = [mimeType];
  readonly dragMimeTypes = [mimeType];
  readonly #services: AwsServices;

  constructor(services: AwsServices) {
    this.#services = services;
  }

  handleDrag(nodes: readonly AccountNode[], data: vscode.DataTransfer): void {
    const [node] = nodes;
    const dragged = node === undefined ? undefined : draggedOf(node);
    if (dragged !== undefined) data.set(mimeType, new vscode.DataTransferItem(dragged));
  }

  async handleDrop(target: AccountNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const dragged = data.get(mimeType)?.value as Dragged | undefined;
    const place = target === undefined ? undefined : dropPlaceOf(target);
    if (dragged === undefined || place === undefined) return;
    await telling(this.#drop(dragged, place));
  }

  async #drop(dragged: Dragged, { row, position }: DropPlace): Promise<void> {
    requireTrust(vscode.l10n.t('Changing functions'));
    const { functionArn, where } = row;
    const { layerVersionArn: layer, from } = dragged;
    const current = row.function.layers.map(({ arn }) => arn);
    if (from?.functionArn === functionArn && dragged.place === placeKey(where)) {
      const to = position ?? current.length;
      // Dropping on a layer further down means to come after it, as lists everywhere do.
      const layers = moveItem(current, from.position, from.position < to ? to + 1 : to);
      await reorderTo(this.#services, { function: functionArn, where, layers, confirm: 'ask' });
      return;
    }
    await changeWithPreview(this.#services, {
      where,
      confirm: 'ask',
      plan: (gateway, options) =>
        planAttach(gateway, { function: functionArn, layer, position, onSameLayer: 'replace' }, options),
    });
  }
}

function draggedOf(node: AccountNode): Dragged | undefined {
  if (node.kind === 'accountLayer') {
    const arn = node.addedVersionArn ?? node.layer.newest?.arn;
    return arn === undefined
      ? undefined
      : { layerVersionArn: arn, place: placeKey(node.where), from: undefined };
  }
  if (node.kind !== 'accountLayerVersion') return undefined;
  const { layerVersionArn, parent, position, where } = node;
  const isAttached = parent.kind === 'accountFunction' && position !== undefined;
  const from = isAttached ? { functionArn: parent.functionArn, position } : undefined;
  return { layerVersionArn, place: placeKey(where), from };
}

interface DropPlace {
  readonly row: FunctionNode;
  /** Before which layer; `undefined` for the end, or for the place of another version of the layer. */
  readonly position: number | undefined;
}

function dropPlaceOf(node: AccountNode): DropPlace | undefined {
  if (node.kind === 'accountFunction') return { row: node, position: undefined };
  if (node.kind !== 'accountLayerVersion' || node.parent.kind !== 'accountFunction') return undefined;
  return { row: node.parent, position: node.position };
}
