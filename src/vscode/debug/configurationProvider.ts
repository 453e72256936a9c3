import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';
import { text } from '../../core/debug/attributes.ts';
import { readLaunchConfiguration } from '../../core/debug/launchConfiguration.ts';
import { debugType } from '../../core/workspace/workspaceFunction.ts';
import { settingIds, settingPrefix } from '../manifest.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';

/** Fills in and checks launch configurations before a session starts. */
export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  readonly #model: WorkspaceModel;

  constructor(model: WorkspaceModel) {
    this.#model = model;
  }

  /** F5 without a launch configuration: offers the functions there are. */
  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | null | undefined> {
    await this.#model.ready();
    if (isWritten(configuration)) return this.#filled(folder, configuration);
    const functions = this.#model.functions();
    if (functions.length === 0) return null; // opens launch.json, where the snippets help
    const picked = await vscode.window.showQuickPick(
      functions.map((one) => ({
        label: one.name,
        ...(one.code === undefined ? {} : { description: one.code }),
      })),
      { placeHolder: vscode.l10n.t('Function to debug') },
    );
    if (picked === undefined) return undefined;
    return this.#filled(folder, {
      type: debugType,
      request: 'launch',
      name: picked.label,
      function: picked.label,
    });
  }

  resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration | undefined {
    try {
      readLaunchConfiguration(configuration);
      return configuration;
    } catch (error) {
      void explain(describeError(error));
      return undefined;
    }
  }

  /** Adds what `function` refers to, and the isolation that the settings prefer. */
  #filled(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration | undefined {
    const isolation = vscode.workspace.getConfiguration(settingPrefix, folder?.uri).get(settingIds.isolation);
    try {
      const reference = text(configuration, 'function');
      if (reference === undefined) return { isolation, ...configuration };
      const base = this.#model.launchConfiguration(reference, folder?.uri.fsPath);
      return { isolation, ...withoutRivals(base, configuration), ...configuration };
    } catch (error) {
      void explain(describeError(error));
      return undefined;
    }
  }
}

/** VS Code passes an empty object when there is no launch.json. */
function isWritten(configuration: Partial<vscode.DebugConfiguration>): boolean {
  return configuration.type !== undefined && configuration.type !== '';
}

/** A base's event gives way when the configuration has its own, in whichever form. */
function withoutRivals(
  base: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { event, eventFile, ...rest } = base;
  return own['event'] === undefined && own['eventFile'] === undefined ? { ...rest, event, eventFile } : rest;
}

async function explain(message: string): Promise<void> {
  const open = vscode.l10n.t('Open launch.json');
  if ((await vscode.window.showErrorMessage(message, open)) === open) {
    await vscode.commands.executeCommand('workbench.action.debug.configure');
  }
}
