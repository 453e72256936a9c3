import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  ProgressReporter,
  type PackagingProgress,
} from '../../../../src/core/packaging/packagingProgress.ts';

describe('the progress of packaging', () => {
  it('is reported at the start and the end of each phase, and seldom between them', () => {
    const seen: PackagingProgress[] = [];
    const reporter = new ProgressReporter((progress) => seen.push(progress));
    const total = 100_000;
    for (const phase of ['compress', 'write'] as const) {
      for (let done = 0; done <= total; done++) reporter.report({ phase, done, total });
    }
    for (const phase of ['compress', 'write'] as const) {
      const reports = seen.filter((progress) => progress.phase === phase);
      assert.deepEqual(reports.at(0), { phase, done: 0, total });
      assert.deepEqual(reports.at(-1), { phase, done: total, total });
      assert.ok(reports.length < total / 100, `${reports.length} reports`);
    }
  });

  it('is not missed by anybody when nobody listens', () => {
    assert.doesNotThrow(() => new ProgressReporter(undefined).report({ phase: 'scan', done: 0, total: 0 }));
  });
});
