import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeOnce } from '../../../scripts/lib/makeOnce.ts';
import { useTemporaryFolders } from '../../support/temporaryFolder.ts';

describe('A folder of the machine’s cache', () => {
  const temporaryFolder = useTemporaryFolders();

  it('is there when it is complete, and not before', async () => {
    const cache = join(temporaryFolder(), 'cache');
    await makeOnce(join(cache, 'tool'), (building) => {
      assert.deepEqual(readdirSync(building), []);
      assert.deepEqual(readdirSync(cache), [`tool.installing-${process.pid}`]);
      writeFileSync(join(building, 'program'), '');
      return Promise.resolve();
    });
    assert.deepEqual(readdirSync(cache), ['tool']);
    assert.deepEqual(readdirSync(join(cache, 'tool')), ['program']);
  });

  it('is not there, nor anything else, when it cannot be made', async () => {
    const cache = temporaryFolder();
    const failure = makeOnce(join(cache, 'tool'), () => Promise.reject(new Error('no network')));
    await assert.rejects(failure, /no network/);
    assert.deepEqual(readdirSync(cache), []);
  });

  it('is that of the first of two that make it at once', async () => {
    const cache = temporaryFolder();
    await makeOnce(join(cache, 'tool'), () => {
      mkdirSync(join(cache, 'tool', 'of the other'), { recursive: true });
      return Promise.resolve();
    });
    assert.deepEqual(readdirSync(cache), ['tool']);
    assert.deepEqual(readdirSync(join(cache, 'tool')), ['of the other']);
  });

  it('removes what a program left that ended in the middle, not what another one makes', async () => {
    const cache = temporaryFolder();
    const { pid } = spawnSync('true');
    for (const owner of [pid, process.ppid]) mkdirSync(join(cache, `tool.installing-${owner}`));
    await makeOnce(join(cache, 'tool'), () => Promise.resolve());
    assert.deepEqual(readdirSync(cache).sort(), ['tool', `tool.installing-${process.ppid}`]);
  });
});
