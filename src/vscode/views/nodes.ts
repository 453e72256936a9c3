import type { Finding } from '../../core/checks/finding.ts';
import type { OptEntry } from '../../core/opt/mergedView.ts';
import type { LayerUse, WorkspaceFunction } from '../../core/workspace/workspaceFunction.ts';
import type { CheckedStack } from '../checks/checkStore.ts';
import type { OpenStack } from '../optFiles/stacks.ts';
import type { LastPackage } from '../workspace/packages.ts';
import type { LocalLayer } from '../workspace/workspaceModel.ts';

/** One row of the tree. Each knows its parent, so that a row can be revealed. */
export type TreeNode =
  | GroupNode
  | FunctionNode
  | UsedLayerNode
  | LocalLayerNode
  | StackNode
  | OptNode
  | BudgetNode
  | PackageNode
  | FindingsNode
  | FindingNode
  | EntryNode
  | ProblemNode;

export interface GroupNode {
  readonly type: 'group';
  readonly group: 'functions' | 'layers' | 'stacks';
  readonly parent: undefined;
}

export interface FunctionNode {
  readonly type: 'function';
  readonly parent: GroupNode;
  readonly function: WorkspaceFunction;
}

/** A layer in a function's stack. */
export interface UsedLayerNode {
  readonly type: 'usedLayer';
  readonly parent: FunctionNode | StackNode;
  readonly use: LayerUse;
  /** From 0. */
  readonly position: number;
}

/** A layer of the setting. */
export interface LocalLayerNode {
  readonly type: 'localLayer';
  readonly parent: GroupNode;
  readonly layer: LocalLayer;
}

/** The zip that a local layer was last packaged to. */
export interface PackageNode {
  readonly type: 'package';
  readonly parent: LocalLayerNode;
  readonly last: LastPackage;
}

/** A stack that was opened by hand. */
export interface StackNode {
  readonly type: 'stack';
  readonly parent: GroupNode;
  readonly paths: readonly string[];
}

/** The merged view of a function or stack. */
export interface OptNode {
  readonly type: 'opt';
  readonly parent: FunctionNode | StackNode;
  readonly paths: readonly string[];
}

export interface BudgetNode {
  readonly type: 'budget';
  readonly parent: FunctionNode | StackNode;
  readonly paths: readonly string[];
  readonly code: string | undefined;
}

/** What checking a stack found. */
export interface FindingsNode {
  readonly type: 'findings';
  readonly parent: FunctionNode | StackNode | LocalLayerNode;
  readonly stack: CheckedStack;
}

export interface FindingNode {
  readonly type: 'finding';
  readonly parent: FindingsNode;
  readonly stack: CheckedStack;
  readonly finding: Finding;
}

/** A path of a merged view, or of one layer's content. */
export interface EntryNode {
  readonly type: 'entry';
  readonly parent: OptNode | UsedLayerNode | LocalLayerNode | EntryNode;
  readonly stack: OpenStack;
  readonly entry: OptEntry;
}

/** Something that could not be loaded, in the place where it would be. */
export interface ProblemNode {
  readonly type: 'problem';
  readonly parent: TreeNode;
  readonly message: string;
}

/** Whether an entry is shown as part of a merged `/opt`, rather than of a single layer. */
export function isMergedEntry(node: EntryNode): boolean {
  let parent: TreeNode = node.parent;
  while (parent.type === 'entry') parent = parent.parent;
  return parent.type === 'opt';
}

/** Stable over reloads and refreshes, so that what is expanded stays so. */
export function nodeId(node: TreeNode): string {
  const above = node.parent === undefined ? '' : `${nodeId(node.parent)}/`;
  return above + ownId(node);
}

function ownId(node: TreeNode): string {
  switch (node.type) {
    case 'group':
      return node.group;
    case 'function':
      return `${node.function.folder ?? ''}#${node.function.name}`;
    case 'usedLayer':
      return `${node.position}:${node.use.reference}`;
    case 'localLayer':
      return node.layer.name;
    case 'stack':
      return node.paths.join('|');
    case 'opt':
    case 'budget':
    case 'findings':
    case 'package':
      return node.type;
    case 'problem':
      return `${node.type}:${node.message}`;
    case 'finding':
      return `${node.finding.code}:${node.finding.message}`;
    case 'entry':
      return node.entry.path.slice(node.entry.path.lastIndexOf('/') + 1);
  }
}
