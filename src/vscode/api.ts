import type * as vscode from 'vscode';
import type { PackagedLayer } from '../core/packaging/packageLayer.ts';
import { invokeFunction, type InvokeOptions, type InvokeOutcome } from './commands/invokeFunction.ts';
import { openOpt, type OpenOptOptions } from './commands/openOpt.ts';
import { packageLayer, type PackageOptions } from './commands/packageLayer.ts';
import type { CommandServices } from './commands/services.ts';
import { requireCommandOptions } from './commandOptions.ts';
import { type CommandId, commandIds } from './manifest.ts';

/** What other extensions get from `activate`: the commands of the same names, without their prompts. */
export interface LambdaLayersApi {
  readonly apiVersion: 1;
  openOpt(options: OpenOptOptions): Promise<vscode.Uri | undefined>;
  invokeFunction(options: InvokeOptions): Promise<InvokeOutcome | undefined>;
  packageLayer(options: PackageOptions): Promise<PackagedLayer | undefined>;
}

/** The API over the services of this window. */
export function createApi(services: CommandServices): LambdaLayersApi {
  return {
    apiVersion: 1,
    openOpt: checked(commandIds.openOpt, (options) => openOpt(services, options)),
    invokeFunction: checked(commandIds.invokeFunction, (options) => invokeFunction(services, options)),
    packageLayer: checked(commandIds.packageLayer, (options) => packageLayer(services, options)),
  };
}

/** Rejects with `ConfigurationInvalid` for options that the command does not take. */
function checked<Options, Result>(
  command: CommandId,
  run: (options: Options) => Promise<Result>,
): (options: Options) => Promise<Result> {
  return async (options) => {
    requireCommandOptions(command, options);
    return run(options);
  };
}
