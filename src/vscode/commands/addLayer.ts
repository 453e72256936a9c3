import { basename, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { openLayer } from '../../core/layer/layerSource.ts';
import { requireTrust } from '../trust.ts';
import { settingIds, settingPrefix } from '../manifest.ts';
import type { CommandServices } from './services.ts';

/** Adds folders or zips to the setting `lambdaLayers.layers`. Asks when none is given. */
export async function addLayer({ model }: CommandServices, input?: vscode.Uri): Promise<void> {
  requireTrust(vscode.l10n.t('Changing settings'));
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    throw new UserError(
      'LayerNotFound',
      'No folder is open whose settings could hold the layer.',
      'Open a folder.',
    );
  }
  const chosen = input === undefined ? await askForLayers(folder) : [input];
  for (const uri of chosen) await openLayer(uri.fsPath); // refuses what is no layer before it is written down
  const configuration = vscode.workspace.getConfiguration(settingPrefix, folder.uri);
  const present = configuration.get<object[]>(settingIds.layers) ?? [];
  const names = new Set(model.layers().map((layer) => layer.name));
  const added = chosen
    .filter((uri) => !model.layers().some((layer) => layer.path === uri.fsPath))
    .map((uri) => ({ name: freeName(uri.fsPath, names), path: relativePath(folder.uri.fsPath, uri.fsPath) }));
  if (added.length === 0) return;
  await configuration.update(
    settingIds.layers,
    [...present, ...added],
    vscode.ConfigurationTarget.WorkspaceFolder,
  );
}

async function askForLayers(folder: vscode.WorkspaceFolder): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: true,
    canSelectFolders: true,
    canSelectMany: true,
    defaultUri: folder.uri,
    filters: { [vscode.l10n.t('Layers')]: ['zip'] },
    openLabel: vscode.l10n.t('Add Layer'),
  });
  return chosen ?? [];
}

function freeName(path: string, taken: Set<string>): string {
  const base =
    basename(path)
      .replace(/\.zip$/i, '')
      .replaceAll(/[^a-zA-Z0-9-_]/g, '-')
      .slice(0, 130) || 'layer';
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  taken.add(name);
  return name;
}

function relativePath(folder: string, path: string): string {
  const way = relative(folder, path);
  return way.startsWith('..') || way === '' ? path : way.split(sep).join('/');
}
