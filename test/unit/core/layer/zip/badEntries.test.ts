import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { openLayer } from '../../../../../src/core/layer/layerSource.ts';
import { extractView } from '../../../../../src/core/opt/extract.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { openView } from '../../../../support/openTree.ts';
import { writeTree } from '../../../../support/tree.ts';
import { userError } from '../../../../support/userError.ts';
import { extraField, type RawEntry, zipBytes } from '../../../../support/zip.ts';

describe('A bad entry of an archive', () => {
  const temporaryFolder = useTemporaryFolders();
  const text = 'content '.repeat(20);

  async function open(...entries: RawEntry[]) {
    const file = join(temporaryFolder(), 'layer.zip');
    writeFileSync(file, zipBytes(entries));
    return { file, ...(await openLayer(file)) };
  }

  /** Told before anything is read, from the directory alone. */
  const foreseen: Record<string, readonly [entry: Partial<RawEntry>, fact: string]> = {
    encrypted: [{ flags: 1 }, 'encrypted'],
    'strongly encrypted': [{ flags: 0x41, method: 99 }, 'encrypted'],
    'compressed with bzip2': [{ method: 12 }, 'compression method 12'],
    'compressed with zstd': [{ method: 93 }, 'compression method 93'],
    'stored with two sizes': [{ size: 10 }, 'two sizes differ'],
    'larger than its data can become': [{ method: 'deflated', size: 1_000_000_000 }, 'cannot be true'],
    'stored outside the archive': [{ offset: 0x7fff_0000 }, 'outside the archive'],
    'longer than the archive': [
      { method: 'deflated', storedSize: 0x7fff_0000, size: 100 },
      'outside the archive',
    ],
    'of zip64 size without a zip64 field': [{ size: 0xffff_ffff }, 'zip64'],
    'of an absurd zip64 size': [{ size: 0xffff_ffff, extra: extraField(1, Buffer.alloc(8, 0xff)) }, 'zip64'],
    'with a zip64 field that is too short': [
      { size: 0xffff_ffff, extra: extraField(1, Buffer.alloc(4)) },
      'zip64',
    ],
    'a device': [{ mode: 0o020644 }, 'device'],
  };
  for (const [kind, [entry, fact]] of Object.entries(foreseen)) {
    it(`is told before it is read, and alone is unreadable: ${kind}`, async () => {
      const { entries, file, read } = await open(
        { name: 'good', data: text },
        { name: 'bad', data: text, ...entry },
      );
      assert.ok(entries.problem(1)?.includes(fact), entries.problem(1));
      await assert.rejects(read(1), userError('ArchiveEntryInvalid', file, '"bad"', fact));
      assert.equal(Buffer.from(await read(0)).toString(), text);
    });
  }

  /** Told when it is read. */
  const found: Record<string, readonly [entry: Partial<RawEntry>, fact: string]> = {
    'with a wrong checksum': [{ crc: 1 }, 'checksum'],
    'with a wrong checksum, and deflated': [{ crc: 1, method: 'deflated' }, 'checksum'],
    'empty, with a checksum that is not': [{ data: '', crc: 1 }, 'checksum'],
    'that unpacks to more than it declares': [{ method: 'deflated', size: 10 }, 'more than the 10 bytes'],
    'that unpacks to less than it declares': [
      { method: 'deflated', size: 1000 },
      '160 bytes instead of 1000',
    ],
    'whose data is no deflate stream': [
      { method: 8, data: undefined as never, storedSize: 0, size: 5 },
      'instead of 5',
    ],
    'cut off within its data': [{ method: 'deflated', storedSize: 5 }, 'damaged'],
    'whose local header is somewhere else': [{ offset: 3 }, 'local header'],
  };
  for (const [kind, [entry, fact]] of Object.entries(found)) {
    it(`is told when it is read: ${kind}`, async () => {
      const { file, read } = await open({ name: 'bad', data: text, ...entry }, { name: 'good', data: text });
      await assert.rejects(read(0), userError('ArchiveEntryInvalid', file, '"bad"', fact));
      assert.equal(Buffer.from(await read(1)).toString(), text);
    });
  }

  it('that is larger than all that Lambda unpacks is refused before any of it is unpacked', async () => {
    const data = Buffer.alloc(300_000_000);
    const { file, read } = await open({ name: 'huge', data, method: 'deflated' });
    await assert.rejects(read(0), userError('ArchiveEntryInvalid', file, '"huge"', '300000000 bytes'));
  });

  it('that shares its data with others is unreadable, the first one is not', async () => {
    const data = 'x'.repeat(2000);
    const { entries, read } = await open(
      { name: 'first', data },
      ...Array.from({ length: 50 }, (_, index) => ({
        name: `copy${index}`,
        data,
        offset: 0,
        isOnlyListed: true as const,
      })),
    );
    assert.equal(entries.problem(0), undefined);
    assert.match(entries.problem(1) ?? '', /overlaps/);
    await assert.rejects(read(50), userError('ArchiveEntryInvalid', 'copy49', 'overlaps'));
  });

  it('that quotes the headers of those after it is unreadable, the last one is not', async () => {
    const entry = { data: randomBytes(1000), method: 'deflated', size: 3000 } as const;
    const { entries } = await open(
      { ...entry, name: 'a', storedSize: 3000 },
      { ...entry, name: 'b', storedSize: 2000 },
      { ...entry, name: 'c', storedSize: 1000 },
    );
    assert.deepEqual(
      [0, 1, 2].map((entry) => entries.problem(entry)?.includes('overlaps') ?? false),
      [true, true, false],
    );
  });

  it('does not make the one that it points into unreadable', async () => {
    const { entries, read } = await open(
      { name: 'good', data: text },
      { name: 'bad', data: '1', offset: 40 },
    );
    assert.equal(entries.problem(0), undefined);
    assert.equal(Buffer.from(await read(0)).toString(), text);
    await assert.rejects(read(1), userError('ArchiveEntryInvalid', '"bad"', 'local header'));
  });

  it('is told of links whose target no file system can hold', async () => {
    const { readLink } = await open(
      { name: 'long', data: 'x'.repeat(4096), mode: 0o120777 },
      { name: 'empty', data: '', mode: 0o120777 },
      { name: 'nul', data: 'a\0b', mode: 0o120777 },
      { name: 'good', data: 'x'.repeat(4095), mode: 0o120777 },
    );
    await assert.rejects(readLink(0), userError('ArchiveEntryInvalid', '"long"', 'link target'));
    await assert.rejects(readLink(1), userError('ArchiveEntryInvalid', '"empty"', 'link target'));
    await assert.rejects(readLink(2), userError('ArchiveEntryInvalid', '"nul"', 'link target'));
    assert.equal((await readLink(3)).length, 4095);
  });

  it('is kept out of the tree when its name cannot be a path below /opt', async () => {
    const names: readonly (readonly [name: string, issue: string | undefined])[] = [
      ['../escape', 'escapes'],
      ['a/../../escape', 'escapes'],
      ['inside/../up', 'escapes'],
      ['..', 'escapes'],
      ['/etc/passwd', 'absolute'],
      ['/', 'absolute'],
      ['', 'invalidName'],
      ['nul\0byte', 'invalidName'],
      ['x'.repeat(256), 'invalidName'],
      ['d/'.repeat(30_000), 'invalidName'],
      ['y'.repeat(255), undefined],
      ['./a/./b//c', undefined],
      ['..hidden', undefined],
      ['lib\\a.py', undefined],
      ['C:\\a', undefined],
      ['control\u0007\n', undefined],
      ['constructor', undefined],
    ];
    const file = join(temporaryFolder(), 'layer.zip');
    writeFileSync(file, zipBytes(names.map(([name]) => ({ name, data: '1' }))));
    const view = await openView(file);
    assert.deepEqual(
      view.layers[0]?.issues,
      names.flatMap(([, issue], entry) => (issue === undefined ? [] : [{ entry, issue }])),
    );
    assert.deepEqual(
      [...view.walk()].map(({ path }) => path).sort(),
      [
        '..hidden',
        'C:\\a',
        'a',
        'a/b',
        'a/b/c',
        'constructor',
        'control\u0007\n',
        'lib\\a.py',
        'y'.repeat(255),
      ].sort(),
    );
  });

  it('that comes twice is reported, and the last one wins', async () => {
    const file = join(temporaryFolder(), 'layer.zip');
    const names = ['a', 'b/c', 'a', './/b//c', 'A'];
    writeFileSync(file, zipBytes(names.map((name, index) => ({ name, data: String(index) }))));
    const view = await openView(file);
    assert.deepEqual(view.layers[0]?.issues, [
      { entry: 0, issue: 'duplicate' },
      { entry: 1, issue: 'duplicate' },
    ]);
    const contents = ['a', 'b/c', 'A'].map(async (path) => {
      const entry = view.lookup(path) ?? assert.fail(path);
      return Buffer.from(await view.read(entry)).toString();
    });
    assert.deepEqual(await Promise.all(contents), ['2', '3', '4']);
  });

  it('that would have to go through a file or a link is reported and is not there', async () => {
    const file = join(temporaryFolder(), 'layer.zip');
    const entries: RawEntry[] = [
      { name: 'file', data: '1' },
      { name: 'file/below', data: '2' },
      { name: 'link', data: '/etc', mode: 0o120777 },
      { name: 'link/passwd', data: '3' },
      { name: 'folder/x', data: '4' },
      { name: 'folder', data: '5' },
      { name: 'pipe', mode: 0o010644 },
    ];
    writeFileSync(file, zipBytes(entries));
    const view = await openView(file);
    assert.deepEqual(view.layers[0]?.issues, [
      { entry: 1, issue: 'belowNonDirectory' },
      { entry: 3, issue: 'belowNonDirectory' },
      { entry: 5, issue: 'kindConflict' },
      { entry: 6, issue: 'special' },
    ]);
    assert.deepEqual(
      [...view.walk()].map(({ path, kind }) => `${kind} ${path}`),
      ['file file', 'directory folder', 'file folder/x', 'link link'],
    );
  });

  it('never reaches the disk outside the folder that an archive is unpacked into', async () => {
    const work = temporaryFolder();
    const file = join(work, 'layer.zip');
    const entries: RawEntry[] = [
      { name: '../evil', data: '1' },
      { name: '/evil', data: '1' },
      { name: 'link', data: work, mode: 0o120777 },
      { name: 'link/evil', data: '1' },
      { name: 'good', data: '1' },
    ];
    writeFileSync(file, zipBytes(entries));
    await extractView(await openView(file), join(work, 'out'));
    const written = execFileSync('find', [work, '-name', 'evil', '-o', '-name', 'good'], {
      encoding: 'utf8',
    });
    assert.equal(written, `${join(work, 'out', 'good')}\n`);
  });

  it('is no business of a folder, whose odd names are as they are', async () => {
    const folder = writeTree(join(temporaryFolder(), 'layer'), { 'lib\\a.py': '1', ' ': '2', é: '3' });
    const view = await openView(folder);
    assert.deepEqual(
      [...view.walk()].map(({ path }) => path),
      [' ', 'lib\\a.py', 'é'],
    );
  });
});
