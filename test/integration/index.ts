import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import Mocha from 'mocha';
import { userVariable } from '../host/ordinaryUser.ts';
import CountingReporter from '../support/countingReporter.ts';
import { markLine, plainReport } from '../support/reportLines.ts';

/**
 * Runs every test that lies beside this file, inside the extension host. VS Code calls it, on the desktop as in the
 * server. `LAMBDA_LAYERS_TEST_GREP` chooses tests by their names. Throws when a test fails or is skipped.
 */
export async function run(): Promise<void> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const grep = process.env['LAMBDA_LAYERS_TEST_GREP'];
  const user = process.env[userVariable];
  if (user !== undefined) assert.equal(process.getuid?.(), Number(user), 'this is another user');
  if (process.env[plainReport] === undefined) {
    Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => console.log(markLine(format(...parts)));
  }
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    retries: 1, // a busy machine and the debuggers of others lose something now and then; the summary names the test
    color: false,
    forbidOnly: true,
    forbidPending: true,
    reporter: CountingReporter,
    ...(grep === undefined || grep === '' ? {} : { fgrep: grep }),
  });
  for (const file of globSync('**/*.test.cjs', { cwd: folder }).sort()) mocha.addFile(join(folder, file));
  ignoreErrorsOfBuiltInExtensions();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} of the integration tests failed.`);
}

/** Mocha takes every error in the extension host for the running test's, also those of the extensions beside ours. */
function ignoreErrorsOfBuiltInExtensions(): void {
  const runner = Mocha.Runner.prototype as unknown as { _uncaught(this: unknown, error: unknown): void };
  const report = runner._uncaught; // eslint-disable-line @typescript-eslint/unbound-method -- called with its runner below
  runner._uncaught = function (error) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const foreign = /\/extensions\/ms-vscode\.[\w-]+\//.test(stack.split('\n')[1] ?? '');
    if (foreign) console.log(markLine(`Ignored an error of a built-in extension: ${stack}`));
    else report.call(this, error);
  };
}
