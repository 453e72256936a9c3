import * as vscode from 'vscode';
import type { AccountNode } from '../account/accountNodes.ts';
import { commandIds, taskType } from '../manifest.ts';
import { registerCommand } from '../register.ts';
import { PackageTasks } from '../tasks/packageTasks.ts';
import type { TreeNode } from '../views/nodes.ts';
import { addLayer } from './addLayer.ts';
import { compareLayers, type CompareOptions } from './compareLayers.ts';
import { comparePrevious, type ComparePreviousOptions } from './comparePrevious.ts';
import { compareWith } from './compareWith.ts';
import { extractOpt, type ExtractOptions } from './extractOpt.ts';
import { invokeFunction, type InvokeOptions } from './invokeFunction.ts';
import { openDefinition, type OpenDefinitionOptions } from './openDefinition.ts';
import { openOpt } from './openOpt.ts';
import { packageLayer, type PackageOptions } from './packageLayer.ts';
import { compareShadowed, type PathOptions, showProvenance } from './provenance.ts';
import type { CommandServices } from './services.ts';
import type { StackInput } from './stackTarget.ts';

type PathInput = PathOptions | vscode.Uri | TreeNode | undefined;

/** Every command of the palette and the menus, and the tasks that package layers. */
export function registerCommands(services: CommandServices): vscode.Disposable {
  const { log, model, tree, stacks, cache, accounts, accountTree } = services;
  return vscode.Disposable.from(
    vscode.tasks.registerTaskProvider(taskType, new PackageTasks(services)),
    registerCommand(commandIds.openOpt, log, (input?: StackInput) => openOpt(services, input)),
    registerCommand(commandIds.extractOpt, log, (input?: ExtractOptions | StackInput) =>
      extractOpt(services, input),
    ),
    registerCommand(commandIds.compareLayers, log, (options?: CompareOptions) =>
      compareLayers(services, options),
    ),
    registerCommand(commandIds.compareWith, log, (input: AccountNode | TreeNode | vscode.Uri) =>
      compareWith(services, input),
    ),
    registerCommand(commandIds.comparePrevious, log, (input?: ComparePreviousOptions | AccountNode) =>
      comparePrevious(services, input),
    ),
    registerCommand(commandIds.showProvenance, log, (input: PathInput) => showProvenance(services, input)),
    registerCommand(commandIds.compareShadowed, log, (input: PathInput) => compareShadowed(services, input)),
    registerCommand(commandIds.packageLayer, log, (input?: PackageOptions | TreeNode | vscode.Uri) =>
      packageLayer(services, input),
    ),
    registerCommand(commandIds.invokeFunction, log, (options?: InvokeOptions) =>
      invokeFunction(services, options),
    ),
    registerCommand(commandIds.addLayer, log, (uri?: unknown) =>
      addLayer(services, uri instanceof vscode.Uri ? uri : undefined),
    ),
    registerCommand(commandIds.openDefinition, log, (input: OpenDefinitionOptions | TreeNode) =>
      openDefinition(services, input),
    ),
    registerCommand(commandIds.closeStack, log, (node: TreeNode) => {
      if (node.type === 'stack') tree.close(node);
      return Promise.resolve();
    }),
    registerCommand(commandIds.refresh, log, () => {
      model.refresh();
      stacks.refresh();
      tree.refresh();
      accountTree.refresh();
      return Promise.resolve();
    }),
    registerCommand(commandIds.showLog, log, () => {
      log.show();
      return Promise.resolve();
    }),
    registerCommand(commandIds.clearCache, log, async () => {
      await cache.clear();
      await accounts.downloads.clear();
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The cache of extracted and downloaded layers is empty.'),
      );
    }),
  );
}
