import * as vscode from 'vscode';
import type { LogLine } from '../../core/emulator/log/executionLog.ts';
import { logLanguageId } from '../manifest.ts';

/** The output channel with the functions' own log, made when the first line comes. */
export class FunctionLog implements vscode.Disposable {
  #channel: vscode.OutputChannel | undefined;

  append(line: LogLine): void {
    this.#channel ??= vscode.window.createOutputChannel('Lambda Function', logLanguageId);
    this.#channel.appendLine(line.text);
  }

  dispose(): void {
    this.#channel?.dispose();
  }
}
