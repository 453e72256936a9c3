import assert from 'node:assert/strict';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLayer } from '../../../../src/core/layer/layerSource.ts';
import { runAsOrdinaryUser } from '../../../support/ordinaryUser.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';
import { userError } from '../../../support/userError.ts';

describe('A layer’s folder', () => {
  const temporaryFolder = useTemporaryFolders();

  async function open() {
    const folder = writeTree(join(temporaryFolder(), 'layer'), {
      bootstrap: { text: '#!/bin/sh\n', mode: 0o755 },
      'lib/größe.txt': 'size',
      'lib/link': { link: '../bootstrap' },
      empty: { directory: 0o711 },
    });
    utimesSync(join(folder, 'bootstrap'), 1, 981_173_045);
    const source = await openLayer(folder);
    const { entries } = source;
    const number = (name: string) => {
      for (let entry = 0; entry < entries.count; entry++) if (entries.name(entry) === name) return entry;
      return assert.fail(name);
    };
    return { folder, ...source, number };
  }

  it('is listed with kinds, modes, sizes and times, links as links', async () => {
    const { entries, number } = await open();
    const facts = ['bootstrap', 'lib/größe.txt', 'lib/link', 'empty'].map((name) => {
      const entry = number(name);
      return [entries.kind(entry), entries.mode(entry) & 0o711, entries.size(entry), entries.problem(entry)];
    });
    assert.deepEqual(facts, [
      ['file', 0o711, 10, undefined],
      ['file', 0o600, 4, undefined],
      ['link', 0o711, 12, undefined],
      ['directory', 0o711, 0, undefined],
    ]);
    assert.equal(entries.count, 5);
    assert.equal(entries.modified(number('bootstrap')), 981_173_045_000);
    const at = number('lib/größe.txt');
    const name = entries.nameBytes.subarray(entries.nameStart(at), entries.nameEnd(at));
    assert.equal(Buffer.from(name).toString(), 'lib/größe.txt');
  });

  it('gives the content of files and the targets of links', async () => {
    const { read, readLink, number } = await open();
    assert.equal(Buffer.from(await read(number('lib/größe.txt'))).toString(), 'size');
    assert.equal(await readLink(number('lib/link')), '../bootstrap');
  });

  it('names the file that went away', async () => {
    const { folder, read, readLink, number } = await open();
    rmSync(join(folder, 'lib'), { recursive: true });
    await assert.rejects(read(number('lib/größe.txt')), userError('PathNotFound', 'größe.txt', 'ENOENT'));
    await assert.rejects(readLink(number('lib/link')), userError('PathNotFound', 'lib/link', 'ENOENT'));
  });

  it('can be left before a file is read', async () => {
    const { read, number } = await open();
    await assert.rejects(read(number('bootstrap'), AbortSignal.abort()), { name: 'AbortError' });
  });

  it('is named when it is missing, or no folder and no file', async () => {
    const missing = join(temporaryFolder(), 'missing');
    await assert.rejects(openLayer(missing), userError('LayerNotFound', missing, 'does not exist'));
    await assert.rejects(openLayer('/dev/null'), userError('LayerNotFound', '/dev/null', 'neither'));
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '1');
    await assert.rejects(openLayer(join(file, 'below')), userError('LayerNotFound', 'does not exist'));
  });

  it('is named with the part of it that may not be listed', async () => {
    const result = await runAsOrdinaryUser(
      temporaryFolder(),
      `
      import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
      import { openLayer } from './core/layer/layerSource.ts';
      mkdirSync('layer/secret', { recursive: true });
      writeFileSync('layer/secret/x', '1');
      const failures = [];
      for (const mode of [0, 0o400]) {
        chmodSync('layer/secret', mode);
        await openLayer('layer').catch((error) => failures.push([error.code, error.message]));
      }
      chmodSync('layer/secret', 0o700);
      console.log(JSON.stringify(failures));
    `,
    );
    assert.deepEqual(result, [
      ['LayerNotFound', 'The layer cannot be listed at layer/secret (EACCES).'],
      ['LayerNotFound', 'The layer cannot be listed at layer/secret/x (EACCES).'],
    ]);
  });
});
