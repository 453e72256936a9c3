import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { startFaultProxy, type FaultProxy } from '../../support/faultProxy.ts';
import { startMoto, type Moto } from '../../support/moto.ts';
import { region, testCredentials } from '../../support/motoAws.ts';
import { MotoSeed } from '../../support/motoSeed.ts';
import { Workbench } from './workbench.ts';

/** A workbench with an AWS of its own, only within tests and hooks. */
export interface AwsWorkbench {
  readonly current: Workbench;
  readonly proxy: FaultProxy;
  readonly seed: MotoSeed;
  /** The dialog that is open. */
  readonly dialog: () => Locator;
  /** Presses a button of the dialog. */
  readonly press: (label: string) => Promise<void>;
  /** Waits until VS Code has shown a message, which may be gone by now. */
  readonly told: (text: string) => Promise<void>;
  /** The first row of any view with a text in it. */
  readonly row: (text: string) => Locator;
  /** Opens the AWS view and gives it all the room, as a person does who works with it. */
  readonly openView: () => Promise<void>;
}

/** Starts AWS with what `fill` puts there, and a window that leads there, for the tests of the enclosing `describe`. */
export function useAwsWorkbench(options: {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders of extensions beside ours. */
  readonly extensions?: readonly string[];
  readonly fill: (seed: MotoSeed) => Promise<void>;
}): AwsWorkbench {
  let running: { moto: Moto; proxy: FaultProxy; seed: MotoSeed; workbench: Workbench } | undefined;
  before(async function () {
    this.timeout(400_000);
    const moto = await startMoto();
    const proxy = await startFaultProxy(moto.endpoint);
    const seed = new MotoSeed(proxy.endpoint, region);
    await options.fill(seed);
    proxy.clear();
    const env = { AWS_ENDPOINT_URL: proxy.endpoint, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: 'true' };
    const { settings = {}, extensions = [] } = options;
    const workbench = await Workbench.open({ settings, extensions, env: { ...testCredentials, ...env } });
    running = { moto, proxy, seed, workbench };
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await running?.workbench.screenshot(`failed ${this.currentTest.fullTitle()}`);
  });
  after(async () => {
    await running?.workbench.close();
    await running?.proxy.stop();
    await running?.moto.stop();
  });
  const started = () => running ?? assert.fail('The workbench is open only within tests.');
  const dialog = () => started().workbench.page.locator('.monaco-dialog-box');
  return {
    get current() {
      return started().workbench;
    },
    get proxy() {
      return started().proxy;
    },
    get seed() {
      return started().seed;
    },
    dialog,
    press: (label) => dialog().locator('.monaco-button', { hasText: label }).click(),
    told: (text) => told(started().workbench, text),
    row: (text) => {
      const rows = started().workbench.page.locator('.pane-body .monaco-list-row[role="treeitem"]', {
        hasText: text,
      });
      return rows.first();
    },
    openView: () => openView(started().workbench),
  };
}

/** Waits until VS Code has shown a message, which may be gone by now; or has it in its list only. */
async function told(workbench: Workbench, text: string): Promise<void> {
  for (const look of ['on the screen', 'in the list']) {
    if (look === 'in the list') await workbench.command('Notifications: Show Notifications');
    for (const end = Date.now() + 15_000; Date.now() < end;) {
      const notifications = await workbench.notifications();
      if (notifications.some(({ message }) => message.includes(text))) return;
      await workbench.page.waitForTimeout(100);
    }
  }
  const all = (await workbench.notifications()).map(({ message }) => message);
  assert.fail(`"${text}" was not told, only: ${all.join('; ')}`);
}

/** Opens the AWS view and closes the others. */
export async function openView(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.openSideBar('Lambda Layers');
  for (const [title, isWanted] of [
    ['Layers', false],
    ['Invocations', false],
    ['AWS', true],
  ] as const) {
    const header = page.locator('.pane-header', { has: page.locator(`h3.title:text-is("${title}")`) });
    if (((await header.getAttribute('aria-expanded')) === 'true') !== isWanted) await header.click();
  }
}
