import type * as vscode from 'vscode';
import { type BuildOptions, runBuild } from '../../core/packaging/buildCommand.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';

/** What building needs. */
export interface BuildServices {
  readonly model: WorkspaceModel;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Runs the build command that the setting gives the layer at a path; whether it gives one. Its output goes to the log.
 * For trusted workspaces only. Rejects as `runBuild`.
 */
export async function buildLayer(
  { model, log }: BuildServices,
  path: string,
  { onLine, ...options }: BuildOptions,
): Promise<boolean> {
  const layer = model.layers().find((each) => each.path === path);
  if (layer?.buildCommand === undefined) return false;
  const build = { command: layer.buildCommand, folder: layer.folder.uri.fsPath };
  log.info(`${layer.name}: ${build.command}`);
  await runBuild(build, {
    ...options,
    onLine: (line) => {
      log.info(`${layer.name}: ${line}`);
      onLine(line);
    },
  });
  return true;
}
