import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { root } from '../../../scripts/lib/prepare.mjs';
import { openPage } from '../../host/chromium.ts';
import { startServerHost, type ServerHost, type ServerHostOptions } from '../../host/serverHost.ts';
import { copyWorkspace } from '../../support/workspaceCopy.ts';
import { recordNotifications, shownNotifications, type ShownNotification } from './notifications.ts';

/** How a workbench is opened. */
export interface WorkbenchOptions extends ServerHostOptions {
  /** A packaged extension to install; without it the built extension of the checkout is loaded as it is. */
  readonly vsix?: string;
  /** The folder whose copy is opened; `samples/` unless told otherwise. */
  readonly workspace?: string;
}

const screenshots = join(root, 'test', 'ui', 'screenshots');

/** How long the workbench may take to appear, in milliseconds; a busy machine is slow at it. */
const openLimit = 90_000;

/** How often the palette is opened for a command that is not there yet. */
const paletteAttempts = 10;

/** Milliseconds that a menu's entry is pressed: VS Code does not heed a release in the first 100 of a menu. */
const pressedFor = 150;

/** How often a tree row is clicked that does not open. */
const expandAttempts = 5;

/** Matches a text as a whole, with blanks around it. */
function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}\\s*$`);
}

/** VS Code in a browser, used through what a person sees: labels, keys and buttons. */
export class Workbench {
  readonly page: Page;
  /** The folder that is open, a private copy. */
  readonly folder: string;
  readonly host: ServerHost;

  private constructor(host: ServerHost, page: Page, folder: string) {
    this.host = host;
    this.page = page;
    this.folder = folder;
  }

  /** Starts a server and a browser and resolves when the workbench can be used. `close` ends both. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const own = options.vsix === undefined ? [root] : [];
    const host = await startServerHost({ ...options, extensions: [...own, ...(options.extensions ?? [])] });
    let page: Page | undefined;
    try {
      if (options.vsix !== undefined) await host.installVsix(options.vsix);
      const folder = join(host.folder, 'workspace');
      await copyWorkspace(options.workspace ?? join(root, 'samples'), folder);
      page = await openPage(join(host.folder, 'browser'));
      await recordNotifications(page);
      await page.goto(host.url({ folder }), { timeout: openLimit });
      const workbench = new Workbench(host, page, folder);
      await workbench.#ready();
      return workbench;
    } catch (error) {
      await page?.context().close();
      await host.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.page.context().close();
    await this.host.stop();
  }

  /** Runs a command by its full title, as `Lambda Layers: Show Log`, from the palette. */
  async command(title: string): Promise<void> {
    // The list is made when the palette opens, and an extension that is still loading adds to the next one only.
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('F1');
      try {
        await this.quickInput().fill(`>${title}`, { timeout: 3000 }); // it closes when the focus goes elsewhere
        await this.choose(title, 3000);
        return;
      } catch (error) {
        if (attempt === paletteAttempts) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** VS Code's own reload: it saves what is open first, which a browser's reload does not wait for. */
  async reload(): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.command('Developer: Reload Window')]);
  }

  /** The text field of the open quick input. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** Clicks the entry of the open quick pick that has exactly this label, within `timeout` milliseconds. */
  async choose(label: string, timeout = 30_000): Promise<void> {
    const rows = this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
    const labels = this.page.locator('.label-name', { hasText: exactly(label) });
    await rows.filter({ has: labels }).first().click({ timeout });
  }

  /** Opens a file of the workspace by its path in there. */
  async openFile(path: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+P');
    await this.quickInput().fill(join(this.folder, path)); // found without the search index, which may be late
    await this.choose(basename(path));
    await this.editorTab(basename(path)).waitFor();
  }

  /** The button of a view container in the activity bar. */
  viewContainer(title: string): Locator {
    const labelled = `[aria-label="${title}"], [aria-label^="${title} ("]`;
    return this.page.locator('.activitybar .action-item').filter({ has: this.page.locator(labelled) });
  }

  /** Opens a view container's side bar; leaves it open when it is. */
  async openSideBar(title: string): Promise<void> {
    const button = this.viewContainer(title);
    await button.waitFor();
    const heading = this.page.locator('.part.sidebar .composite.title h2', { hasText: title });
    if (!(await heading.isVisible())) await button.click();
    await heading.waitFor();
  }

  /** The row of a tree, in any view, that has this label. */
  treeItem(label: string): Locator {
    const name = this.page.locator('.label-name', {
      hasText: exactly(label),
    });
    return this.page.locator('.pane-body .monaco-list-row[role="treeitem"]').filter({ has: name });
  }

  async clickTreeItem(label: string): Promise<void> {
    await this.#calmTrees();
    await this.treeItem(label).first().click();
  }

  /**
   * Waits until the trees stand still, 3 s at most: VS Code uses the elements of rows again, and a click would meet
   * another row.
   */
  async #calmTrees(): Promise<void> {
    const rows = this.page.locator('.pane-body .monaco-list-row[role="treeitem"]');
    const look = async (): Promise<string> => (await rows.allInnerTexts()).join('\n');
    let before = '';
    for (let looks = 0; looks < 20; looks++) {
      const now = await look();
      if (now === before) return;
      before = now;
      await this.page.waitForTimeout(150);
    }
  }

  /** Opens a tree row unless it is, until it is open, or `result` is there; again when it was drawn anew meanwhile. */
  async expandTreeItem(label: string, result?: Locator): Promise<void> {
    const row = this.treeItem(label).first();
    const opened = this.treeItem(label).and(this.page.locator('[aria-expanded="true"]')).first();
    await row.waitFor();
    const done = result ?? opened;
    for (let attempt = 1; !(await done.isVisible()); attempt++) {
      await this.#calmTrees();
      if (!(await opened.isVisible())) await row.locator('.monaco-tl-twistie').click();
      try {
        await done.waitFor({ timeout: 4000 });
      } catch (error) {
        if (attempt === expandAttempts) throw error;
      }
    }
  }

  /**
   * Chooses an entry from the context menu of a tree row, and waits for what it brings. Again when the menu went away
   * under the click, as it does when the tree is drawn anew.
   */
  async chooseFromContextMenu(label: string, entry: string, result: Locator): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#calmTrees();
        await this.treeItem(label).first().click({ button: 'right' });
        await this.page
          .locator('.context-view .action-item', { hasText: entry })
          .first()
          .click({ timeout: 3000, delay: pressedFor });
        await result.first().waitFor({ timeout: 7000 });
        return;
      } catch (error) {
        if (attempt === expandAttempts) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The tab of an editor, by the name it shows. */
  editorTab(name: string): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: name });
  }

  /** The part of the active editor's text that is on the screen, with ordinary spaces. */
  async editorText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .view-lines').first();
    return (await lines.innerText()).replaceAll('\u00a0', ' ');
  }

  /** Clicks into the margin of the active editor, where breakpoints are. */
  async setBreakpoint(line: number): Promise<void> {
    const number = this.page.locator('.editor-group-container.active .line-numbers', {
      hasText: exactly(String(line)),
    });
    const box = await number.first().boundingBox();
    assert.ok(box, `line ${line} is not on the screen`);
    await this.page.mouse.click(box.x - 8, box.y + box.height / 2);
    await this.page.locator('[class*="codicon-debug-breakpoint"]').first().waitFor();
  }

  /** Starts debugging with the chosen launch configuration. */
  async pressF5(): Promise<void> {
    await this.page.keyboard.press('F5');
  }

  /** The output of the debug console; wait for text with `.filter({ hasText })`. */
  debugConsole(): Locator {
    return this.page.locator('.repl .monaco-list-rows');
  }

  /** What the debug console shows, with ordinary spaces. */
  async debugConsoleText(): Promise<string> {
    return (await this.debugConsole().innerText()).replaceAll('\u00a0', ' ');
  }

  /** Scrolls a list to its beginning: only those of its rows are in the page that are in sight. */
  async scrollUp(list: Locator): Promise<void> {
    await list.hover();
    await this.page.mouse.wheel(0, -100_000);
  }

  /** All different notifications since the window opened. */
  notifications(): Promise<readonly ShownNotification[]> {
    return shownNotifications(this.page);
  }

  /** Waits until a notification with that text is on the screen. */
  async waitForNotification(text: string): Promise<void> {
    await this.page.locator('.notification-list-item-message', { hasText: text }).first().waitFor();
  }

  /** Takes a picture of the window, for people to look at. Returns its file. */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshots, { recursive: true });
    const path = join(screenshots, `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
    await this.page.screenshot({ path, animations: 'disabled' });
    return path;
  }

  /** Waits for the workbench and puts away the chat, which covers what is tested. */
  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: openLimit });
    await this.page.locator('.explorer-folders-view .monaco-list-rows').waitFor({ timeout: openLimit });
    if (await this.page.locator('.part.auxiliarybar').isVisible()) {
      await this.command('View: Hide Secondary Side Bar');
      await this.page.locator('.part.auxiliarybar').waitFor({ state: 'hidden' });
    }
  }
}
