import type * as vscode from 'vscode';
import type { PackagedLayer } from '../core/packaging/packageLayer.ts';
import { invokeFunction, type InvokeOptions, type InvokeOutcome } from './commands/invokeFunction.ts';
import { openOpt, type OpenOptOptions } from './commands/openOpt.ts';
import { packageLayer, type PackageOptions } from './commands/packageLayer.ts';
import type { CommandServices } from './commands/services.ts';

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
    openOpt: (options) => openOpt(services, options),
    invokeFunction: (options) => invokeFunction(services, options),
    packageLayer: (options) => packageLayer(services, options),
  };
}
