import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createSessionFolder, removeSessionFolder } from '../../../../src/core/run/sessionFolder.ts';
import { runAsOrdinaryUser } from '../../../support/ordinaryUser.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';

describe('The folder of a session', () => {
  const temporaryFolder = useTemporaryFolders();

  it('is new each time, and belongs to this process', async () => {
    const parent = join(temporaryFolder(), 'not/there/yet');
    const folders = [await createSessionFolder(parent), await createSessionFolder(parent)];
    assert.equal(new Set(folders).size, 2);
    for (const folder of folders) {
      assert.equal(dirname(folder), parent);
      assert.ok(basename(folder).startsWith(`lambda-layers-${process.pid}-`));
      await removeSessionFolder(folder);
      assert.equal(existsSync(folder), false);
    }
  });

  it('replaces those of programs that are gone, and only those', async () => {
    const parent = temporaryFolder();
    const gone = spawnSync('true').pid;
    const other = spawn('sleep', ['1000']);
    try {
      const kept = [
        `lambda-layers-${other.pid ?? 0}-a`,
        `lambda-layers-1-b`,
        'lambda-layers-mine',
        `other-${gone}-c`,
      ];
      for (const name of [...kept, `lambda-layers-${gone}-d`])
        mkdirSync(join(parent, name, 'deep'), { recursive: true });
      const folder = await createSessionFolder(parent);
      assert.deepEqual(readdirSync(parent).sort(), [...kept, basename(folder)].sort());
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
  });

  it('is made for an ordinary user although somebody else’s cannot be removed', async () => {
    const work = temporaryFolder();
    const gone = spawnSync('true').pid;
    mkdirSync(join(work, `lambda-layers-${gone}-theirs/deep`), { recursive: true });
    const result = await runAsOrdinaryUser(
      work,
      `
      import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
      import { createSessionFolder } from './core/run/sessionFolder.ts';
      const parent = process.cwd() + '/parent';
      mkdirSync(parent + '/lambda-layers-${gone}-own/closed', { recursive: true });
      writeFileSync(parent + '/lambda-layers-${gone}-own/closed/file', '1');
      chmodSync(parent + '/lambda-layers-${gone}-own/closed', 0);
      const made = await createSessionFolder(parent);
      const shared = await createSessionFolder('${work}').catch((error) => error.code);
      console.log(JSON.stringify([existsSync(made), existsSync(parent + '/lambda-layers-${gone}-own'), shared]));
    `,
    );
    const [made, own, shared] = result as [boolean, boolean, string];
    assert.deepEqual([made, own], [true, false]);
    // Nothing may be made in a folder of root's; but what failed is the making, not the removing.
    if (process.getuid?.() === 0) assert.equal(shared, 'EACCES');
    assert.equal(existsSync(join(work, `lambda-layers-${gone}-theirs/deep`)), process.getuid?.() === 0);
  });
});
