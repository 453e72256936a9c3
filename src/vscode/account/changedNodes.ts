import { placeKey } from '../../core/account/accountPlace.ts';
import { isOfLayer, layerArnOf } from '../../core/account/layerNames.ts';
import type { AccountNode } from './accountNodes.ts';
import type { PlaceChange } from './awsAccounts.ts';

/** Whether a row, or the rows below it, may say something else after a change. */
export function isConcerned(node: AccountNode, { where, change }: PlaceChange): boolean {
  if (!('where' in node) || placeKey(node.where) !== placeKey(where)) return false;
  switch (change.kind) {
    case 'usage':
      return node.kind === 'accountUsers';
    case 'function': // it may have become a user of a version, or be one no longer
      return node.kind === 'accountUsers' || isFunction(node, change.functionArn);
    case 'layer': // the newest version stands in the list of layers
      return isLayers(node) || isAttached(node, change.layer);
  }
}

function isFunction(node: AccountNode, functionArn: string): boolean {
  return node.kind === 'accountFunction' && node.functionArn === functionArn;
}

function isLayers(node: AccountNode): boolean {
  return node.kind === 'accountGroup' && node.group === 'layers';
}

/** A version in a function's list; the others are drawn with the list of layers. */
function isAttached(node: AccountNode, layer: string): boolean {
  if (node.kind !== 'accountLayerVersion' || node.position === undefined) return false;
  return isOfLayer(layerArnOf(node.layerVersionArn), layer);
}
