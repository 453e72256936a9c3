import * as vscode from 'vscode';
import type { CommandServices } from '../commands/services.ts';
import { readTarget, type SizeTarget } from './messages.ts';
import { pageHtml, pageRoots } from './pageHtml.ts';
import { headingOf, type SizeContent } from './sizeContent.ts';
import { SizeMapPanel } from './sizeMapPanel.ts';

/** Type of the editor tabs that hold size maps. */
export const sizeMapViewType = 'lambdaLayers.sizeMap';

/** The open size maps, one for each stack. They come back when the window was reloaded. */
export class SizeMaps implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #services: CommandServices;
  readonly #extension: vscode.Uri;
  readonly #open = new Map<string, SizeMapPanel>();

  constructor(services: CommandServices, extension: vscode.Uri) {
    this.#services = services;
    this.#extension = extension;
  }

  /** Shows the map of a stack in the one tab that it has. @throws UserError as `openLayer` */
  async show(target: SizeTarget): Promise<SizeContent> {
    const known = this.#open.get(keyOf(target));
    if (known !== undefined) {
      known.panel.reveal();
      return known.load();
    }
    const heading = headingOf(target, (path) => this.#services.model.nameOf(path));
    const title = vscode.l10n.t('Size: {0}', heading);
    const panel = vscode.window.createWebviewPanel(sizeMapViewType, title, vscode.ViewColumn.Active);
    const map = this.#add(panel, target);
    try {
      return await map.load();
    } catch (error) {
      map.dispose(); // the command says what is wrong; an empty tab would only be in the way
      throw error;
    }
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const target = readTarget(state);
    if (target === undefined || this.#open.has(keyOf(target))) {
      panel.dispose();
      return;
    }
    await this.#add(panel, target)
      .load()
      .catch(() => undefined); // the page says what is wrong
  }

  dispose(): void {
    for (const map of [...this.#open.values()]) map.dispose();
  }

  #add(panel: vscode.WebviewPanel, target: SizeTarget): SizeMapPanel {
    const key = keyOf(target);
    const map = new SizeMapPanel(panel, target, this.#services);
    this.#open.set(key, map);
    panel.onDidDispose(() => this.#open.delete(key));
    panel.webview.options = { enableScripts: true, localResourceRoots: pageRoots(this.#extension) };
    panel.webview.html = pageHtml(panel.webview, this.#extension);
    return map;
  }
}

function keyOf({ functionName, paths, code }: SizeTarget): string {
  return JSON.stringify([functionName, code, paths]);
}
