import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractView } from '../../../../src/core/opt/extract.ts';
import { openView } from '../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { describeFolder, describeView, writeTree } from '../../../support/tree.ts';
import { userError } from '../../../support/userError.ts';
import { type RawEntry, writeZip, zipBytes } from '../../../support/zip.ts';

describe('Writing a merged view to a folder', () => {
  const temporaryFolder = useTemporaryFolders();

  function rawZip(...entries: RawEntry[]): string {
    const file = join(temporaryFolder(), 'layer.zip');
    writeFileSync(file, zipBytes(entries));
    return file;
  }

  it('gives what the view shows, links verbatim, read-only folders too', async () => {
    const work = temporaryFolder();
    const folder = writeTree(join(work, 'folder'), {
      'bin/tool': { text: 'folder', mode: 0o755 },
      'lib/here': { link: '../bin/tool' },
      'lib/nowhere': { link: '/opt/missing' },
    });
    const zip = await writeZip(join(work, 'layer.zip'), {
      'bin/': { directory: 0o555 },
      'bin/tool': { text: 'zip', mode: 0o700 },
      größe: 'name',
    });
    const view = await openView(folder, zip);
    const seen: string[] = [];
    await extractView(view, join(work, 'out'), { onProgress: (done, path) => (seen[done - 1] = path) });
    assert.deepEqual(describeFolder(join(work, 'out')), await describeView(view));
    assert.deepEqual(
      seen,
      [...view.walk()].map(({ path }) => path),
    );
    assert.equal(lstatSync(join(work, 'out/größe')).mtimeMs, Date.UTC(2024, 0, 2, 3, 4, 6));
  });

  it('does not make programs that run as somebody else', async () => {
    const out = join(temporaryFolder(), 'out');
    await extractView(await openView(rawZip({ name: 'su', mode: 0o106755 })), out);
    assert.equal(lstatSync(join(out, 'su')).mode & 0o7777, 0o755);
  });

  it('leaves nothing when an entry cannot be read', async () => {
    const work = temporaryFolder();
    const zip = rawZip({ name: 'a/good', data: '1' }, { name: 'b/bad', data: '1', crc: 7 });
    const out = join(work, 'out');
    await assert.rejects(
      extractView(await openView(zip), out),
      userError('ArchiveEntryInvalid', zip, '"b/bad"'),
    );
    assert.deepEqual(readdirSync(work), []);
  });

  it('leaves nothing when it is cancelled in the middle', async () => {
    const work = temporaryFolder();
    const cancel = new AbortController();
    const view = await openView(rawZip({ name: 'a', data: '1' }, { name: 'b', data: '2' }));
    const extracting = extractView(view, join(work, 'out'), {
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    await assert.rejects(extracting, { name: 'AbortError' });
    assert.deepEqual(readdirSync(work), []);
  });

  it('stops at what Lambda allows, before the entry that passes the limit is unpacked', async () => {
    const data = Buffer.alloc(90_000_000);
    const zip = rawZip(...['1', '2', '3'].map((name) => ({ name, data, method: 'deflated' }) as const));
    const out = join(temporaryFolder(), 'out');
    const seen: string[] = [];
    const extracting = extractView(await openView(zip), out, { onProgress: (_, path) => seen.push(path) });
    await assert.rejects(extracting, userError('FileTooLarge', zip, '"3"'));
    assert.deepEqual(seen, ['1', '2']);
    assert.equal(existsSync(out), false);
  });

  it('refuses a destination that is there already, and does not touch it', async () => {
    const work = temporaryFolder();
    const elsewhere = join(work, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(work, 'out'));
    const view = await openView(rawZip({ name: 'a', data: '1' }));
    await assert.rejects(extractView(view, join(work, 'out')), { code: 'EEXIST' });
    assert.deepEqual(readdirSync(elsewhere), []);
  });
});
