import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { LayerCache } from '../../../../src/core/run/layerCache.ts';
import { openTree } from '../../../support/openTree.ts';
import { runAsOrdinaryUser } from '../../../support/ordinaryUser.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { describeFolder, writeTree } from '../../../support/tree.ts';
import { userError } from '../../../support/userError.ts';
import { writeZip, zipBytes } from '../../../support/zip.ts';

describe('The cache of unpacked layers', () => {
  const temporaryFolder = useTemporaryFolders();

  async function prepare() {
    const work = temporaryFolder();
    const zip = await writeZip(join(work, 'layer.zip'), {
      'bin/tool': { text: 'tool', mode: 0o755 },
      'lib/link': { link: '../bin/tool' },
    });
    const folder = join(work, 'cache');
    return { work, zip, folder, cache: new LayerCache(folder) };
  }

  function entriesOf(folder: string): string[] {
    return readdirSync(folder).filter((name) => name !== 'uses');
  }

  /** As if a process that has ended had used all entries, this long ago. */
  function disown(folder: string, ageSeconds: number): void {
    const { pid } = spawnSync('true');
    for (const name of readdirSync(join(folder, 'uses'))) {
      const mark = join(folder, 'uses', name);
      const time = Date.now() / 1000 - ageSeconds;
      if (name.includes('.')) renameSync(mark, mark.replace(/\.\d+\.(\d+)$/, `.${pid}.$1`));
      else utimesSync(mark, time, time);
    }
  }

  it('is not misled by a process that has the number of one that used an entry', async () => {
    const { work, folder } = await prepare();
    const cache = new LayerCache(folder, () => 0);
    const unpack = async (name: string) =>
      basename(await cache.folderOf(await openTree(await writeZip(join(work, name), { [name]: name }))));
    const first = await unpack('first.zip');
    for (const name of readdirSync(join(folder, 'uses')).filter((one) => one.includes('.'))) {
      renameSync(join(folder, 'uses', name), join(folder, 'uses', name.replace(/\d+$/, '1')));
    }
    const second = await unpack('second.zip');
    assert.deepEqual(entriesOf(folder), [second]);
    const marks = readdirSync(join(folder, 'uses'));
    assert.ok(
      marks.length === 2 && !marks.some((name) => name.startsWith(first)),
      'nothing is kept of the first',
    );
  });

  it('lets nothing go that is in use, however many ask and prune at once', async () => {
    const { work, folder } = await prepare();
    const zips = await Promise.all(
      Array.from({ length: 12 }, (_, index) => writeZip(join(work, `${index}.zip`), { [`f${index}`]: 'x' })),
    );
    const greedy = () => new LayerCache(folder, () => 0);
    await Promise.all(
      zips.map(async (zip, index) => {
        for (const next of [zip, zips[(index + 1) % zips.length] ?? zip]) {
          const entry = await greedy().folderOf(await openTree(next));
          assert.ok(existsSync(entry), 'what is given is there');
        }
      }),
    );
    assert.equal(entriesOf(folder).length, 12, 'all are in use by this process');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('unfinished')),
      [],
    );
  });

  it('reads an unchanged zip once', async () => {
    const { zip, cache } = await prepare();
    const opened = await openTree(zip);
    const folder = await cache.folderOf(opened);
    rmSync(zip);
    assert.equal(await cache.folderOf(opened), folder);
  });

  it('lets the longest unused entries go when it grows over its limit, but none in use', async () => {
    const { work, folder } = await prepare();
    const cache = new LayerCache(folder, () => 2500);
    const unpack = async (name: string) => {
      const zip = await writeZip(join(work, name), { [name]: 'x'.repeat(1000) });
      return basename(await cache.folderOf(await openTree(zip)));
    };
    const first = await unpack('first.zip');
    disown(folder, 200);
    const second = await unpack('second.zip');
    const third = await unpack('third.zip');
    assert.deepEqual(entriesOf(folder).sort(), [second, third].sort(), `${first} went`);
    const fourth = await unpack('fourth.zip');
    assert.deepEqual(entriesOf(folder).sort(), [second, third, fourth].sort(), 'all are in use');
    disown(folder, 100);
    assert.equal(await unpack('second.zip'), second); // in use again, so it stays
    const fifth = await unpack('fifth.zip');
    assert.deepEqual(entriesOf(folder).sort(), [second, fifth].sort());
  });

  it('gives a folder as it is', async () => {
    const { work, folder, cache } = await prepare();
    const layer = writeTree(join(work, 'layer'), { a: '1' });
    assert.equal(await cache.folderOf(await openTree(layer)), layer);
    assert.equal(existsSync(folder), false);
  });

  it('unpacks a zip once, whatever it is called', async () => {
    const { work, zip, folder, cache } = await prepare();
    const first = await cache.folderOf(await openTree(zip));
    const { ino } = statSync(first);
    copyFileSync(zip, join(work, 'copy.zip'));
    const second = await new LayerCache(folder).folderOf(await openTree(join(work, 'copy.zip')));
    assert.equal(second, first);
    assert.equal(statSync(second).ino, ino);
    assert.deepEqual(
      describeFolder(first).map((line) => line.split(' ').slice(0, 3).join(' ')),
      ['directory 755 bin', 'directory 755 lib', 'file 755 bin/tool', 'link lib/link ->'],
    );
  });

  it('may be asked by many at once', async () => {
    const { zip, folder } = await prepare();
    const caches = Array.from({ length: 8 }, () => new LayerCache(folder));
    const folders = await Promise.all(caches.map(async (cache) => cache.folderOf(await openTree(zip))));
    assert.equal(new Set(folders).size, 1);
    assert.equal(entriesOf(folder).length, 1);
  });

  it('unpacks again what was changed', async () => {
    const { zip, cache } = await prepare();
    const before = await cache.folderOf(await openTree(zip));
    await writeZip(zip, { other: 'content' });
    const after = await cache.folderOf(await openTree(zip));
    assert.notEqual(after, before);
    assert.deepEqual(readdirSync(after), ['other']);
  });

  it('keeps nothing of a zip that changed between opening and unpacking', async () => {
    const { zip, folder, cache } = await prepare();
    writeFileSync(zip, zipBytes([{ name: 'a', data: '1' }]));
    const opened = await openTree(zip);
    // What was opened can still be read, but is not all that the file holds now.
    writeFileSync(
      zip,
      zipBytes([
        { name: 'a', data: '1' },
        { name: 'b', data: '2' },
      ]),
    );
    await assert.rejects(cache.folderOf(opened), userError('ArchiveInvalid', zip, 'changed'));
    assert.deepEqual(entriesOf(folder), []);
    assert.deepEqual(readdirSync(await cache.folderOf(await openTree(zip))).sort(), ['a', 'b']);
  });

  it('names the zip that went away', async () => {
    const { zip, cache } = await prepare();
    const opened = await openTree(zip);
    rmSync(zip);
    await assert.rejects(cache.folderOf(opened), userError('LayerNotFound', zip));
  });

  it('never uses what is half made, and removes it once its maker is gone', async () => {
    const { zip, folder, cache } = await prepare();
    const gone = spawnSync('true').pid;
    mkdirSync(join(folder, `unfinished-${gone}-x`, 'bin'), { recursive: true });
    mkdirSync(join(folder, `unfinished-${process.ppid}-x`), { recursive: true });
    const layer = await cache.folderOf(await openTree(zip));
    assert.ok(existsSync(join(layer, 'bin/tool')));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('unfinished')),
      [`unfinished-${process.ppid}-x`],
    );
  });

  it('leaves nothing when an entry is bad, or when it is cancelled', async () => {
    const { zip, folder, cache } = await prepare();
    writeFileSync(
      zip,
      zipBytes([
        { name: 'a', data: '1' },
        { name: 'bad', data: '1', crc: 1 },
      ]),
    );
    await assert.rejects(cache.folderOf(await openTree(zip)), userError('ArchiveEntryInvalid', '"bad"'));
    await assert.rejects(cache.folderOf(await openTree(zip), AbortSignal.abort()), { name: 'AbortError' });
    assert.deepEqual(entriesOf(folder), []);
  });

  it('is empty after it was cleared, and works again', async () => {
    const { zip, folder, cache } = await prepare();
    await cache.folderOf(await openTree(zip));
    await cache.clear();
    assert.equal(existsSync(folder), false);
    assert.ok(existsSync(join(await cache.folderOf(await openTree(zip)), 'bin/tool')));
    await cache.clear();
    await cache.clear();
  });

  it('can be cleared by an ordinary user although a layer made folders read-only', async () => {
    const work = temporaryFolder();
    const zip = join(work, 'layer.zip');
    writeFileSync(
      zip,
      zipBytes([
        { name: 'd/', mode: 0o040555 },
        { name: 'd/a', data: '1' },
        { name: 'e/', mode: 0o040000 },
      ]),
    );
    const result = await runAsOrdinaryUser(
      work,
      `
      import { existsSync } from 'node:fs';
      import { openLayer } from './core/layer/layerSource.ts';
      import { LayerTree } from './core/opt/layerTree.ts';
      import { LayerCache } from './core/run/layerCache.ts';
      const layer = await LayerTree.build(await openLayer('../layer.zip'));
      const folder = process.cwd() + '/cache';
      const all = [1, 2, 3].map(() => new LayerCache(folder).folderOf(layer));
      const folders = new Set(await Promise.all(all));
      await new LayerCache(folder).clear();
      console.log(JSON.stringify([folders.size, existsSync(folder)]));
    `,
    );
    assert.deepEqual(result, [1, false]);
  });
});
