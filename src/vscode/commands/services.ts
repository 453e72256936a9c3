import type * as vscode from 'vscode';
import type { LayerCache } from '../../core/run/layerCache.ts';
import type { AccountTree } from '../account/accountTree.ts';
import type { AwsAccounts } from '../account/awsAccounts.ts';
import type { PublishedLayers } from '../account/publishedLayers.ts';
import type { CheckStore } from '../checks/checkStore.ts';
import type { Sessions } from '../debug/sessions.ts';
import type { EventDocuments } from '../invocations/eventDocuments.ts';
import type { Invocations } from '../invocations/invocations.ts';
import type { Stacks } from '../optFiles/stacks.ts';
import type { TreeNode } from '../views/nodes.ts';
import type { WorkspaceTree } from '../views/workspaceTree.ts';
import type { Packages } from '../workspace/packages.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';

/** What commands work with. */
export interface CommandServices {
  readonly model: WorkspaceModel;
  readonly stacks: Stacks;
  readonly tree: WorkspaceTree;
  readonly treeView: vscode.TreeView<TreeNode>;
  readonly sessions: Sessions;
  readonly invocations: Invocations;
  readonly eventDocuments: EventDocuments;
  readonly packages: Packages;
  readonly cache: LayerCache;
  readonly accounts: AwsAccounts;
  readonly published: PublishedLayers;
  readonly accountTree: AccountTree;
  readonly checks: CheckStore;
  readonly log: vscode.LogOutputChannel;
}
