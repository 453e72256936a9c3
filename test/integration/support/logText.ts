import * as vscode from 'vscode';
import { eventually } from './debugging.ts';

/** The extension's log, once it holds a text. */
export async function logUntil(expected: string): Promise<string> {
  await vscode.commands.executeCommand('lambdaLayers.showLog');
  return eventually(() => {
    const logs = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'output');
    return logs.map((document) => document.getText()).find((text) => text.includes(expected));
  }, `the log to tell of ${expected}`);
}
