import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** How a run of tests went; `failures` counts broken hooks too. */
export interface TestCounts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
  /** The full names of the tests that did not pass the first time. */
  readonly triedAgain: readonly string[];
}

/** The environment variable that names the file into which the counts are written. */
export const resultVariable = 'LAMBDA_LAYERS_TEST_RESULT';

/** Mocha's `spec` reporter, which also leaves the counts in a JSON file for the program that started the tests. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const triedAgain = new Set<string>();
    runner.on('retry', (test: Mocha.Test) => triedAgain.add(test.fullTitle()));
    runner.once('end', () => {
      const file = process.env[resultVariable];
      const { passes, failures, pending } = this.stats;
      const counts: TestCounts = { passes, failures, pending, triedAgain: [...triedAgain] };
      if (file !== undefined && file !== '') writeFileSync(file, JSON.stringify(counts));
    });
  }
}
