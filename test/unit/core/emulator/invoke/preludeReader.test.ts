import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PreludeReader, type PreludeState } from '../../../../../src/core/emulator/invoke/preludeReader.ts';

const zeros = Buffer.alloc(8);

/** Reads pieces until the prelude is over; the rest of the pieces is body. */
function read(pieces: readonly Buffer[]): { state: PreludeState; body: Buffer } {
  const reader = new PreludeReader();
  for (const [index, piece] of pieces.entries()) {
    const state = reader.push(piece);
    if (state.kind === 'incomplete') continue;
    const first = state.kind === 'valid' ? state.rest : Buffer.alloc(0);
    return { state, body: Buffer.concat([first, ...pieces.slice(index + 1)]) };
  }
  return { state: { kind: 'incomplete' }, body: Buffer.alloc(0) };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...sorted, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

describe('a prelude', () => {
  it('ends at the first eight zero bytes, in whatever pieces it comes', () => {
    const prelude = Buffer.from('{"statusCode":403,"headers":{"x":"y"},"cookies":["a=b"]}');
    const expected = {
      status: 403,
      headers: { x: 'y', 'set-cookie': 'a=b', 'content-type': 'application/octet-stream' },
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat()), (body, places) => {
        const found = read(cut(Buffer.concat([prelude, zeros, body]), places));
        assert.ok(found.state.kind === 'valid');
        assert.deepEqual(found.state.head, expected);
        assert.ok(found.body.equals(Buffer.from(body)));
      }),
    );
  });

  it('leaves zero bytes that follow to the body', () => {
    const { state, body } = read([
      Buffer.concat([Buffer.from('{}'), zeros, Buffer.alloc(11), Buffer.from('x')]),
    ]);
    assert.equal(state.kind, 'valid');
    assert.ok(body.equals(Buffer.concat([Buffer.alloc(11), Buffer.from('x')])));
  });

  it('is waited for', () => {
    assert.equal(read([Buffer.from('{"statusCode":200}'), Buffer.alloc(7)]).state.kind, 'incomplete');
    assert.equal(read([Buffer.alloc(0)]).state.kind, 'incomplete');
  });

  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '"text"',
    '{"statusCode":"x"}',
    '{"headers":{"a":"\\r\\n"}}',
    '\u{1f}',
  ]) {
    it(`is malformed when it is ${JSON.stringify(text)}`, () => {
      assert.equal(read([Buffer.from(text), zeros]).state.kind, 'malformed');
    });
  }

  it('may be long, but not without bounds', () => {
    const fits = Buffer.from(JSON.stringify({ headers: { x: 'y'.repeat(60_000) } }));
    assert.equal(read([fits, zeros]).state.kind, 'valid');
    const pieces = Array.from({ length: 100 }, () => Buffer.alloc(1000, ' '));
    assert.equal(read([...pieces, Buffer.from('{}'), zeros]).state.kind, 'malformed');
    assert.equal(read([Buffer.alloc(10_000_000, ' ')]).state.kind, 'malformed');
  });

  it('of any bytes in any pieces never throws', () => {
    const piece = fc.oneof(
      fc.uint8Array(),
      fc.constant(zeros),
      fc.string().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const { state } = read(pieces.map((bytes) => Buffer.from(bytes)));
        assert.ok(['incomplete', 'malformed', 'valid'].includes(state.kind));
      }),
    );
  });
});
