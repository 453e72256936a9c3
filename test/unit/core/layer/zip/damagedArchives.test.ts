import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { UserError } from '../../../../../src/core/base/errors.ts';
import { type LayerSource, openLayer } from '../../../../../src/core/layer/layerSource.ts';
import { LayerTree } from '../../../../../src/core/opt/layerTree.ts';
import { MergedView } from '../../../../../src/core/opt/mergedView.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { userError } from '../../../../support/userError.ts';
import { type RawArchive, zipBytes } from '../../../../support/zip.ts';

/** A small archive with a bit of everything. */
const sound = zipBytes([
  { name: 'bootstrap', data: '#!/bin/sh\nexit 0\n', mode: 0o100755 },
  { name: 'python/', mode: 0o040755 },
  { name: 'python/a.py', data: 'print(1)\n'.repeat(50), method: 'deflated' },
  { name: 'python/ä.py', data: 'print(2)\n'.repeat(50), method: 'deflated', descriptor: 'with signature' },
  { name: 'lib/libz.so', data: 'libz.so.1', mode: 0o120777 },
]);

describe('Damaged archives', () => {
  const temporaryFolder = useTemporaryFolders();

  function write(bytes: Buffer): string {
    const file = join(temporaryFolder(), 'layer.zip');
    writeFileSync(file, bytes);
    return file;
  }

  async function refuses(bytes: Buffer, ...facts: string[]): Promise<void> {
    const file = write(bytes);
    await assert.rejects(openLayer(file), userError('ArchiveInvalid', file, ...facts));
  }

  const tar = Buffer.alloc(1024);
  tar.write('ustar', 257);
  const foreign: Record<string, readonly [content: Buffer, fact: string]> = {
    'an empty file': [Buffer.alloc(0), 'empty'],
    'one byte': [Buffer.from('P'), 'no zip directory'],
    'an error page': [Buffer.from('<!DOCTYPE html><title>404</title>'), 'HTML'],
    'an XML error of a bucket': [
      Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
      'XML',
    ],
    'a .tar.gz': [gzipSync(Buffer.alloc(5000, 'tar')), 'gzip'],
    'a tar file': [tar, 'tar'],
    'a 7z file': [Buffer.from('7z\xbc\xaf\x27\x1c' + 'x'.repeat(100), 'latin1'), '7z'],
    'the first half': [sound.subarray(0, sound.length / 2), 'cut off'],
    zeros: [Buffer.alloc(100_000), 'no zip directory'],
  };
  for (const [kind, [content, fact]] of Object.entries(foreign)) {
    it(`are refused with what they are: ${kind}`, () => refuses(content, fact));
  }

  const structures: Record<string, readonly [archive: RawArchive, fact: string]> = {
    'a directory larger than the file': [{ directorySize: 0xfffffff0 }, 'more than the file has'],
    'a directory of no bytes': [{ directorySize: 0 }, 'directory of 0 bytes'],
    'a directory that is too small': [{ directorySize: 60 }, 'damaged at entry 2'],
    'a directory at another place': [{ directorySize: 50, directoryOffset: 3 }, 'not where'],
    'a part of many': [{ disk: 3 }, 'multi-part'],
  };
  for (const [kind, [archive, fact]] of Object.entries(structures)) {
    it(`are refused when the end record tells of ${kind}`, () =>
      refuses(
        zipBytes(
          [
            { name: 'a', data: '1' },
            { name: 'b', data: '2' },
          ],
          archive,
        ),
        fact,
      ));
  }

  it('are refused when their beginning is missing', () =>
    refuses(sound.subarray(100), 'beginning is missing'));

  it('are refused when a record of the directory is damaged', async () => {
    const at = sound.indexOf('PK\x01\x02', sound.indexOf('PK\x01\x02') + 4, 'latin1');
    const damaged = Buffer.from(sound);
    damaged[at] = 0;
    await refuses(damaged, 'damaged at entry 2');
  });

  it('are refused when the zip64 record is missing', async () => {
    const locator = Buffer.concat([Buffer.from('PK\x06\x07', 'latin1'), Buffer.alloc(16, 0x11)]);
    const end = sound.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    await refuses(Buffer.concat([sound.subarray(0, end), locator, sound.subarray(end)]), 'zip64 end record');
  });

  it('are refused quickly when thousands of signatures lead nowhere', async () => {
    const decoys = Buffer.from('PK\x05\x06'.repeat(18_000), 'latin1');
    await refuses(Buffer.concat([Buffer.alloc(1000), decoys, Buffer.alloc(22, 0x11)]));
  });

  it('are refused when they hold more entries than any layer can', async function () {
    this.timeout(60_000);
    const one = zipBytes([{ name: '' }]);
    const header = one.subarray(
      one.indexOf('PK\x01\x02', 0, 'latin1'),
      one.lastIndexOf('PK\x05\x06', undefined, 'latin1'),
    );
    const directory = Buffer.concat(Array<Buffer>(1_000_001).fill(header));
    const end = zipBytes([], { count: 1_000_001, directorySize: directory.length, directoryOffset: 0 });
    await refuses(Buffer.concat([directory, end]), 'more than 1000000 entries');
  });

  it('give one clear error wherever they are cut off', async () => {
    for (let percent = 0; percent < 100; percent++) {
      await refuses(sound.subarray(0, Math.floor((sound.length * percent) / 100)));
    }
    await refuses(sound.subarray(0, sound.length - 1));
  });

  it('give nothing but clear errors when any of their bytes change', async function () {
    this.timeout(60_000);
    const change = fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(sound);
        for (const { at, byte } of changes) bytes[at] = byte;
        const file = write(bytes);
        await readAll(file);
      }),
      { numRuns: 1000, seed: 20_240_102 },
    );
  });

  it('give nothing but clear errors when any of their parts are missing, doubled or random', async function () {
    this.timeout(60_000);
    const part = fc.record({
      from: fc.nat(sound.length),
      to: fc.nat(sound.length),
      put: fc.oneof(fc.constant(undefined), fc.uint8Array({ maxLength: 60 })),
    });
    await fc.assert(
      fc.asyncProperty(part, async ({ from, to, put }) => {
        const middle = Buffer.from(put ?? sound.subarray(Math.min(from, to), Math.max(from, to)));
        await readAll(write(Buffer.concat([sound.subarray(0, from), middle, sound.subarray(to)])));
      }),
      { numRuns: 500, seed: 20_240_103 },
    );
  });
});

/** Opens and reads everything; whatever goes wrong must be told by the right kind of error, and name its place. */
async function readAll(file: string): Promise<void> {
  let source: LayerSource;
  try {
    source = await openLayer(file);
  } catch (error) {
    assert.ok(userError('ArchiveInvalid', file)(error));
    return;
  }
  const { entries } = source;
  assert.ok(entries.count < 1000);
  for (let entry = 0; entry < entries.count; entry++) {
    const kind = entries.kind(entry);
    if (kind === 'directory') continue;
    try {
      const content = await source.read(entry);
      assert.equal(content.length, entries.size(entry));
      assert.equal(entries.problem(entry), undefined);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      assert.ok(userError('ArchiveEntryInvalid', file, entries.name(entry))(error));
    }
    assert.ok(Number.isFinite(entries.modified(entry)));
  }
  const view = new MergedView([await LayerTree.build(source)]);
  for (const { path } of view.walk()) {
    assert.ok(!path.split('/').includes('..') && !path.startsWith('/') && !path.includes('\0'), path);
    assert.equal(view.lookup(path)?.path, path);
  }
}
