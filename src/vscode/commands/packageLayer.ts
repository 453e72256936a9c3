import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import { packageLayer as pack, type PackagedLayer } from '../../core/packaging/packageLayer.ts';
import type { TreeNode } from '../views/nodes.ts';
import { requireTrust } from './invokeFunction.ts';
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
  requireTrust('Packaging');
  const request = input === undefined ? await askForLayer(services) : requestOf(services, input);
  if (request === undefined) return undefined;
  const packaged = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: packagingTitle(services, request.path),
    },
    (progress, token) => packWithProgress(services, request, progress, token),
  );
  void announce(packaged);
  return packaged;
}

function packagingTitle({ model }: CommandServices, path: string): string {
  return vscode.l10n.t('Packaging layer {0}', model.nameOf(path));
}

async function packWithProgress(
  { log }: CommandServices,
  request: PackageOptions,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  token: vscode.CancellationToken,
): Promise<PackagedLayer> {
  const abort = new AbortController();
  const subscription = token.onCancellationRequested(() => abort.abort());
  try {
    return await pack(request, {
      signal: abort.signal,
      logger: log,
      onProgress: ({ phase, done, total }) => {
        progress.report({ message: total > 0 ? `${phase} ${Math.floor((100 * done) / total)} %` : phase });
      },
    });
  } finally {
    subscription.dispose();
  }
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
  const [path = input.path] = services.model.resolveLayers([input.path]);
  const [output] = input.output === undefined ? [] : services.model.resolveLayers([input.output]);
  return { ...input, path, ...(output === undefined ? {} : { output }) };
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
