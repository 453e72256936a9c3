import assert from 'node:assert/strict';
import { readTestArguments } from '../../../scripts/lib/testMain.ts';
import { countMochaRun, describeStage, describeTotal } from '../../../scripts/lib/testSummary.ts';

const counts = (passes: number, failures: number, pending = 0, triedAgain: string[] = []): string =>
  JSON.stringify({ passes, failures, pending, triedAgain });

describe('the summary of a test run', () => {
  it('counts what Mocha reports', () => {
    const run = countMochaRun({ counts: counts(7, 0), code: 0, overdue: false });
    assert.deepEqual(run, { passed: 7, failed: 0, problem: undefined, triedAgain: [] });
  });

  it('counts a skipped test as failed', () => {
    assert.equal(countMochaRun({ counts: counts(7, 1, 2), code: 3, overdue: false }).failed, 3);
  });

  it('names the tests that did not pass the first time', () => {
    const run = countMochaRun({ counts: counts(7, 0, 0, ['A flaky one']), code: 0, overdue: false });
    assert.match(
      describeStage({ stage: 'ui', milliseconds: 10, ...run }),
      /^ui +7 passed, 0 failed \(.*\)\n +tried again: A flaky one$/,
    );
  });

  const broken = {
    'that left no counts': { counts: undefined, code: 1, overdue: false },
    'that left half a file': { counts: '{"passes": 3', code: 1, overdue: false },
    'that left something else': { counts: '{"passes": "3"}', code: 0, overdue: false },
    'without a single test': { counts: counts(0, 0), code: 0, overdue: false },
    'that crashed after its tests': { counts: counts(3, 0), code: 7, overdue: false },
    'that left files behind': {
      counts: counts(3, 0),
      code: 0,
      overdue: false,
      leftFiles: ['lambda-layers-a'],
    },
    'that had to be ended': { counts: counts(3, 0), code: 0, overdue: true },
  };
  for (const [name, outcome] of Object.entries(broken)) {
    it(`fails a run ${name}, and says so`, () => {
      const { failed, problem } = countMochaRun(outcome);
      assert.equal(failed, 1);
      assert.ok(problem);
    });
  }

  it('ends with the sum of all stages', () => {
    const stage = { stage: 'unit', passed: 3, failed: 1, milliseconds: 1200 };
    assert.equal(describeTotal([stage, { ...stage, passed: 4, failed: 0 }]), '7 passed, 1 failed');
    assert.match(
      describeStage({ ...stage, problem: 'ran no test' }),
      /^unit +3 passed, 1 failed \(1\.2 s\), ran no test$/,
    );
  });
});

describe('the arguments of the test script', () => {
  it('run all stages without a stage, the fast ones first', () => {
    const { chosen, options } = readTestArguments(['--verbose']);
    assert.deepEqual(chosen, ['types', 'lint', 'unit', 'conformance', 'integration', 'ui']);
    assert.equal(options.output, 'show');
  });

  it('choose one stage and pass the rest on to Mocha', () => {
    const { chosen, options } = readTestArguments(['integration', '--grep', 'opens']);
    assert.deepEqual(chosen, ['integration']);
    assert.deepEqual(options.mochaArguments, ['--grep', 'opens']);
  });

  it('refuse a stage that does not exist', () => {
    assert.throws(() => readTestArguments(['units']), /"units".*unit/);
  });
});
