import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { startFaultProxy, type FaultProxy } from '../../support/faultProxy.ts';
import { startMoto, type Moto } from '../../support/moto.ts';
import { region, testCredentials } from '../../support/motoAws.ts';
import { MotoSeed } from '../../support/motoSeed.ts';
import { useWorkbench } from './useWorkbench.ts';
import type { Workbench } from './workbench.ts';

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
  let running: { moto: Moto; proxy: FaultProxy; seed: MotoSeed } | undefined;
  const started = () => running ?? assert.fail('AWS is there only within tests.');
  before('starts AWS', async function () {
    this.timeout(400_000);
    const moto = await startMoto();
    const proxy = await startFaultProxy(moto.endpoint);
    const seed = new MotoSeed(proxy.endpoint, region);
    running = { moto, proxy, seed };
    await options.fill(seed);
    proxy.clear();
  });
  const { settings = {}, extensions = [] } = options;
  const workbench = useWorkbench(() => {
    const { endpoint } = started().proxy;
    const env = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: 'true' };
    return { settings, extensions, env: { ...testCredentials, ...env } };
  });
  after('stops AWS', async () => {
    await running?.proxy.stop();
    await running?.moto.stop();
  });
  const dialog = () => workbench.current.page.locator('.monaco-dialog-box');
  return {
    get current() {
      return workbench.current;
    },
    get proxy() {
      return started().proxy;
    },
    get seed() {
      return started().seed;
    },
    dialog,
    press: (label) => dialog().locator('.monaco-button', { hasText: label }).click(),
    told: (text) => told(workbench.current, text),
    row: (text) => {
      const rows = workbench.current.page.locator('.pane-body .monaco-list-row[role="treeitem"]', {
        hasText: text,
      });
      return rows.first();
    },
    openView: () => openView(workbench.current),
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
