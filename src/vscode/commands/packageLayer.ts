import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import { packageLayer as pack, type PackagedLayer } from '../../core/packaging/packageLayer.ts';
import type { TreeNode } from '../views/nodes.ts';
import { type Report, reportPackaging, withCancellableProgress } from '../progress.ts';
import { requireTrust } from '../trust.ts';
import type { Packages } from '../workspace/packages.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';
import { buildLayer, type BuildServices } from './buildLayer.ts';
import type { CommandServices } from './services.ts';

export interface PackageOptions {
  /** Folder, or the name of a configured layer. */
  readonly path: string;
  readonly output?: string;
  readonly layout?: string;
}

/**
 * Packs a layer's folder into a zip, with progress that can be cancelled. Asks which when nothing is given.
 * @returns what was written, or `undefined` when nothing was chosen
 */
export async function packageLayer(
  services: CommandServices,
  input?: PackageOptions | TreeNode | vscode.Uri,
): Promise<PackagedLayer | undefined> {
  requireTrust(vscode.l10n.t('Packaging'));
  const request = input === undefined ? await askForLayer(services) : requestOf(services, input);
  if (request === undefined) return undefined;
  const title = vscode.l10n.t('Packaging layer {0}', services.model.nameOf(request.path));
  const packaged = await withCancellableProgress(title, (signal, report) =>
    buildAndPackage(services, request, signal, report),
  );
  void announce(packaged);
  return packaged;
}

/** What packaging needs. */
export interface PackageServices extends BuildServices {
  readonly packages: Packages;
}

/** Runs the layer's build command, if it has one, and packs its folder. Rejects as these do. */
export async function buildAndPackage(
  services: PackageServices,
  request: PackageOptions,
  signal: AbortSignal,
  report: Report,
): Promise<PackagedLayer> {
  await buildLayer(services, request.path, { signal, onLine: report });
  const onProgress = reportPackaging(report);
  const packaged = await pack(request, { signal, logger: services.log, onProgress });
  await services.packages.remember(request.path, packaged);
  return packaged;
}

/** With absolute paths. @throws UserError `LayerReferenceInvalid`, `LayerNotFound` */
export function resolvePackage(model: WorkspaceModel, options: PackageOptions): PackageOptions {
  const [path = options.path] = model.resolveLayers([options.path]);
  const { output } = options;
  return { ...options, path, ...(output === undefined ? {} : { output: model.resolvePath(output) }) };
}

function requestOf(services: CommandServices, input: PackageOptions | TreeNode | vscode.Uri): PackageOptions {
  if (input instanceof vscode.Uri) return { path: input.fsPath };
  if ('type' in input) {
    const path =
      input.type === 'localLayer'
        ? input.layer.path
        : input.type === 'usedLayer'
          ? input.use.path
          : undefined;
    if (path !== undefined) return { path };
    throw new UserError('LayerNotFound', 'This row is not a layer.', 'Choose a layer in the Layers view.');
  }
  return resolvePackage(services.model, input);
}

async function askForLayer({ model }: CommandServices): Promise<PackageOptions | undefined> {
  const layers = model.layers().map((layer) => ({
    label: layer.name,
    description: vscode.workspace.asRelativePath(layer.path),
    path: layer.path,
  }));
  const other = { label: vscode.l10n.t('Choose a Folder…'), description: '', path: '' };
  const picked = await vscode.window.showQuickPick([...layers, other], {
    placeHolder: vscode.l10n.t('Layer to package'),
  });
  if (picked === undefined) return undefined;
  if (picked.path !== '') return { path: picked.path };
  const chosen = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true });
  const folder = chosen?.[0];
  return folder === undefined ? undefined : { path: folder.fsPath };
}

async function announce({ file, entries, zippedBytes, sha256Base64 }: PackagedLayer): Promise<void> {
  const browse = vscode.l10n.t('Browse /opt');
  const copy = vscode.l10n.t('Copy SHA-256');
  const text = vscode.l10n.t(
    'Packaged {0}: {1} entries, {2}.',
    vscode.workspace.asRelativePath(file),
    entries,
    formatBytes(zippedBytes),
  );
  const chosen = await vscode.window.showInformationMessage(text, browse, copy);
  if (chosen === browse) await vscode.commands.executeCommand('lambdaLayers.openOpt', vscode.Uri.file(file));
  if (chosen === copy) await vscode.env.clipboard.writeText(sha256Base64);
}
