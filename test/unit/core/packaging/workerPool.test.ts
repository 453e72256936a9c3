import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { WorkerPool } from '../../../../src/core/packaging/workerPool.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';

describe('the threads of packaging', () => {
  const temporaryFolder = useTemporaryFolders();

  async function withPool<T>(use: (pool: WorkerPool, file: string) => Promise<T>): Promise<T> {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'content');
    const pool = new WorkerPool(2);
    try {
      return await use(pool, file);
    } finally {
      await pool.close();
    }
  }

  it('answer more jobs than there are threads, each with its own result', () =>
    withPool(async (pool, file) => {
      const jobs = Array.from({ length: 20 }, () => pool.run('archiveHash', { file }));
      const results = await Promise.all(jobs);
      assert.deepEqual(new Set(results.map(({ sha256Base64 }) => sha256Base64)).size, 1);
    }));

  it('pass the error of a job on and go on with the next', () =>
    withPool(async (pool, file) => {
      await assert.rejects(pool.run('archiveHash', { file: `${file}-missing` }), /ENOENT/);
      assert.equal(typeof (await pool.run('archiveHash', { file })).sha256Base64, 'string');
    }));

  it('reject what runs, what waits and what is asked later once they failed', () =>
    withPool(async (pool, file) => {
      const jobs = Array.from({ length: 10 }, () => pool.run('archiveHash', { file }));
      pool.fail(new Error('enough'));
      for (const job of jobs) await assert.rejects(job, { message: 'enough' });
      await assert.rejects(pool.run('archiveHash', { file }), { message: 'enough' });
    }));

  it('may be closed in the midst of a job, and twice', () =>
    withPool(async (pool, file) => {
      const job = pool.run('archiveHash', { file });
      const outcome = assert.rejects(job, /stopped/);
      await pool.close();
      await outcome;
    }));
});
