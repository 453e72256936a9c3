import * as vscode from 'vscode';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { shortName } from '../../core/account/layerNames.ts';
import type { LayerVersionSummary } from '../../core/account/ports.ts';
import { parseLayerVersionArn } from '../../core/layer/layerArn.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import { describeDate } from '../describeDate.ts';
import { commandIds } from '../manifest.ts';
import {
  accountNodeId,
  type AccountNode,
  type FactNode,
  type FunctionNode,
  type LayerNode,
  type LayerVersionNode,
  type MoreNode,
  type PlaceNode,
  type ProblemNode,
  type UsersNode,
} from './accountNodes.ts';
import { treeRow } from '../views/treeRow.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** What rows say beside themselves. */
export interface ItemFacts {
  /** How many functions have a version; `undefined` until the functions have been read. */
  usersOf(node: UsersNode): number | undefined;
}

/** How a row looks. Nothing is asked of AWS here. */
export function accountItem(node: AccountNode, facts: ItemFacts): vscode.TreeItem {
  const item = bareItem(node, facts);
  item.id = accountNodeId(node);
  return item;
}

/** `production · eu-west-1`: a place for people. */
export function describePlace({ profile, region }: AccountPlace): string {
  return `${profile ?? vscode.l10n.t('default credentials')} · ${region}`;
}

function bareItem(node: AccountNode, facts: ItemFacts): vscode.TreeItem {
  switch (node.kind) {
    case 'accountPlace':
      return placeItem(node);
    case 'accountGroup':
      return node.group === 'layers'
        ? treeRow(vscode.l10n.t('Layers'), Expanded, { icon: 'layers', contextValue: 'accountLayers' })
        : treeRow(vscode.l10n.t('Functions'), Collapsed, {
            icon: 'symbol-function',
            contextValue: 'accountFunctions',
          });
    case 'accountLayer':
      return layerItem(node);
    case 'accountLayerVersion':
      return versionItem(node);
    case 'accountFunction':
      return functionItem(node);
    case 'accountUsers':
      return usersItem(node, facts.usersOf(node));
    case 'accountFact':
      return factItem(node);
    case 'accountMore':
      return moreItem(node);
    case 'accountProblem':
      return problemItem(node);
  }
}

function placeItem({ where, origin }: PlaceNode): vscode.TreeItem {
  return treeRow(describePlace(where), origin === 'current' ? Expanded : Collapsed, {
    icon: 'cloud',
    contextValue: origin === 'current' ? 'accountPlace current' : 'accountPlace added',
    tooltip:
      origin === 'current'
        ? vscode.l10n.t('The profile and region of the settings.')
        : vscode.l10n.t('Added beside the profile and region of the settings.'),
  });
}

function layerItem({ layer, addedVersionArn }: LayerNode): vscode.TreeItem {
  const owner = addedVersionArn === undefined ? undefined : parseLayerVersionArn(addedVersionArn)?.account;
  const { newest } = layer;
  const description = [
    ...(newest === undefined ? [] : [vscode.l10n.t('version {0}', newest.version), ...briefly(newest)]),
    ...(owner === undefined ? [] : [vscode.l10n.t('account {0}', owner)]),
  ];
  return treeRow(layer.name, Collapsed, {
    icon: 'layers',
    contextValue: owner === undefined ? 'accountLayer' : 'accountLayer foreign',
    description: description.join(' · '),
  });
}

function versionItem(node: LayerVersionNode): vscode.TreeItem {
  const { version, position, layerVersionArn, zippedBytes, parent } = node;
  if (position !== undefined) {
    const account = parseLayerVersionArn(layerVersionArn)?.account;
    const isForeign = parent.kind === 'accountFunction' && account !== parent.functionArn.split(':')[4];
    const description = [
      ...(zippedBytes === undefined ? [] : [formatBytes(zippedBytes)]),
      ...(isForeign && account !== undefined ? [vscode.l10n.t('account {0}', account)] : []),
    ];
    return treeRow(`${position + 1}  ${shortName(layerVersionArn)}`, Collapsed, {
      icon: 'layers',
      contextValue: 'accountLayerVersion attached',
      description: description.join(' · '),
    });
  }
  const number = layerVersionArn.slice(layerVersionArn.lastIndexOf(':') + 1);
  return treeRow(vscode.l10n.t('Version {0}', number), Collapsed, {
    icon: 'tag',
    contextValue: 'accountLayerVersion',
    description:
      version === undefined ? '' : [describeDate(version.created), ...briefly(version)].join(' · '),
  });
}

function functionItem({ functionName, function: summary }: FunctionNode): vscode.TreeItem {
  const { runtime, architectures, layers, packageType } = summary;
  const count = vscode.l10n.t('{0} layers', layers.length);
  const description = [
    layers.length === 1 ? vscode.l10n.t('1 layer') : count,
    runtime ?? (packageType === 'Image' ? vscode.l10n.t('container image') : ''),
    ...architectures,
  ];
  return treeRow(functionName, Collapsed, {
    icon: 'symbol-function',
    contextValue: 'accountFunction',
    description: description.filter((each) => each !== '').join(' · '),
  });
}

function usersItem(node: UsersNode, count: number | undefined): vscode.TreeItem {
  const label = vscode.l10n.t('Used by');
  if (count === undefined) {
    const item = treeRow(label, None, {
      icon: 'references',
      contextValue: 'accountUsers unknown',
      description: vscode.l10n.t('find functions…'),
      tooltip: vscode.l10n.t('Reads all functions of this account and region once.'),
    });
    item.command = { command: commandIds.findLayerUsers, title: label, arguments: [node] };
    return item;
  }
  return treeRow(label, count === 0 ? None : Collapsed, {
    icon: 'references',
    contextValue: 'accountUsers known',
    description: count === 1 ? vscode.l10n.t('1 function') : vscode.l10n.t('{0} functions', count),
    tooltip: vscode.l10n.t('Functions of this account and region, as they are now; others are not known.'),
  });
}

function factItem({ label, value, icon, command }: FactNode): vscode.TreeItem {
  const tooltip = value === '' ? label : `${label}: ${value}`;
  const item = treeRow(label, None, { icon, contextValue: 'accountFact', description: value, tooltip });
  if (command !== undefined) item.command = { command, title: label };
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const label = vscode.l10n.t('Load More…');
  const item = treeRow(label, None, {
    icon: 'ellipsis',
    contextValue: 'accountMore',
    description: vscode.l10n.t('{0} shown', node.shown),
  });
  item.command = { command: commandIds.loadMore, title: label, arguments: [node] };
  return item;
}

function problemItem({ message, help }: ProblemNode): vscode.TreeItem {
  return treeRow(message, None, {
    icon: 'error',
    contextValue: 'accountProblem',
    tooltip: help === undefined ? message : `${message}\n${help}`,
    color: 'list.errorForeground',
  });
}

function briefly({
  compatibleRuntimes,
  compatibleArchitectures,
  description,
}: LayerVersionSummary): string[] {
  return [compatibleRuntimes.join(', '), compatibleArchitectures.join(', '), description].filter(
    (each) => each !== '',
  );
}
