import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';
import type { SizePlace } from '../../core/opt/sizePlace.ts';
import type { CommandServices } from '../commands/services.ts';
import { type HostMessage, readPageMessage, type SizeTarget } from './messages.ts';
import { measureTarget, shownMap, type SizeContent, uriOfPlace } from './sizeContent.ts';

/** One size map in an editor tab. The page draws and asks; whatever it is shown is kept and computed here. */
export class SizeMapPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #services: CommandServices;
  readonly #target: SizeTarget;
  readonly #abort = new AbortController();
  readonly #subscriptions: vscode.Disposable;
  #loading: Promise<SizeContent> | undefined;
  #isStale = false;
  #content: SizeContent | undefined;
  #failure: string | undefined;
  #place: SizePlace | undefined;

  constructor(panel: vscode.WebviewPanel, target: SizeTarget, services: CommandServices) {
    this.panel = panel;
    this.#target = target;
    this.#services = services;
    this.#subscriptions = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message) => this.#receive(message)),
      services.stacks.onDidChange((ids) => this.#noteChange(ids)),
      panel.onDidDispose(() => this.dispose()),
    );
  }

  /** Measures, unless that is going on already. @throws UserError as `openLayer`, which the page shows too */
  load(): Promise<SizeContent> {
    this.#loading ??= this.#measure().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  dispose(): void {
    this.#abort.abort();
    this.#subscriptions.dispose();
    this.panel.dispose();
  }

  async #measure(): Promise<SizeContent> {
    const { signal } = this.#abort;
    this.#post({ type: 'loading' });
    try {
      let content: SizeContent;
      do {
        this.#isStale = false;
        content = await measureTarget(this.#services.stacks, this.#target, signal);
        // A change meanwhile may or may not be in what was measured.
      } while (this.#hasChanged());
      this.#content = content;
      this.#failure = undefined;
      return content;
    } catch (error) {
      this.#failure = describeError(error);
      throw error;
    } finally {
      this.#show();
    }
  }

  #hasChanged(): boolean {
    return this.#isStale;
  }

  /** A failed map has no ids of its own yet; any change may be what it waits for. */
  #noteChange(ids: ReadonlySet<string>): void {
    const own = [this.#content?.stack.id, this.#content?.code?.id];
    const concerns = this.#failure !== undefined || own.some((id) => id !== undefined && ids.has(id));
    if (!concerns && this.#loading === undefined) return;
    this.#isStale = true;
    this.load().catch(() => undefined); // the page says what is wrong
  }

  #receive(value: unknown): void {
    const message = readPageMessage(value);
    switch (message?.type) {
      case undefined:
        this.#services.log.warn('The size map sent something that it should not.');
        return;
      case 'ready':
      case 'zoom':
        this.#place = message.place;
        this.#show();
        return;
      case 'open':
        this.#open(message.place).catch((error: unknown) => {
          void vscode.window.showErrorMessage(describeError(error));
        });
    }
  }

  async #open(place: SizePlace): Promise<void> {
    const content = this.#content ?? (await this.load());
    await vscode.commands.executeCommand('vscode.open', uriOfPlace(content, place));
  }

  #show(): void {
    if (this.#failure !== undefined) this.#post({ type: 'failed', message: this.#failure });
    else if (this.#content === undefined) this.#post({ type: 'loading' });
    else this.#post(shownMap(this.#content, (path) => this.#services.model.nameOf(path), this.#place));
  }

  /** A page that is hidden gets nothing; it asks as soon as it is there again. */
  #post(message: HostMessage): void {
    if (!this.#abort.signal.aborted) void this.panel.webview.postMessage(message);
  }
}
