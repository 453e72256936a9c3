import { join } from 'node:path';
import * as vscode from 'vscode';
import { LayerStore } from './core/opt/layerStack.ts';
import { LayerCache } from './core/run/layerCache.ts';
import { AccountDragAndDrop } from './vscode/account/accountDragAndDrop.ts';
import { createAccounts } from './vscode/account/createAccounts.ts';
import { registerAccount } from './vscode/account/register.ts';
import { createApi, type LambdaLayersApi } from './vscode/api.ts';
import { CheckStore } from './vscode/checks/checkStore.ts';
import { registerChecks } from './vscode/checks/register.ts';
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
import { registerSizeMap } from './vscode/sizeMap/register.ts';
import { LayerDragAndDrop } from './vscode/views/layerDragAndDrop.ts';
import { WorkspaceTree } from './vscode/views/workspaceTree.ts';
import { describedStacks } from './vscode/workspace/describedStacks.ts';
import { Packages } from './vscode/workspace/packages.ts';
import { Templates } from './vscode/workspace/templates.ts';
import { WorkspaceModel } from './vscode/workspace/workspaceModel.ts';

const sessions = new Sessions();

/** Wires the parts together. Nothing is read or started before somebody looks. */
export function activate(context: vscode.ExtensionContext): LambdaLayersApi {
  const { globalStorageUri, extensionUri, storageUri, subscriptions, workspaceState } = context;
  const log = vscode.window.createOutputChannel('Lambda Layers', { log: true });
  const store = new LayerStore();
  const cache = new LayerCache(join(globalStorageUri.fsPath, 'layers'), cacheLimitBytes);
  const { addedLayers, ...aws } = createAccounts(context, log);
  const templates = new Templates();
  const model = new WorkspaceModel(aws.published, templates);
  const stacks = new Stacks(store, workspaceState, () => describedStacks(model));
  const checks = new CheckStore(store, stacks, log);
  const packages = new Packages(workspaceState);
  const tree = new WorkspaceTree(model, stacks, checks, packages);
  const treeView = vscode.window.createTreeView(viewIds.workspace, {
    treeDataProvider: tree,
    showCollapseAll: true,
    dragAndDropController: new LayerDragAndDrop(),
  });
  const functionLog = new FunctionLog();
  const invocations = new Invocations(workspaceState);
  const eventDocuments = new EventDocuments(sessions);
  subscriptions.push(
    log,
    templates,
    model,
    stacks,
    checks,
    packages,
    tree,
    treeView,
    functionLog,
    invocations,
    eventDocuments,
  );

  const parts = { model, stacks, store, tree, treeView, checks, packages, cache, ...aws };
  const services = { ...parts, sessions, log, logger: log, functionLog, invocations, eventDocuments };
  const changes = awsServices({ ...services, state: workspaceState });
  const accountDragAndDrop = new AccountDragAndDrop(changes);
  const storage = (storageUri ?? globalStorageUri).fsPath;
  subscriptions.push(
    registerCommands(services),
    registerAccount({ ...services, accountDragAndDrop }, addedLayers),
    registerAwsCommands(changes),
    registerArns(aws.accounts, log),
    registerLanguage(services),
    registerOptFiles(stacks),
    registerDebug(services),
    registerChecks(services, join(globalStorageUri.fsPath, 'backups')),
    registerInvocations(services, join(storage, 'events')),
    registerSizeMap(services, extensionUri),
  );
  return createApi(services);
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
