import type * as vscode from 'vscode';
import type { LayerCache } from '../../core/run/layerCache.ts';
import type { CheckStore } from '../checks/checkStore.ts';
import type { Sessions } from '../debug/sessions.ts';
import type { Stacks } from '../optFiles/stacks.ts';
import type { TreeNode } from '../views/nodes.ts';
import type { WorkspaceTree } from '../views/workspaceTree.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';

/** What commands work with. */
export interface CommandServices {
  readonly model: WorkspaceModel;
  readonly stacks: Stacks;
  readonly tree: WorkspaceTree;
  readonly treeView: vscode.TreeView<TreeNode>;
  readonly sessions: Sessions;
  readonly cache: LayerCache;
  readonly checks: CheckStore;
  readonly log: vscode.LogOutputChannel;
}
