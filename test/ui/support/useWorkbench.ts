import assert from 'node:assert/strict';
import { Workbench, type WorkbenchOptions } from './workbench.ts';

/** The workbench of a suite. */
export interface SuiteWorkbench {
  /** The open workbench; only within tests and hooks. */
  readonly current: Workbench;
  /** Says that an error notification with this text is part of the current test. */
  expectError(text: string): void;
}

/**
 * Opens a workbench before the tests of the enclosing `describe` and closes it after them; the options are asked for
 * then. A test fails when VS Code has shown an error that it did not expect; a picture is taken of whatever fails.
 */
export function useWorkbench(options: () => WorkbenchOptions = () => ({})): SuiteWorkbench {
  let workbench: Workbench | undefined;
  let expected: string[] = [];
  const reported = new Set<string>();

  before('opens VS Code', async function () {
    this.timeout(180_000);
    workbench = await Workbench.open(options());
  });

  afterEach('sees no unexpected error', async function () {
    if (workbench === undefined) return;
    if (this.currentTest?.state === 'failed') await showFailure(workbench, this.currentTest);
    const errors = (await workbench.notifications())
      .filter(({ severity, message }) => severity === 'error' && !reported.has(message))
      .map(({ message }) => message);
    for (const message of errors) reported.add(message);
    const unexpected = errors.filter((message) => !expected.some((text) => message.includes(text)));
    expected = [];
    assert.deepEqual(unexpected, [], 'VS Code showed an error');
  });

  after('closes VS Code', async () => {
    await workbench?.close();
  });

  return {
    get current(): Workbench {
      assert.ok(workbench, 'The workbench is open only within tests.');
      return workbench;
    },
    expectError: (text) => void expected.push(text),
  };
}

/** Takes a picture of what failed, and prints what the editor shows, for where pictures are not kept. */
async function showFailure(workbench: Workbench, test: Mocha.Test): Promise<void> {
  await workbench.screenshot(`failed ${test.fullTitle()}`);
  const editor = workbench.page.locator('.editor-group-container.active').first();
  const text = await editor.innerText({ timeout: 1000 }).catch(() => 'nothing');
  console.log(`      The editor shows: ${JSON.stringify(text)}`);
}
