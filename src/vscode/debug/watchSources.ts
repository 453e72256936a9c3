import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { isSourceChange } from '../../core/debug/sourceChanges.ts';

/** How long changes are collected, in milliseconds: a build writes many files. */
const debounceMs = 200;

/** Tells, once for changes that follow each other closely, that a source below these folders, or of these files, changed. */
export function watchSources(paths: readonly string[], changed: (path: string) => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const report = (uri: vscode.Uri): void => {
    if (!isSourceChange(uri.fsPath)) return;
    clearTimeout(timer);
    timer = setTimeout(() => changed(uri.fsPath), debounceMs);
  };
  const watchers = paths.flatMap((path) => {
    const watcher = vscode.workspace.createFileSystemWatcher(patternOf(path));
    return [watcher, watcher.onDidChange(report), watcher.onDidCreate(report), watcher.onDidDelete(report)];
  });
  return vscode.Disposable.from(...watchers, { dispose: () => clearTimeout(timer) });
}

function patternOf(path: string): vscode.RelativePattern {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    return new vscode.RelativePattern(vscode.Uri.file(path), '**');
  }
  return new vscode.RelativePattern(vscode.Uri.file(dirname(path)), basename(path));
}
