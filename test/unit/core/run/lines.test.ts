import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { readLines } from '../../../../src/core/run/lines.ts';

const maxLine = 64 * 1024;

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  readLines(stream, (line) => lines.push(line));
  await once(stream, 'close');
  return lines;
}

describe('Lines of a process', () => {
  it('come without their ends, LF or CRLF, empty ones too', async () => {
    assert.deepEqual(await linesOf('a\nb\r\n\n\r\nc\rd\n'), ['a', 'b', '', '', 'c\rd']);
  });

  it('come whole, however they were written', async () => {
    assert.deepEqual(await linesOf('a', 'b\nc', '', '\r', '\n', 'd'), ['ab', 'c', 'd']);
  });

  it('come without a line end when the process ends', async () => {
    assert.deepEqual(await linesOf('a\nb'), ['a', 'b']);
    assert.deepEqual(await linesOf('a\n'), ['a']);
    assert.deepEqual(await linesOf(), []);
  });

  it('come with characters that were split between two writes', async () => {
    const bytes = Buffer.from('日本\n');
    assert.deepEqual(await linesOf(bytes.subarray(0, 2), bytes.subarray(2, 4), bytes.subarray(4)), ['日本']);
  });

  it('show bytes that are no text as replacement characters', async () => {
    assert.deepEqual(await linesOf(Buffer.from([0x61, 0xff, 0xfe, 0x0a, 0x00, 0x0a])), [
      'a\ufffd\ufffd',
      '\0',
    ]);
  });

  it('are cut when they are longer than 64 KiB, and no empty line follows', async () => {
    for (const length of [maxLine - 1, maxLine, maxLine + 1, 3 * maxLine]) {
      const long = 'x'.repeat(length);
      for (const chunks of [[`${long}\nnext\n`], [long, '\nnext\n'], [long, '\r\nnext\n']]) {
        const lines = await linesOf(...chunks);
        assert.equal(lines.slice(0, -1).join(''), long);
        assert.equal(lines.at(-1), 'next');
        assert.ok(lines.every((line) => line !== '' && line.length <= maxLine));
      }
    }
  });

  it('are cut between characters', async () => {
    for (const text of ['ä', '日', '🦊']) {
      for (const start of ['', 'x', 'xx', 'xxx']) {
        const long = start + text.repeat(maxLine);
        const lines = await linesOf(`${long}\n`);
        assert.equal(lines.join(''), long);
        assert.ok(lines.length > 1);
      }
    }
  });

  it('are the same for every way to write the same bytes', async () => {
    const output = fc.array(
      fc.oneof(fc.constantFrom('\n', '\r\n', '\r', 'é', 'x'.repeat(maxLine - 1)), fc.string()),
    );
    await fc.assert(
      fc.asyncProperty(output, fc.array(fc.nat(200_000), { maxLength: 5 }), async (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        assert.deepEqual(await linesOf(...chunks), await linesOf(bytes));
      }),
    );
  });
});
