import * as vscode from 'vscode';
import { UserError } from '../../../core/base/errors.ts';
import type { TreeNode } from '../../views/nodes.ts';
import type { WorkspaceModel } from '../../workspace/workspaceModel.ts';

/** The folder or zip of a row of the Layers view, or of the explorer. @throws UserError `LayerNotFound` */
export function pathOfRow(input: TreeNode | vscode.Uri): string {
  if (input instanceof vscode.Uri) return input.fsPath;
  if (input.type === 'localLayer') return input.layer.path;
  if (input.type === 'usedLayer' && input.use.path !== undefined) return input.use.path;
  throw new UserError(
    'LayerNotFound',
    vscode.l10n.t('This row is not a layer.'),
    vscode.l10n.t('Choose a layer in the Layers view.'),
  );
}

/** Asks for a local layer. @returns an absolute path, or `undefined` when nothing was chosen */
export async function askForSource(
  model: WorkspaceModel,
  question: { readonly title: string; readonly placeHolder: string; readonly openLabel: string },
): Promise<string | undefined> {
  const { title, placeHolder, openLabel } = question;
  const layers = model.layers().map(({ name, path }) => ({
    label: name,
    description: vscode.workspace.asRelativePath(path),
    path,
  }));
  const other = { label: vscode.l10n.t('Choose a Folder or Zip…'), description: '', path: '' };
  const picked = await vscode.window.showQuickPick([...layers, other], { title, placeHolder });
  if (picked === undefined || picked.path !== '') return picked?.path;
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: true,
    canSelectFolders: true,
    filters: { [vscode.l10n.t('Layers')]: ['zip'] },
    openLabel,
  });
  return chosen?.[0]?.fsPath;
}
