import { join } from 'node:path';
import * as vscode from 'vscode';
import { LayerDownloads } from './core/account/layerDownloads.ts';
import { LayerStore } from './core/opt/layerStack.ts';
import { LayerCache } from './core/run/layerCache.ts';
import { AccountDragAndDrop } from './vscode/account/accountDragAndDrop.ts';
import { AccountTree } from './vscode/account/accountTree.ts';
import { AddedLayers } from './vscode/account/addedLayers.ts';
import { AwsAccounts } from './vscode/account/awsAccounts.ts';
import { PublishedLayers } from './vscode/account/publishedLayers.ts';
import { registerAccount } from './vscode/account/register.ts';
import { CheckStore } from './vscode/checks/checkStore.ts';
import { registerChecks } from './vscode/checks/register.ts';
import { invokeFunction, type InvokeOptions, type InvokeOutcome } from './vscode/commands/invokeFunction.ts';
import { openOpt, type OpenOptOptions } from './vscode/commands/openOpt.ts';
import { packageLayer, type PackageOptions } from './vscode/commands/packageLayer.ts';
import { awsServices, registerAwsCommands } from './vscode/commands/aws/register.ts';
import { registerCommands } from './vscode/commands/register.ts';
import { FunctionLog } from './vscode/debug/functionLog.ts';
import { registerDebug } from './vscode/debug/register.ts';
import { Sessions } from './vscode/debug/sessions.ts';
import { EventDocuments } from './vscode/invocations/eventDocuments.ts';
import { Invocations } from './vscode/invocations/invocations.ts';
import { registerInvocations } from './vscode/invocations/register.ts';
import { registerArns } from './vscode/language/arnRegister.ts';
import { registerLanguage } from './vscode/language/register.ts';
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
  const downloads = new LayerDownloads(join(context.globalStorageUri.fsPath, 'published'));
  const accounts = new AwsAccounts({ state: context.globalState, downloads, logger: log });
  const published = new PublishedLayers(accounts, context.globalState);
  const addedLayers = new AddedLayers(context.globalState);
  const accountTree = new AccountTree(accounts, addedLayers);
  const model = new WorkspaceModel(published);
  const stacks = new Stacks(store, context.workspaceState);
  const checks = new CheckStore(store, stacks, log);
  const tree = new WorkspaceTree(model, stacks, checks);
  const treeView = vscode.window.createTreeView(viewIds.workspace, {
    treeDataProvider: tree,
    showCollapseAll: true,
    dragAndDropController: new LayerDragAndDrop(),
  });
  const functionLog = new FunctionLog();
  const invocations = new Invocations(context.workspaceState);
  const eventDocuments = new EventDocuments(sessions);
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
    invocations,
    eventDocuments,
    accounts,
    published,
    accountTree,
  };
  const aws = awsServices({ ...services, state: context.workspaceState });
  const accountDragAndDrop = new AccountDragAndDrop(aws);
  context.subscriptions.push(accounts, published, accountTree);
  context.subscriptions.push(registerAccount({ ...services, accountDragAndDrop }, addedLayers));
  context.subscriptions.push(registerAwsCommands(aws), registerArns(accounts, log));
  context.subscriptions.push(log, model, stacks, checks, tree, treeView, functionLog, invocations);
  context.subscriptions.push(eventDocuments, registerLanguage(services));
  context.subscriptions.push(registerOptFiles(stacks), registerDebug(services), registerCommands(services));
  context.subscriptions.push(registerChecks(services, join(context.globalStorageUri.fsPath, 'backups')));
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  context.subscriptions.push(registerInvocations(services, join(storage, 'events')));
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
