import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  centralHeaderLength,
  endRecords,
  localHeaderLength,
  writeCentralHeader,
  writeLocalHeader,
  type EntryRecord,
} from '../../../../src/core/packaging/zipRecords.ts';

const gigabytes = 2 ** 30;
const mark32 = 0xffff_ffff;
const small: EntryRecord = {
  name: Buffer.from('lib/a'),
  mode: 0o100644,
  method: 8,
  crc: 0x12345678,
  packedSize: 10,
  size: 20,
};

describe('zip records', () => {
  it('have the length that is reserved for them', () => {
    for (const size of [20, mark32 - 1, mark32, 5 * gigabytes]) {
      for (const offset of [0, mark32 - 1, mark32]) {
        const entry = { ...small, size, packedSize: size };
        const target = Buffer.alloc(200);
        assert.equal(writeLocalHeader(target, 7, entry), 7 + localHeaderLength(entry.name.length, size));
        assert.equal(writeCentralHeader(target, 7, entry, offset), 7 + centralHeaderLength(entry, offset));
      }
    }
  });

  it('hold numbers below 4 GB in their 32-bit fields, without an extra field', () => {
    const target = Buffer.alloc(centralHeaderLength(small, mark32 - 1));
    writeCentralHeader(target, 0, small, mark32 - 1);
    assert.equal(target.readUInt32LE(20), 10);
    assert.equal(target.readUInt32LE(24), 20);
    assert.equal(target.readUInt16LE(30), 0);
    assert.equal(target.readUInt32LE(42), mark32 - 1);
  });

  it('hold both sizes in a zip64 extra field of the local header from 4 GB on', () => {
    const entry = { ...small, size: 5 * gigabytes, packedSize: 3 * gigabytes };
    const target = Buffer.alloc(localHeaderLength(entry.name.length, entry.size));
    writeLocalHeader(target, 0, entry);
    assert.equal(target.readUInt16LE(4), 45);
    assert.equal(target.readUInt32LE(18), mark32);
    assert.equal(target.readUInt32LE(22), mark32);
    const extra = 30 + entry.name.length;
    assert.deepEqual([target.readUInt16LE(extra), target.readUInt16LE(extra + 2)], [1, 16]);
    assert.equal(target.readBigUInt64LE(extra + 4), BigInt(5 * gigabytes));
    assert.equal(target.readBigUInt64LE(extra + 12), BigInt(3 * gigabytes));
  });

  it('hold in the directory only those numbers as zip64 that need it, in their order', () => {
    const entry = { ...small, size: 5 * gigabytes };
    const target = Buffer.alloc(centralHeaderLength(entry, 6 * gigabytes));
    writeCentralHeader(target, 0, entry, 6 * gigabytes);
    assert.deepEqual(
      [target.readUInt32LE(20), target.readUInt32LE(24), target.readUInt32LE(42)],
      [10, mark32, mark32],
    );
    const extra = 46 + entry.name.length;
    assert.deepEqual([target.readUInt16LE(extra), target.readUInt16LE(extra + 2)], [1, 16]);
    assert.equal(target.readBigUInt64LE(extra + 4), BigInt(5 * gigabytes));
    assert.equal(target.readBigUInt64LE(extra + 12), BigInt(6 * gigabytes));
  });

  it('end with the old record alone up to 65,534 entries and 4 GB', () => {
    assert.equal(endRecords(65_534, 1000, 2000).length, 22);
    for (const [count, start, length] of [
      [65_535, 1000, 2000],
      [1, 5 * gigabytes, 2000],
      [1, 1000, 5 * gigabytes],
    ] as const) {
      const records = endRecords(count, start, length);
      assert.equal(records.length, 56 + 20 + 22);
      assert.equal(records.readBigUInt64LE(32), BigInt(count));
      assert.equal(records.readBigUInt64LE(40), BigInt(length));
      assert.equal(records.readBigUInt64LE(48), BigInt(start));
      assert.equal(records.readBigUInt64LE(56 + 8), BigInt(start + length));
    }
  });
});
