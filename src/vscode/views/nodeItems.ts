import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { shortName } from '../../core/account/layerNames.ts';
import type { WorkspaceFunction } from '../../core/workspace/workspaceFunction.ts';
import { isPublishedLayer } from '../../core/layer/layerReference.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import { explainPath } from '../../core/opt/provenance.ts';
import { optUri } from '../optFiles/optUris.ts';
import { describeDate } from '../describeDate.ts';
import { commandIds } from '../manifest.ts';
import { findingUri } from '../checks/findingLocation.ts';
import {
  type EntryNode,
  type FindingNode,
  isMergedEntry,
  nodeId,
  type PackageNode,
  type TreeNode,
  type UsedLayerNode,
} from './nodes.ts';
import { treeRow } from './treeRow.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** What the rows need besides themselves. */
export interface ItemSources {
  nameOf(path: string): string;
  /** Whether a path is the zip of a published version, in a place that concerns nobody. */
  isDownloaded(path: string): boolean;
}

/** How a row looks. Nothing is read from disk here. */
export function nodeItem(node: TreeNode, sources: ItemSources): vscode.TreeItem {
  const item = bareItem(node, sources);
  item.id = nodeId(node);
  return item;
}

function bareItem(node: TreeNode, sources: ItemSources): vscode.TreeItem {
  switch (node.type) {
    case 'group':
      return new vscode.TreeItem(groupLabels[node.group](), Expanded);
    case 'function':
      return functionItem(node.function);
    case 'usedLayer':
      return usedLayerItem(node, sources);
    case 'localLayer':
      return treeRow(node.layer.name, Collapsed, {
        icon: 'layers',
        contextValue: layerContext(node.layer.path),
        description: vscode.workspace.asRelativePath(node.layer.path),
        tooltip: node.layer.path,
      });
    case 'stack':
      return treeRow(node.paths.map((path) => sources.nameOf(path)).join(' + '), Collapsed, {
        icon: 'layers',
        contextValue: 'stack',
        tooltip: node.paths.join('\n'),
      });
    case 'opt':
      return treeRow('/opt', Collapsed, {
        icon: 'root-folder',
        contextValue: 'opt',
        description: vscode.l10n.t('merged'),
        tooltip: vscode.l10n.t(
          'What the function finds in /opt: its layers merged in order, the last one wins.',
        ),
      });
    case 'budget':
      return treeRow(vscode.l10n.t('Size'), None, { icon: 'dashboard', contextValue: 'budget' });
    case 'package':
      return packageItem(node);
    case 'findings':
      return treeRow(vscode.l10n.t('Problems'), Collapsed, { icon: 'checklist', contextValue: 'findings' });
    case 'finding':
      return findingItem(node);
    case 'entry':
      return entryItem(node);
    case 'problem':
      return treeRow(node.message, None, {
        icon: 'error',
        contextValue: 'problem',
        tooltip: node.message,
        color: 'list.errorForeground',
      });
  }
}

/** A function of a template is named by what the template calls it, and says which template that is. */
function functionItem({ code = '', definition, name }: WorkspaceFunction): vscode.TreeItem {
  const [, template = '', id = name] = definition === undefined ? [] : (/^(.*)#([^#]*)$/.exec(name) ?? []);
  return treeRow(id, Collapsed, {
    icon: 'symbol-function',
    contextValue: definition === undefined ? 'function' : 'function template',
    description: template,
    tooltip: code,
  });
}

/** Choosing it shows what is in the zip. */
function packageItem({ last: { file, packaged, zippedBytes } }: PackageNode): vscode.TreeItem {
  const item = treeRow(vscode.l10n.t('Last Package'), None, {
    icon: 'package',
    contextValue: 'package',
    description: [basename(file), formatBytes(zippedBytes), describeDate(packaged)].join(' · '),
    tooltip: file,
  });
  item.command = {
    command: commandIds.openOpt,
    title: vscode.l10n.t('Browse /opt'),
    arguments: [vscode.Uri.file(file)],
  };
  return item;
}

const groupLabels = {
  functions: () => vscode.l10n.t('Functions'),
  layers: () => vscode.l10n.t('Local Layers'),
  stacks: () => vscode.l10n.t('Opened Stacks'),
};

function usedLayerItem(node: UsedLayerNode, sources: ItemSources): vscode.TreeItem {
  const { use, position } = node;
  if (use.path === undefined && isPublishedLayer(use.reference)) return publishedLayerItem(node);
  if (use.path === undefined) {
    const problem = use.problem ?? '';
    return treeRow(`${position + 1}  ${use.reference}`, None, {
      icon: 'error',
      contextValue: 'brokenLayer',
      description: problem,
      tooltip: problem,
      color: 'list.errorForeground',
    });
  }
  return treeRow(`${position + 1}  ${sources.nameOf(use.path)}`, Collapsed, {
    icon: 'layers',
    contextValue: layerContext(use.path),
    description: sources.isDownloaded(use.path)
      ? vscode.l10n.t('published')
      : vscode.workspace.asRelativePath(use.path),
    tooltip: vscode.l10n.t('Layer {0} of the stack: {1}', position + 1, use.path),
  });
}

/** A layer version that is not on this machine yet: browsing it downloads it. */
function publishedLayerItem(node: UsedLayerNode): vscode.TreeItem {
  const { use, position } = node;
  const item = treeRow(`${position + 1}  ${shortName(use.reference)}`, None, {
    icon: 'cloud-download',
    contextValue: 'layer published',
    description: vscode.l10n.t('not downloaded yet'),
    tooltip: use.reference,
  });
  item.command = {
    command: commandIds.openOpt,
    title: vscode.l10n.t('Browse /opt'),
    arguments: [node],
  };
  return item;
}

function entryItem(node: EntryNode): vscode.TreeItem {
  const { entry, stack } = node;
  const merged = isMergedEntry(node);
  const layerPath = stack.paths[entry.layer];
  const inFolder = stack.view.layers[entry.layer]?.source.format === 'folder' && layerPath !== undefined;
  const uri =
    merged || !inFolder
      ? optUri({ stack: stack.id, path: entry.path })
      : vscode.Uri.file(join(layerPath, entry.path));
  const item = new vscode.TreeItem(uri, entry.kind === 'directory' ? Collapsed : None);
  item.contextValue = merged ? optEntryContext(node) : 'layerEntry';
  if (entry.kind !== 'directory') {
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] };
  }
  return item;
}

function optEntryContext({ stack, entry }: EntryNode): string {
  return explainPath(stack.view, entry.path).shadowed.length > 0 ? 'optEntry shadows' : 'optEntry';
}

function layerContext(path: string): string {
  return path.toLowerCase().endsWith('.zip') ? 'layer zip' : 'layer folder';
}

const findingIcons = { error: 'error', warning: 'warning', info: 'info' } as const;

function findingItem({ stack, finding }: FindingNode): vscode.TreeItem {
  const { severity, path, message, help, fix } = finding;
  const item = treeRow(message, None, {
    icon: findingIcons[severity],
    contextValue: fix === undefined ? 'finding' : 'finding fixable',
    tooltip: `${message}\n${help}`,
    ...(path === undefined ? {} : { description: path }),
    ...(severity === 'info' ? {} : { color: `list.${severity}Foreground` }),
  });
  const uri = findingUri(stack, finding);
  if (uri !== undefined && path !== undefined) {
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] };
  }
  return item;
}
