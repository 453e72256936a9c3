import * as vscode from 'vscode';
import { UpdateHistory } from '../../../core/account/updateHistory.ts';
import type { AccountNode } from '../../account/accountNodes.ts';
import { commandIds } from '../../manifest.ts';
import { registerCommand } from '../../register.ts';
import type { TreeNode } from '../../views/nodes.ts';
import { addPermission, type AddPermissionOptions } from './addPermission.ts';
import { attachLayer, type AttachOptions } from './attachLayer.ts';
import type { AwsServices } from './awsServices.ts';
import { compareChange, type CompareChangeOptions } from './compareChange.ts';
import { compareWithPublished, type CompareWithPublishedOptions } from './compareWithPublished.ts';
import { copyPermissions, type CopyPermissionsOptions } from './copyPermissions.ts';
import { copyPolicy, type CopyPolicyOptions } from './copyPolicy.ts';
import { deleteLayerVersion, type DeleteOptions } from './deleteLayerVersion.ts';
import { detachLayer, type DetachOptions } from './detachLayer.ts';
import { pruneLayer, type PruneOptions } from './pruneLayer.ts';
import { publishLayer, type PublishInput } from './publishLayer.ts';
import { removePermission, type RemovePermissionOptions } from './removePermission.ts';
import { reorderLayers, type ReorderOptions } from './reorderLayers.ts';
import { Reports, reportScheme } from './reports.ts';
import { showPermissions, type VersionOptions } from './showPermissions.ts';
import { undoUpdate, type UndoOptions } from './undoUpdate.ts';
import { updateDependents, type UpdateOptions } from './updateDependents.ts';

/** Adds to the services what only commands that change an account need. */
export function awsServices(services: Omit<AwsServices, 'history' | 'reports'>): AwsServices {
  return { ...services, history: new UpdateHistory(), reports: new Reports() };
}

/** Commands that change an AWS account, or explain how to. */
export function registerAwsCommands(services: AwsServices): vscode.Disposable {
  const { log, reports } = services;
  return vscode.Disposable.from(
    reports,
    vscode.workspace.registerTextDocumentContentProvider(reportScheme, reports),
    registerCommand(commandIds.publishLayer, log, (input?: PublishInput) => publishLayer(services, input)),
    registerCommand(
      commandIds.compareWithPublished,
      log,
      (input?: CompareWithPublishedOptions | TreeNode | vscode.Uri) => compareWithPublished(services, input),
    ),
    ...registerFunctionCommands(services),
    ...registerPermissionCommands(services),
    registerCommand(commandIds.deleteLayerVersion, log, (input?: DeleteOptions | AccountNode) =>
      deleteLayerVersion(services, input),
    ),
    registerCommand(commandIds.pruneLayer, log, (input?: PruneOptions | AccountNode) =>
      pruneLayer(services, input),
    ),
  );
}

function registerFunctionCommands(services: AwsServices): vscode.Disposable[] {
  const { log } = services;
  return [
    registerCommand(commandIds.attachLayer, log, (input?: AttachOptions | AccountNode) =>
      attachLayer(services, input),
    ),
    registerCommand(commandIds.detachLayer, log, (input?: DetachOptions | AccountNode) =>
      detachLayer(services, input),
    ),
    registerCommand(commandIds.reorderLayers, log, (input?: ReorderOptions | AccountNode) =>
      reorderLayers(services, input),
    ),
    registerCommand(commandIds.updateDependents, log, (input?: UpdateOptions | AccountNode) =>
      updateDependents(services, input),
    ),
    registerCommand(commandIds.compareChange, log, (options?: CompareChangeOptions) =>
      compareChange(services, options),
    ),
    registerCommand(commandIds.undoUpdate, log, (options?: UndoOptions) => undoUpdate(services, options)),
  ];
}

function registerPermissionCommands(services: AwsServices): vscode.Disposable[] {
  const { log } = services;
  return [
    registerCommand(commandIds.showPermissions, log, (input?: VersionOptions | AccountNode) =>
      showPermissions(services, input),
    ),
    registerCommand(commandIds.addPermission, log, (input?: AddPermissionOptions | AccountNode) =>
      addPermission(services, input),
    ),
    registerCommand(commandIds.removePermission, log, (input?: RemovePermissionOptions | AccountNode) =>
      removePermission(services, input),
    ),
    registerCommand(commandIds.copyPermissions, log, (input?: CopyPermissionsOptions | AccountNode) =>
      copyPermissions(services, input),
    ),
    registerCommand(commandIds.copyPolicy, log, (input?: CopyPolicyOptions | AccountNode) =>
      copyPolicy(services, input),
    ),
  ];
}
