import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';
import {
  mostTemplateBytes,
  readTemplate,
  templateExclude,
  templateGlob,
} from '../../core/workspace/templates/readTemplate.ts';
import type { NamedTemplate } from '../../core/workspace/templates/template.ts';
import { invalidTemplate } from '../../core/workspace/templates/templateError.ts';

/** More templates than this are not looked at, so that a huge workspace costs no more than a large one. */
const mostTemplates = 200;

/** A template of one workspace folder, or why it cannot be read. */
export type FolderTemplate =
  | (NamedTemplate & { readonly type: 'template'; readonly folder: string })
  | { readonly type: 'problem'; readonly folder: string; readonly file: string; readonly message: string };

/**
 * The infrastructure templates of the workspace. They are looked for when somebody asks for the first time, and again
 * when one changes.
 */
export class Templates implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: { dispose(): unknown }[] = [this.#changed];
  #known: readonly FolderTemplate[] = [];
  #loading: Promise<void> | undefined;
  readonly onDidChange = this.#changed.event;

  /** What is known by now; the first call starts looking, and `onDidChange` tells when there is more. */
  get known(): readonly FolderTemplate[] {
    void this.ready();
    return this.#known;
  }

  /** Resolves when every template has been read. */
  ready(): Promise<void> {
    if (this.#loading === undefined) this.#watch();
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Looks again, if anybody has looked before. */
  refresh(): void {
    if (this.#loading !== undefined) this.#loading = this.#load();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #watch(): void {
    const watcher = vscode.workspace.createFileSystemWatcher(templateGlob);
    const again = (): void => this.refresh();
    this.#subscriptions.push(
      watcher,
      watcher.onDidChange(again),
      watcher.onDidCreate(again),
      watcher.onDidDelete(again),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
    );
  }

  async #load(): Promise<void> {
    const before = this.#loading;
    const files = await vscode.workspace.findFiles(templateGlob, templateExclude, mostTemplates);
    const read = await Promise.all(files.filter(({ scheme }) => scheme === 'file').map(readFolderTemplate));
    await before; // an older look must not come last
    this.#known = read
      .filter((one) => one !== undefined)
      .sort((left, right) => (left.file < right.file ? -1 : 1));
    this.#changed.fire();
  }
}

async function readFolderTemplate(uri: vscode.Uri): Promise<FolderTemplate | undefined> {
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  const file = uri.fsPath;
  if (folder === undefined) return undefined;
  const name = relative(folder, file).split(sep).join('/');
  try {
    if ((await stat(file)).size > mostTemplateBytes) throw invalidTemplate(name, 'it is too large');
    const template = await readTemplate(await readFile(file, 'utf8'), { file, name, exists: existsSync });
    return template === undefined ? undefined : { type: 'template', folder, file, name, template };
  } catch (error) {
    return { type: 'problem', folder, file, message: describeError(error) };
  }
}
