import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { isJson } from '../../core/base/json.ts';
import { type InvokeOutcome, outcomeOf } from '../commands/invokeFunction.ts';
import type { Sessions } from '../debug/sessions.ts';
import { commandIds } from '../manifest.ts';
import { eventsFolder } from './eventFiles.ts';

/** The context key with the URIs of event documents, by which menus know them. */
const contextKey = 'lambdaLayers.eventDocuments';

/** Editors that were opened to write an event in; each has a way to send it. */
export class EventDocuments implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #uris = new Set<string>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    const changed = () => this.#changed.fire();
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.languages.registerCodeLensProvider({ language: 'json' }, this),
      vscode.debug.onDidStartDebugSession(changed),
      vscode.debug.onDidTerminateDebugSession(changed),
      vscode.debug.onDidChangeActiveDebugSession(changed),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
    );
  }

  /** Opens a text as a new document, which is saved as a file of the folder of events if at all. */
  async open(name: string, text: string, folder: vscode.WorkspaceFolder | undefined): Promise<void> {
    const uri = newUri(name, eventsFolder(folder));
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), text);
    await vscode.workspace.applyEdit(edit);
    await this.show(document.uri);
  }

  /** Shows a document with an event. */
  async show(uri: vscode.Uri): Promise<void> {
    this.#uris.add(uri.toString());
    await this.#tellMenus();
    this.#changed.fire();
    await vscode.window.showTextDocument(uri);
  }

  /**
   * Sends what an editor holds, the active one unless told otherwise.
   * @throws UserError `EventInvalid`, `NoSession`
   */
  async send(uri = vscode.window.activeTextEditor?.document.uri): Promise<InvokeOutcome> {
    if (uri === undefined) {
      throw new UserError('EventInvalid', vscode.l10n.t('No editor with an event is open.'));
    }
    const document = await vscode.workspace.openTextDocument(uri);
    const { adapter } = this.#sessions.find();
    const text = document.getText();
    if (!isJson(text)) {
      throw new UserError(
        'EventInvalid',
        vscode.l10n.t('{0} is not JSON.', vscode.workspace.asRelativePath(uri)),
        vscode.l10n.t('Correct the text that is underlined.'),
      );
    }
    return outcomeOf(await adapter.invoke(text));
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.#uris.has(uri.toString())) return [];
    const title = this.#title();
    const command = { command: commandIds.sendEvent, title, arguments: [uri] };
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #title(): string {
    const target = this.#sessions.target();
    return target === undefined
      ? vscode.l10n.t('$(play) Send (start a function first)')
      : vscode.l10n.t('$(play) Send to {0}', target.session.name);
  }

  #forget(uri: vscode.Uri): void {
    if (this.#uris.delete(uri.toString())) void this.#tellMenus();
  }

  async #tellMenus(): Promise<void> {
    await vscode.commands.executeCommand('setContext', contextKey, [...this.#uris]);
  }
}

/** An unused name; in a folder that exists the document knows where to be saved. */
function newUri(name: string, folder: vscode.Uri | undefined): vscode.Uri {
  const isFolder = folder !== undefined && existsSync(folder.fsPath);
  const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.path));
  for (let number = 1; ; number += 1) {
    const file = number === 1 ? `${name}.json` : `${name}-${number}.json`;
    const path = isFolder ? vscode.Uri.joinPath(folder, file).path : file;
    if (!open.has(path) && !(isFolder && existsSync(path)))
      return vscode.Uri.from({ scheme: 'untitled', path });
  }
}
