import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';

/** Work that tells line by line how far it is. */
type Work = (signal: AbortSignal, write: (line: string) => void) => Promise<void>;

/** The terminal of a task that runs in the extension: it ends with 0 or 1; closing it cancels the work. */
export class WorkTerminal implements vscode.Pseudoterminal {
  readonly #work: Work;
  readonly #abort = new AbortController();
  readonly #written = new vscode.EventEmitter<string>();
  readonly #ended = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#ended.event;

  constructor(work: Work) {
    this.#work = work;
  }

  open(): void {
    void this.#run().then((code) => this.#ended.fire(code));
  }

  close(): void {
    this.#abort.abort();
  }

  async #run(): Promise<number> {
    const write = (line: string): void => this.#written.fire(`${line}\r\n`);
    try {
      await this.#work(this.#abort.signal, write);
      return 0;
    } catch (error) {
      write(describeError(error));
      return 1;
    }
  }
}
