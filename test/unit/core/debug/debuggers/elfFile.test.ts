import assert from 'node:assert/strict';
import { zstdCompressSync, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { readElf } from '../../../../../src/core/debug/debuggers/elfFile.ts';
import { elfOf } from './support.ts';

/** A compressed section of an ELF file. */
function compressed(type: number, bytes: Buffer): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(type);
  return Buffer.concat([header, bytes]);
}

describe('An ELF file', () => {
  it('tells by its sections who built it and whether it can be debugged', () => {
    const plain = { isGo: false, hasDebugInformation: false, isRust: false };
    const facts = (sections: Readonly<Record<string, string>>) => {
      const elf = readElf(elfOf(sections));
      return { isGo: elf?.isGo, hasDebugInformation: elf?.hasDebugInformation, isRust: elf?.isRust };
    };
    assert.deepEqual(facts({}), plain);
    assert.deepEqual(facts({ '.go.buildinfo': 'x' }), { ...plain, isGo: true });
    assert.deepEqual(facts({ '.debug_info': 'x' }), { ...plain, hasDebugInformation: true });
    assert.deepEqual(facts({ '.comment': 'rustc version 1.80.0' }), { ...plain, isRust: true });
  });

  it('tells which paths its debug information names, and no others', () => {
    const elf = readElf(elfOf({ '.debug_line_str': '/var/task/main.c', '.rodata': '/opt/x' }));
    assert.equal(elf?.mentions('/var/task/'), true);
    assert.equal(elf.mentions('/opt/'), false);
  });

  it('is read where sections are compressed, by zlib or Zstandard', () => {
    const text = Buffer.from('/var/task/main.c');
    for (const section of [compressed(1, deflateSync(text)), compressed(2, zstdCompressSync(text))]) {
      const elf = elfOf({ '.debug_str': section });
      markCompressed(elf);
      assert.equal(readElf(elf)?.mentions('/var/task/'), true);
    }
  });

  it('is never trusted: damaged ones are read without a failure', () => {
    const whole = elfOf({ '.debug_str': compressed(1, deflateSync(Buffer.from('x'))), '.go.buildinfo': 'x' });
    markCompressed(whole);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const damaged = Buffer.from(whole.subarray(0, length));
        if (at < length) damaged[at] = byte;
        readElf(damaged)?.mentions('/var/task');
      }),
      { numRuns: 500 },
    );
  });
});

/** Sets SHF_COMPRESSED in the header of the first section that has content. */
function markCompressed(elf: Buffer): void {
  const table = Number(elf.readBigUInt64LE(40));
  elf.writeBigUInt64LE(0x800n, table + 64 + 8);
}
