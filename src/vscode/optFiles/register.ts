import * as vscode from 'vscode';
import { optScheme } from '../../core/opt/optUri.ts';
import { OptDecorations } from './optDecorations.ts';
import { OptFileSystem } from './optFileSystem.ts';
import type { Stacks } from './stacks.ts';

/** The `lambda-opt:` file system and its decorations. */
export function registerOptFiles(stacks: Stacks): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerFileSystemProvider(optScheme, new OptFileSystem(stacks), {
      isCaseSensitive: true,
      isReadonly: new vscode.MarkdownString(
        vscode.l10n.t('Files in /opt belong to layers. Change the file in the layer that supplies it.'),
      ),
    }),
    vscode.window.registerFileDecorationProvider(new OptDecorations(stacks)),
  );
}
