import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder } from '../../../../src/core/opt/removeFolder.ts';
import { runAsOrdinaryUser } from '../../../support/ordinaryUser.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';

describe('Removing a folder', () => {
  const temporaryFolder = useTemporaryFolders();

  it('does nothing when it is not there', async () => {
    await removeFolder(join(temporaryFolder(), 'missing'));
  });

  it('removes links, and not what they lead to', async () => {
    const work = temporaryFolder();
    mkdirSync(join(work, 'kept'));
    writeFileSync(join(work, 'kept/file'), '1');
    const folder = writeTree(join(work, 'gone'), { 'a/b': '1', link: { link: '../kept' } });
    await removeFolder(folder);
    assert.equal(existsSync(folder), false);
    assert.equal(existsSync(join(work, 'kept/file')), true);
  });

  it('removes for an ordinary user what its modes forbid', async () => {
    const result = await runAsOrdinaryUser(
      temporaryFolder(),
      `
      import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
      import { removeFolder } from './core/opt/removeFolder.ts';
      mkdirSync('gone/closed/deep/deeper', { recursive: true });
      mkdirSync('kept');
      writeFileSync('gone/closed/deep/deeper/file', '1');
      symlinkSync('../kept', 'gone/link');
      for (const folder of ['kept', 'gone/closed/deep/deeper', 'gone/closed/deep', 'gone/closed', 'gone']) {
        chmodSync(folder, folder.endsWith('closed') ? 0 : 0o555);
      }
      await removeFolder('gone');
      console.log(JSON.stringify([existsSync('gone'), existsSync('kept')]));
    `,
    );
    assert.deepEqual(result, [false, true]);
  });
});
