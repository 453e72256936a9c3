import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemErrorCode, UserError } from '../../core/base/errors.ts';
import { extractView } from '../../core/opt/extract.ts';
import type { MergedView } from '../../core/opt/mergedView.ts';
import { withCancellableProgress } from '../progress.ts';
import { requireTrust } from '../trust.ts';
import type { CommandServices } from './services.ts';
import { resolveTarget, type StackInput, type StackOptions } from './stackTarget.ts';

export type ExtractOptions = StackOptions & { readonly destination: string };

/**
 * Writes what `/opt` holds into a folder that does not exist yet, or is empty. Cancelling leaves nothing.
 * @returns the folder, or `undefined` when nothing was chosen
 * @throws UserError `OutputInvalid` when the folder is not empty
 */
export async function extractOpt(
  services: CommandServices,
  input?: ExtractOptions | StackInput,
): Promise<vscode.Uri | undefined> {
  requireTrust(vscode.l10n.t('Extracting layers'));
  const target = await resolveTarget(
    services,
    input,
    vscode.l10n.t('Function or layer whose /opt to extract'),
  );
  if (target === undefined) return undefined;
  const destination = destinationOf(services, input) ?? (await askForDestination());
  if (destination === undefined) return undefined;
  const { view } = await services.stacks.open(target.paths);
  await withCancellableProgress(vscode.l10n.t('Extracting /opt'), (signal, report) =>
    extractAtomically(view, destination, signal, report),
  );
  return vscode.Uri.file(destination);
}

function destinationOf(services: CommandServices, input: ExtractOptions | StackInput): string | undefined {
  if (input === undefined || !('destination' in input)) return undefined;
  return services.model.resolvePath(input.destination);
}

async function askForDestination(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Extract Here'),
    title: vscode.l10n.t('Folder in which "opt" will be made'),
  });
  const parent = chosen?.[0];
  return parent === undefined ? undefined : join(parent.fsPath, 'opt');
}

async function extractAtomically(
  view: MergedView,
  destination: string,
  signal: AbortSignal,
  report: (message: string) => void,
): Promise<void> {
  const unfinished = `${destination}.unfinished-${randomUUID().slice(0, 8)}`;
  const onProgress = (done: number, path: string): void => {
    if (done % 100 === 1) report(path);
  };
  try {
    await extractView(view, unfinished, { signal, onProgress });
    await rename(unfinished, destination); // replaces an empty folder, and nothing else
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined); // where there is no such place
    const code = systemErrorCode(error);
    if (code === undefined || error instanceof UserError) throw error;
    throw new UserError(
      'OutputInvalid',
      `/opt cannot be extracted to ${destination} (${code}).`,
      'Choose a place that can be written, and a folder that is empty or does not exist yet.',
      { cause: error },
    );
  }
}
