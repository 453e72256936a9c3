import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, it } from 'mocha';
import { UserError } from '../../../../src/core/base/errors.ts';
import { ArchiveWriter } from '../../../../src/core/packaging/archiveWriter.ts';
import { EntryTable } from '../../../../src/core/packaging/entryTable.ts';
import { LargeEntry } from '../../../../src/core/packaging/largeEntry.ts';
import { packageLayer } from '../../../../src/core/packaging/packageLayer.ts';
import { blockBytes } from '../../../../src/core/packaging/packagingPlan.ts';
import { scanFolder } from '../../../../src/core/packaging/scanFolder.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { listWithPython, readWithYauzl } from './support.ts';

describe('packaging large files', () => {
  const temporaryFolder = useTemporaryFolders();

  async function roundTrip(contents: Readonly<Record<string, Buffer>>): Promise<string> {
    const path = temporaryFolder();
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(path, name), content);
    const { file } = await packageLayer({ path, output: join(temporaryFolder(), 'layer.zip') });
    const read = await readWithYauzl(file);
    assert.deepEqual(
      read.map(({ name }) => name),
      Object.keys(contents),
    );
    for (const { name, content } of read) assert.ok(content.equals(contents[name] ?? Buffer.alloc(0)), name);
    execFileSync('unzip', ['-tq', file]);
    return file;
  }

  const numbers = Array.from({ length: 800_000 }, (_, index) => ((index * 7919) % 99991).toString(36)).join(
    ' ',
  );
  const text = (length: number): Buffer => Buffer.from(numbers.slice(0, length));

  it('puts a file together again at every length around the limit of a block', async () => {
    const lengths = [blockBytes - 1, blockBytes, blockBytes + 1, 2 * blockBytes, 3 * blockBytes + 17];
    const file = await roundTrip(
      Object.fromEntries(lengths.map((length, index) => [`f${index}`, text(length)])),
    );
    for (const { method } of listWithPython(file)) assert.equal(method, 8);
  });

  it('stores large files that do not shrink, between others that do', async () => {
    const noise = randomBytes(2 * blockBytes + 5);
    const file = await roundTrip({ a: text(2 * blockBytes), b: noise, c: text(100), d: noise });
    const listed = listWithPython(file).map(({ name, method, packedSize }) => [name, method, packedSize]);
    assert.deepEqual(listed[1], ['b', 0, noise.length]);
    assert.deepEqual(listed[3], ['d', 0, noise.length]);
    // Nothing is left, between or behind the entries, of what was deflated before it was stored.
    const records = listWithPython(file).map(
      ({ name, packedSize }) => 30 + 46 + 2 * name.length + packedSize,
    );
    assert.equal(
      readFileSync(file).length,
      records.reduce((sum, length) => sum + length, 22),
    );
  });

  it('costs hardly more than deflating the file in one piece', async () => {
    const content = text(4 * blockBytes);
    const path = temporaryFolder();
    writeFileSync(join(path, 'f'), content);
    const { zippedBytes } = await packageLayer({ path, output: join(temporaryFolder(), 'layer.zip') });
    const peer = join(temporaryFolder(), 'peer.zip');
    execFileSync('zip', ['-6q', peer, 'f'], { cwd: path });
    const peerBytes = readFileSync(peer).length;
    assert.ok(zippedBytes < peerBytes * 1.03, `${zippedBytes} against ${peerBytes} of zip`);
  });

  it('notices that the checksums are not those of what was deflated', async () => {
    const { entry, file, writer } = await openEntry(text(2 * blockBytes));
    try {
      for (const crc of [1, 2]) await entry.append({ bytes: Buffer.from('deflated'), crc });
      await assert.rejects(
        entry.finish({ blockCrcs: [1, 3] }, undefined),
        (error) =>
          error instanceof UserError && error.code === 'ArchiveEntryInvalid' && error.message.includes(file),
      );
    } finally {
      await writer.discard();
    }
  });

  it('notices that what it stores in the end is not what it read before', async () => {
    const content = text(2 * blockBytes);
    const { entry, file, writer } = await openEntry(content);
    const blockCrcs = [crc32(content.subarray(0, blockBytes)), crc32(content.subarray(blockBytes))];
    writeFileSync(file, content.fill('!', blockBytes + 5, blockBytes + 6));
    try {
      for (const crc of blockCrcs) await entry.append({ bytes: Buffer.alloc(blockBytes), crc });
      await assert.rejects(
        entry.finish({ blockCrcs }, undefined),
        (error) =>
          error instanceof UserError && error.code === 'ArchiveEntryInvalid' && error.message.includes(file),
      );
    } finally {
      await writer.discard();
    }
  });

  async function openEntry(
    content: Buffer,
  ): Promise<{ entry: LargeEntry; file: string; writer: ArchiveWriter }> {
    const root = temporaryFolder();
    const file = join(root, 'file');
    writeFileSync(file, content);
    const { platform } = process;
    const { table } = scanFolder({ root, prefix: '', platform, output: undefined }, () => undefined);
    const writer = await ArchiveWriter.open(join(temporaryFolder(), 'layer.zip'));
    const source = { root, prefixLength: 0, platform, table };
    return { entry: new LargeEntry(source, new EntryTable(table), 0, writer), file, writer };
  }
});
