import type * as vscode from 'vscode';
import type { UpdateHistory } from '../../../core/account/updateHistory.ts';
import type { LayerStore } from '../../../core/opt/layerStack.ts';
import type { AwsAccounts } from '../../account/awsAccounts.ts';
import type { PublishedLayers } from '../../account/publishedLayers.ts';
import type { CheckStore } from '../../checks/checkStore.ts';
import type { Stacks } from '../../optFiles/stacks.ts';
import type { WorkspaceModel } from '../../workspace/workspaceModel.ts';
import type { Reports } from './reports.ts';

/** What the commands that read or change an AWS account work with. */
export interface AwsServices {
  readonly accounts: AwsAccounts;
  readonly published: PublishedLayers;
  readonly model: WorkspaceModel;
  readonly stacks: Stacks;
  readonly store: LayerStore;
  readonly checks: CheckStore;
  readonly log: vscode.LogOutputChannel;
  /** Remembers for a workspace what was published with which metadata. */
  readonly state: vscode.Memento;
  /** Changes of functions' layers in this window, for taking them back. */
  readonly history: UpdateHistory;
  readonly reports: Reports;
}
