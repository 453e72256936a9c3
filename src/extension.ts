import { join } from 'node:path';
import * as vscode from 'vscode';
import { LayerStore } from './core/opt/layerStack.ts';
import { LayerCache } from './core/run/layerCache.ts';
import { CheckStore } from './vscode/checks/checkStore.ts';
import { registerChecks } from './vscode/checks/register.ts';
import { invokeFunction, type InvokeOptions, type InvokeOutcome } from './vscode/commands/invokeFunction.ts';
import { openOpt, type OpenOptOptions } from './vscode/commands/openOpt.ts';
import { packageLayer, type PackageOptions } from './vscode/commands/packageLayer.ts';
import { registerCommands } from './vscode/commands/register.ts';
import { FunctionLog } from './vscode/debug/functionLog.ts';
import { registerDebug } from './vscode/debug/register.ts';
import { Sessions } from './vscode/debug/sessions.ts';
import { settingIds, settingPrefix, viewIds } from './vscode/manifest.ts';
import { registerOptFiles } from './vscode/optFiles/register.ts';
import { Stacks } from './vscode/optFiles/stacks.ts';
import { LayerDragAndDrop } from './vscode/views/layerDragAndDrop.ts';
import { registerSizeMap } from './vscode/sizeMap/register.ts';
import { WorkspaceTree } from './vscode/views/workspaceTree.ts';
import { WorkspaceModel } from './vscode/workspace/workspaceModel.ts';
import type { PackagedLayer } from './core/packaging/packageLayer.ts';

/** What other extensions get from `activate`: the commands of the same names, without their prompts. */
export interface LambdaLayersApi {
  readonly apiVersion: 1;
  openOpt(options: OpenOptOptions): Promise<vscode.Uri | undefined>;
  invokeFunction(options: InvokeOptions): Promise<InvokeOutcome | undefined>;
  packageLayer(options: PackageOptions): Promise<PackagedLayer | undefined>;
}

const sessions = new Sessions();

/** Wires the parts together. Nothing is read or started before somebody looks. */
export function activate(context: vscode.ExtensionContext): LambdaLayersApi {
  const log = vscode.window.createOutputChannel('Lambda Layers', { log: true });
  const store = new LayerStore();
  const cache = new LayerCache(join(context.globalStorageUri.fsPath, 'layers'), cacheLimitBytes);
  const model = new WorkspaceModel();
  const stacks = new Stacks(store, context.workspaceState);
  const checks = new CheckStore(store, stacks, log);
  const tree = new WorkspaceTree(model, stacks, checks);
  const treeView = vscode.window.createTreeView(viewIds.workspace, {
    treeDataProvider: tree,
    showCollapseAll: true,
    dragAndDropController: new LayerDragAndDrop(),
  });
  const functionLog = new FunctionLog();
  const services = {
    model,
    stacks,
    store,
    tree,
    treeView,
    checks,
    sessions,
    cache,
    log,
    logger: log,
    functionLog,
  };
  context.subscriptions.push(log, model, stacks, checks, tree, treeView, functionLog);
  context.subscriptions.push(registerOptFiles(stacks), registerDebug(services), registerCommands(services));
  context.subscriptions.push(registerChecks(services, join(context.globalStorageUri.fsPath, 'backups')));
  context.subscriptions.push(registerSizeMap(services, context.extensionUri));
  return {
    apiVersion: 1,
    openOpt: (options) => openOpt(services, options),
    invokeFunction: (options) => invokeFunction(services, options),
    packageLayer: (options) => packageLayer(services, options),
  };
}

/** The setting's limit of the cache, in bytes. */
function cacheLimitBytes(): number {
  const settings = vscode.workspace.getConfiguration(settingPrefix);
  return settings.get<number>(settingIds.cacheMaxSizeMB, 4096) * 2 ** 20;
}

/** Ends every running function before the extension host goes away. */
export function deactivate(): Promise<void> {
  return sessions.endAll();
}
