import { seconds } from './step.mjs';
import type { TestCounts } from '../../test/support/countingReporter.ts';

/** What one stage of the tests came to. */
export interface StageResult {
  readonly stage: string;
  readonly passed: number;
  readonly failed: number;
  /** Why the stage counts as failed apart from its tests: it crashed, hung or ran nothing. */
  readonly problem?: string | undefined;
  /** The names of the tests that did not pass the first time, so that a test that is not reliable does not hide. */
  readonly triedAgain?: readonly string[];
  readonly milliseconds: number;
}

/** What Mocha's run left behind, and how its process ended. */
export interface MochaOutcome {
  /** The text of the result file; undefined when the run did not get that far. */
  readonly counts: string | undefined;
  readonly code: number;
  readonly overdue: boolean;
  /** What the tests left in their temporary folder. */
  readonly leftFiles?: readonly string[];
}

const noCounts: TestCounts = { passes: 0, failures: 0, pending: 0, triedAgain: [] };

/**
 * Counts a Mocha run. Skipped tests count as failed, and a run that ended early, hung or found no test has one
 * failure at least, so that it can never look like a success.
 */
export function countMochaRun(outcome: MochaOutcome): Omit<StageResult, 'stage' | 'milliseconds'> {
  const { passes, failures, pending, triedAgain } = parseCounts(outcome.counts) ?? noCounts;
  const failed = failures + pending;
  const problem = problemOf(outcome, passes, failed);
  return {
    passed: passes,
    failed: problem === undefined ? failed : Math.max(failed, 1),
    problem,
    triedAgain,
  };
}

function problemOf(
  { counts, code, overdue, leftFiles = [] }: MochaOutcome,
  passes: number,
  failed: number,
): string | undefined {
  if (overdue) return 'took too long and was ended';
  if (parseCounts(counts) === undefined) return `ended before it could report (exit code ${code})`;
  if (passes + failed === 0) return 'ran no test';
  if (code !== 0 && failed === 0) return `ended with exit code ${code} although no test failed`;
  if (leftFiles.length > 0) return `left temporary files behind: ${leftFiles.join(', ')}`;
  return undefined;
}

function parseCounts(text: string | undefined): TestCounts | undefined {
  if (text === undefined) return undefined;
  try {
    const { passes, failures, pending, triedAgain } = JSON.parse(text) as TestCounts;
    if ([passes, failures, pending].some((count: unknown) => typeof count !== 'number')) return undefined;
    return { passes, failures, pending, triedAgain };
  } catch {
    return undefined; // a half-written file is as good as none
  }
}

/** One stage in a line, and a line for each test that was tried again. */
export function describeStage({ triedAgain = [], ...result }: StageResult): string {
  const { stage, passed, failed, problem, milliseconds } = result;
  const note = problem === undefined ? '' : `, ${problem}`;
  const line = `${stage.padEnd(12)} ${passed} passed, ${failed} failed (${seconds(milliseconds)})${note}`;
  return [line, ...triedAgain.map((name) => `${' '.repeat(12)} tried again: ${name}`)].join('\n');
}

/** The last line of a test run: the sum of all stages. */
export function describeTotal(results: readonly StageResult[]): string {
  const sum = (pick: (result: StageResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  return `${sum((each) => each.passed)} passed, ${sum((each) => each.failed)} failed`;
}
