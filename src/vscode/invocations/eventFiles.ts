import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import { absolutePath } from '../../core/layer/layerReference.ts';
import { settingIds, settingPrefix } from '../manifest.ts';

/** A file with an event. */
export interface EventFile {
  /** Path in the folder of events. */
  readonly name: string;
  readonly uri: vscode.Uri;
}

/** More than anybody looks through; the rest is left out. */
const maxFiles = 200;

/** The folder of events that the settings name; `undefined` outside a workspace when that is relative. */
export function eventsFolder(folder: vscode.WorkspaceFolder | undefined): vscode.Uri | undefined {
  const setting = vscode.workspace
    .getConfiguration(settingPrefix, folder?.uri)
    .get<string>(settingIds.eventsFolder, 'events');
  if (setting === '' || (folder === undefined && !setting.startsWith('/'))) return undefined;
  return vscode.Uri.file(absolutePath(setting, folder?.uri.fsPath));
}

/** The JSON files in the folder of events and below it, and how that folder is called. */
export async function listEventFiles(
  folder: vscode.WorkspaceFolder | undefined,
): Promise<{ readonly label: string; readonly files: readonly EventFile[] }> {
  const root = eventsFolder(folder);
  if (root === undefined) return { label: '', files: [] };
  const names = await readdir(root.fsPath, { recursive: true }).catch(() => []); // need not exist
  const files = names
    .filter((name) => name.endsWith('.json') && !name.includes('node_modules'))
    .sort()
    .slice(0, maxFiles)
    .map((name) => ({ name: name.split(sep).join('/'), uri: vscode.Uri.file(join(root.fsPath, name)) }));
  return { label: vscode.workspace.asRelativePath(root, false), files };
}
