import * as vscode from 'vscode';
import type { LogLine } from '../../core/emulator/log/executionLog.ts';
import { logLanguageId } from '../manifest.ts';

/** The output channel with the functions' own log, made when the first line comes. */
export class FunctionLog implements vscode.Disposable {
  #channel: vscode.OutputChannel | undefined;
  /** What came in this turn of the event loop: each message to the editor costs more than the text in it. */
  #gathered: string[] = [];

  append(line: LogLine): void {
    if (this.#gathered.push(`${line.text}\n`) === 1) setImmediate(() => this.#write());
  }

  #write(): void {
    if (this.#gathered.length === 0) return; // disposed meanwhile
    this.#channel ??= vscode.window.createOutputChannel('Lambda Function', logLanguageId);
    this.#channel.append(this.#gathered.join(''));
    this.#gathered = [];
  }

  dispose(): void {
    this.#gathered = [];
    this.#channel?.dispose();
  }
}
