import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';
import { debugType } from '../../core/workspace/workspaceFunction.ts';
import { AdapterFactory, type AdapterServices } from './adapterFactory.ts';
import { ChildTrackers } from './childTracker.ts';
import { ConfigurationProvider } from './configurationProvider.ts';

/** The debug type `lambda-runtime`. */
export function registerDebug(services: AdapterServices): vscode.Disposable {
  const { logger, model, sessions } = services;
  return vscode.Disposable.from(
    vscode.debug.registerDebugConfigurationProvider(debugType, new ConfigurationProvider(model)),
    vscode.debug.registerDebugConfigurationProvider(
      debugType,
      { provideDebugConfigurations: (folder) => dynamicConfigurations(services, folder) },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, new AdapterFactory(services)),
    vscode.debug.registerDebugAdapterTrackerFactory('*', new ChildTrackers(sessions)),
    vscode.debug.onDidTerminateDebugSession(({ id, name }) => {
      sessions.delete(id).catch((error: unknown) => {
        logger.error(`Something of the session ${name} is left: ${describeError(error)}`);
      });
    }),
  );
}

/** One per function of a workspace folder; VS Code asks for each, and once without one for the user's settings. */
async function dynamicConfigurations(
  { model }: AdapterServices,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<vscode.DebugConfiguration[]> {
  await model.ready();
  const functions = model.functions().filter((one) => one.folder === folder?.uri.fsPath);
  return functions.map(({ name }) => ({ type: debugType, request: 'launch', name, function: name }));
}
