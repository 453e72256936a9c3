import * as vscode from 'vscode';
import type { AccountStore } from '../../core/account/accountStore.ts';
import { layerArnOf } from '../../core/account/layerNames.ts';
import type { FunctionSummary, LayerSummary, LayerVersionSummary } from '../../core/account/ports.ts';
import { parseLayerVersionArn } from '../../core/layer/layerArn.ts';
import type {
  AccountNode,
  FactNode,
  FunctionNode,
  GroupNode,
  LayerNode,
  LayerVersionNode,
  PlaceNode,
  UsersNode,
} from './accountNodes.ts';
import type { AddedLayer } from './addedLayers.ts';

/** What a place has. */
export function groupNodes(parent: PlaceNode): GroupNode[] {
  return (['layers', 'functions'] as const).map((group) => {
    return { kind: 'accountGroup', group, where: parent.where, parent };
  });
}

export function layerNode(layer: LayerSummary, parent: GroupNode): LayerNode {
  const { where } = parent;
  return { kind: 'accountLayer', layerArn: layer.arn, where, layer, addedVersionArn: undefined, parent };
}

/** The row of a layer that somebody added by ARN. */
export function addedNode({ versionArn, where }: AddedLayer, parent: GroupNode): LayerNode {
  const layerArn = layerArnOf(versionArn);
  const name = parseLayerVersionArn(versionArn)?.name ?? layerArn;
  const layer = { name, arn: layerArn, newest: undefined };
  return { kind: 'accountLayer', layerArn, where, layer, addedVersionArn: versionArn, parent };
}

export function versionNode(version: LayerVersionSummary, parent: LayerNode): LayerVersionNode {
  return {
    kind: 'accountLayerVersion',
    layerVersionArn: version.arn,
    where: parent.where,
    version,
    zippedBytes: undefined,
    position: undefined,
    parent,
  };
}

/** The row of a function, which says what the store knows by now. */
export function functionNode(
  summary: FunctionSummary,
  parent: GroupNode | UsersNode,
  store: AccountStore,
): FunctionNode {
  return {
    kind: 'accountFunction',
    functionArn: summary.arn,
    functionName: summary.name,
    where: parent.where,
    get function() {
      return store.functionNow(summary.arn) ?? summary;
    },
    parent,
  };
}

/** A function's layers in its order, or that it has none. */
export function attachedNodes(parent: FunctionNode): AccountNode[] {
  const { layers, packageType } = parent.function;
  if (layers.length === 0) {
    const value = packageType === 'Image' ? vscode.l10n.t('made from a container image') : '';
    return [factNode({ label: vscode.l10n.t('No layers'), value, icon: 'info', parent })];
  }
  return layers.map(({ arn, zippedBytes }, position) => ({
    kind: 'accountLayerVersion',
    layerVersionArn: arn,
    where: parent.where,
    version: undefined,
    zippedBytes,
    position,
    parent,
  }));
}

export function factNode(fact: Omit<FactNode, 'kind'>): FactNode {
  return { kind: 'accountFact', ...fact };
}
