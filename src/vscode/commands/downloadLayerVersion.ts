import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { requireVersionArn, shortName } from '../../core/account/layerNames.ts';
import { UserError } from '../../core/base/errors.ts';
import { isAccountNode, type AccountNode } from '../account/accountNodes.ts';
import { askForVersionArn } from '../questions/askForArn.ts';
import { downloadProgress } from '../account/publishedLayers.ts';
import { withCancellableProgress } from '../progress.ts';
import type { CommandServices } from './services.ts';

export interface DownloadOptions {
  readonly layerVersionArn: string;
  /** Path of the zip, relative to the workspace folder; without it the one in the cache is returned. */
  readonly destination?: string;
}

/** What downloading needs. */
export type DownloadServices = Pick<CommandServices, 'accounts' | 'model' | 'published'>;

interface Request {
  readonly arn: string;
  readonly where: AccountPlace | undefined;
  readonly destination: string | undefined;
}

/**
 * Downloads a published version and verifies it against `CodeSha256`. Run by hand it asks which, and where to.
 * @returns the zip, or `undefined` when nothing was chosen
 */
export async function downloadLayerVersion(
  services: DownloadServices,
  input?: DownloadOptions | AccountNode,
): Promise<vscode.Uri | undefined> {
  const request = await requestOf(services, input);
  if (request === undefined) return undefined;
  const { arn, where, destination } = request;
  const title = vscode.l10n.t('Downloading {0}', shortName(arn));
  const file = await withCancellableProgress(title, async (signal, report) => {
    if (destination === undefined)
      return (await services.published.fetch(arn, { where, signal, report })).file;
    const { accounts } = services;
    const gateway = await accounts.gateway(where ?? (await accounts.placeOf(arn)));
    const onProgress = downloadProgress(report);
    return (await accounts.downloads.save(gateway, arn, destination, { signal, onProgress })).file;
  });
  if (input === undefined || isAccountNode(input)) void announce(file);
  return vscode.Uri.file(file);
}

async function requestOf(
  { model }: DownloadServices,
  input: DownloadOptions | AccountNode | undefined,
): Promise<Request | undefined> {
  if (input !== undefined && !isAccountNode(input)) {
    const { layerVersionArn: arn, destination } = input;
    requireVersionArn(arn);
    const path = destination === undefined ? undefined : model.resolvePath(destination);
    return { arn, where: undefined, destination: path };
  }
  const arn =
    input === undefined
      ? await askForVersionArn(vscode.l10n.t('Download Layer Version'))
      : versionOfNode(input);
  if (arn === undefined) return undefined;
  const destination = await askForDestination(arn);
  const where = input !== undefined && 'where' in input ? input.where : undefined;
  return destination === undefined ? undefined : { arn, where, destination };
}

function versionOfNode(node: AccountNode): string {
  if (node.kind === 'accountLayerVersion') return node.layerVersionArn;
  throw new UserError(
    'LayerNotFound',
    vscode.l10n.t('This row is not a layer version.'),
    vscode.l10n.t('Choose a version of a layer in the account view.'),
  );
}

async function askForDestination(arn: string): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const chosen = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Zip of {0}', shortName(arn)),
    defaultUri: vscode.Uri.file(join(folder, `${shortName(arn).replace(':', '-')}.zip`)),
    filters: { [vscode.l10n.t('Zip files')]: ['zip'] },
  });
  return chosen?.fsPath;
}

async function announce(file: string): Promise<void> {
  const browse = vscode.l10n.t('Browse /opt');
  const text = vscode.l10n.t('Downloaded {0}.', vscode.workspace.asRelativePath(file));
  const chosen = await vscode.window.showInformationMessage(text, browse);
  if (chosen === browse) await vscode.commands.executeCommand('lambdaLayers.openOpt', vscode.Uri.file(file));
}
