import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import JSZip from 'jszip';
import { packageLayer } from '../../../../src/core/packaging/packageLayer.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { describeFolder, writeTree, type TreeEntry } from '../../../support/tree.ts';
import { listWithPython, readWithYauzl } from './support.ts';

const layer: Readonly<Record<string, TreeEntry>> = {
  bootstrap: { text: '#!/bin/sh\nexec /opt/bin/run\n', mode: 0o755 },
  'bin/run': { text: '#!/bin/sh\n', mode: 0o700 },
  'lib/libone.so.1.2': { text: 'one '.repeat(500), mode: 0o600 },
  'lib/libone.so.1': { link: 'libone.so.1.2' },
  'lib/absolute': { link: '/opt/bin/run' },
  'lib/dangling': { link: 'nowhere' },
  'lib/folder': { link: '../bin' },
  'python/größe 日本.py': 'print(1)\n'.repeat(100),
  'python/empty.py': '',
  'var/cache/empty': { directory: 0o700 },
};

const modes = (entries: readonly { name: string; mode: number }[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ name, mode }) => [name, mode.toString(8)]));

describe('packaging a layer', () => {
  const temporaryFolder = useTemporaryFolders();

  /** A folder whose surroundings, where packaging writes by default, are removed with it. */
  const layerFolder = (): string => join(temporaryFolder(), 'layer');

  it('gives back the same files, links and empty directories when the system unpacks it', async () => {
    const path = writeTree(join(temporaryFolder(), 'layer'), layer);
    const { file } = await packageLayer({ path });
    const unpacked = temporaryFolder();
    execFileSync('unzip', ['-q', file, '-d', unpacked]);
    // Modes are normalised, so the packaged folder is given those it should have been unpacked with.
    for (const name of ['bootstrap', 'bin/run', 'var/cache/empty']) chmodSync(join(path, name), 0o755);
    chmodSync(join(path, 'lib/libone.so.1.2'), 0o644);
    assert.deepEqual(describeFolder(unpacked), describeFolder(path));
  });

  it('writes what Python and the AWS-like Unix tools expect of every entry', async () => {
    const { file, entries } = await packageLayer({ path: writeTree(layerFolder(), layer) });
    const listed = listWithPython(file);
    assert.equal(listed.length, entries);
    assert.deepEqual(modes(listed), {
      'bin/run': '100755',
      bootstrap: '100755',
      'lib/absolute': '120777',
      'lib/dangling': '120777',
      'lib/folder': '120777',
      'lib/libone.so.1': '120777',
      'lib/libone.so.1.2': '100644',
      'python/empty.py': '100644',
      'python/größe 日本.py': '100644',
      'var/cache/empty/': '40755',
    });
    for (const entry of listed) {
      assert.equal(entry.host, 3);
      assert.deepEqual(entry.date, [1980, 1, 1, 0, 0, 0]);
      assert.equal(entry.extra, '');
      assert.equal(entry.flags, entry.name.includes('日') ? 0x800 : 0, entry.name);
    }
    assert.match(execFileSync('zipinfo', [file], { encoding: 'utf8' }), /^-rwxr-xr-x .* unx .* bootstrap$/m);
  });

  it('is read by jszip with the same content', async () => {
    const { file } = await packageLayer({ path: writeTree(layerFolder(), layer) });
    const zip = await JSZip.loadAsync(readFileSync(file), { checkCRC32: true });
    assert.equal(await zip.file('python/größe 日本.py')?.async('string'), 'print(1)\n'.repeat(100));
    assert.equal(await zip.file('lib/absolute')?.async('string'), '/opt/bin/run');
  });

  it('stores what deflate does not make smaller', async () => {
    const tree = { short: 'ab', text: 'ab'.repeat(1000) };
    const { file } = await packageLayer({ path: writeTree(layerFolder(), tree) });
    assert.deepEqual(
      listWithPython(file).map(({ name, method }) => [name, method]),
      [
        ['short', 0],
        ['text', 8],
      ],
    );
  });

  it('orders entries by the bytes of their names', async () => {
    // In UTF-16, by which JavaScript sorts, the surrogates of the last name come before the private-use character.
    const names = ['B', 'a', 'a-b', 'a.b', 'a/b', 'é', '\ue000', '\u{1f600}'];
    const path = writeTree(
      layerFolder(),
      Object.fromEntries(names.map((name) => [name === 'a' ? 'A' : name, ''])),
    );
    const { file } = await packageLayer({ path });
    assert.deepEqual(
      listWithPython(file).map(({ name }) => name),
      ['A', 'B', 'a-b', 'a.b', 'a/b', 'é', '\ue000', '\u{1f600}'],
    );
  });

  it('tells the size, the number of entries and the hash that Lambda will show', async () => {
    const path = writeTree(layerFolder(), {
      'python/a.py': 'a'.repeat(1000),
      link: { link: 'python/a.py' },
    });
    const result = await packageLayer({ path });
    const bytes = readFileSync(result.file);
    assert.equal(result.file, `${path}.zip`);
    assert.equal(result.zippedBytes, bytes.length);
    assert.equal(result.unzippedBytes, 1000 + 'python/a.py'.length);
    assert.equal(result.entries, 2);
    assert.equal(result.sha256Base64, createHash('sha256').update(bytes).digest('base64'));
  });

  it('puts the content under the folder of the layout', async () => {
    const path = writeTree(layerFolder(), {
      'a.py': 'a',
      empty: { directory: 0o755 },
      'b/c.py': 'x'.repeat(2e6),
    });
    const { file } = await packageLayer({ path, layout: 'python/lib/python3.13/site-packages' });
    const prefix = 'python/lib/python3.13/site-packages/';
    const entries = await readWithYauzl(file);
    assert.deepEqual(
      entries.map(({ name, content }) => [name, content.length]),
      [
        [`${prefix}a.py`, 1],
        [`${prefix}b/c.py`, 2e6],
        [`${prefix}empty/`, 0],
      ],
    );
  });

  it('takes what Lambda executes for executable when it packages on Windows', async () => {
    const path = writeTree(layerFolder(), {
      bootstrap: 'MZ',
      'bin/tool': 'ELF',
      'extensions/agent': 'ELF',
      'scripts/run': '#!/bin/sh\n',
      'scripts/large': `#!/bin/sh\n${'# text\n'.repeat(300_000)}`,
      'lib/data': { text: 'data', mode: 0o755 },
    });
    const { file } = await packageLayer({ path }, { platform: 'win32' });
    assert.deepEqual(modes(listWithPython(file)), {
      'bin/tool': '100755',
      bootstrap: '100755',
      'extensions/agent': '100755',
      'lib/data': '100644',
      'scripts/large': '100755',
      'scripts/run': '100755',
    });
  });

  it('leaves out version control and the droppings of desktops, and says so', async () => {
    const path = writeTree(layerFolder(), {
      '.git/config': '[core]',
      '.DS_Store': 'x',
      'python/.DS_Store': 'x',
      'python/Thumbs.db': 'x',
      'python/a.py': 'a',
      '.layerignore': '# nothing yet\n',
      '.gitignore': '*.pyc\n',
    });
    const { file, leftOut } = await packageLayer({ path });
    assert.deepEqual(Object.keys(modes(listWithPython(file))), ['.gitignore', 'python/a.py']);
    assert.deepEqual(leftOut, {
      count: 5,
      paths: ['.DS_Store', '.git/', '.layerignore', 'python/.DS_Store', 'python/Thumbs.db'],
    });
  });

  it('leaves out what .layerignore says, in the syntax of gitignore', async () => {
    const path = writeTree(layerFolder(), {
      '.layerignore': '*.pyc\n/tests/\n!keep.pyc\n',
      'python/a.py': 'a',
      'python/a.pyc': 'c',
      'python/keep.pyc': 'k',
      'tests/secret.txt': 's',
      'python/tests/data.txt': 'd',
    });
    const { file, leftOut } = await packageLayer({ path });
    assert.deepEqual(Object.keys(modes(listWithPython(file))), [
      'python/a.py',
      'python/keep.pyc',
      'python/tests/data.txt',
    ]);
    assert.deepEqual(leftOut.paths, ['.layerignore', 'python/a.pyc', 'tests/']);
  });

  it('keeps a directory in which everything was left out, as it would without the droppings', async () => {
    const path = writeTree(layerFolder(), { 'a/.DS_Store': 'x', 'b/c': { directory: 0o755 } });
    const { file } = await packageLayer({ path });
    assert.deepEqual(Object.keys(modes(listWithPython(file))), ['a/', 'b/c/']);
  });

  it('does not package its own output, nor one that is being written', async () => {
    const path = writeTree(layerFolder(), { 'a.txt': 'a', 'dist/keep.zip': 'k' });
    writeFileSync(join(path, 'dist', '.0123456789abcdef.zip.partial'), 'half');
    const request = { path, output: join(path, 'dist', 'layer.zip') };
    const first = await packageLayer(request);
    const second = await packageLayer(request);
    assert.equal(first.sha256Base64, second.sha256Base64);
    assert.deepEqual(Object.keys(modes(listWithPython(second.file))), ['a.txt', 'dist/keep.zip']);
  });

  it('knows its own output also through a link to the folder', async () => {
    const scratch = temporaryFolder();
    const path = writeTree(join(scratch, 'layer'), { 'a.txt': 'a' });
    writeTree(scratch, { alias: { link: 'layer' } });
    await packageLayer({ path, output: join(path, 'out.zip') });
    const { file } = await packageLayer({ path: join(scratch, 'alias'), output: join(path, 'out.zip') });
    assert.deepEqual(Object.keys(modes(listWithPython(file))), ['a.txt']);
  });

  it('reports each phase from its start to its end', async () => {
    const path = writeTree(layerFolder(), { 'a.txt': 'a'.repeat(10), 'b.bin': 'b'.repeat(3_000_000) });
    const seen: { phase: string; done: number; total: number }[] = [];
    const { zippedBytes, unzippedBytes } = await packageLayer(
      { path },
      { onProgress: (progress) => seen.push(progress) },
    );
    assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ['scan', 'compress', 'write']);
    const last = (phase: string): unknown => seen.filter((progress) => progress.phase === phase).at(-1);
    assert.deepEqual(last('compress'), {
      phase: 'compress',
      done: unzippedBytes,
      total: unzippedBytes,
      path: 'b.bin',
    });
    assert.deepEqual(last('write'), { phase: 'write', done: zippedBytes, total: zippedBytes });
    for (const phase of ['compress', 'write']) {
      const steps = seen.filter((progress) => progress.phase === phase).map(({ done }) => done);
      assert.deepEqual(
        steps,
        [...steps].sort((a, b) => a - b),
      );
    }
  });

  it('replaces an older output', async () => {
    const path = writeTree(layerFolder(), { 'a.txt': 'a' });
    const output = join(temporaryFolder(), 'layer.zip');
    writeFileSync(output, 'old');
    const { file } = await packageLayer({ path, output });
    assert.equal(file, output);
    assert.equal(listWithPython(output).length, 1);
  });

  it('writes zip64 records for more entries than the old ones can count', async function () {
    this.timeout(60_000);
    const count = 66_000; // more than 65,535
    const path = temporaryFolder();
    const folderOf = (index: number): string => join(path, String(index - (index % 1000)));
    for (let index = 0; index < count; index++) {
      const first = join(folderOf(index), 'first');
      if (index % 1000 === 0) writeTree(folderOf(index), { first: 'x' });
      else linkSync(first, join(folderOf(index), `file-${index}`)); // several times faster than writing as many
    }
    const { file, entries } = await packageLayer({ path, output: join(temporaryFolder(), 'layer.zip') });
    assert.equal(entries, count);
    const listed = listWithPython(file);
    assert.equal(new Set(listed.map(({ name }) => name)).size, count);
  });
});
