import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPageMessage, readTarget } from '../../../../src/vscode/sizeMap/messages.ts';

describe('Messages of the size map', () => {
  const place = { part: 1, path: 'lib/a' };

  it('are read as they were sent', () => {
    assert.deepEqual(readPageMessage({ type: 'ready' }), { type: 'ready' });
    assert.deepEqual(readPageMessage({ type: 'zoom', place }), { type: 'zoom', place });
    assert.deepEqual(readPageMessage({ type: 'open', place }), { type: 'open', place });
  });

  it('are refused when they are anything else', () => {
    for (const value of [
      undefined,
      null,
      'ready',
      [],
      {},
      { type: 'delete', place },
      { type: 'open' },
      { type: 'open', place: 'lib' },
      { type: 'zoom', place: { part: -1, path: '' } },
      { type: 'zoom', place: { part: 0.5, path: '' } },
      { type: 'zoom', place: { part: 0 } },
    ]) {
      assert.equal(readPageMessage(value), undefined, JSON.stringify(value));
    }
  });

  it('carry nothing but what they are made of, whatever is sent', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (part, path) => {
        const message = readPageMessage({ type: 'open', place: { part, path, more: 1 }, more: 2 });
        const isPlace = Number.isInteger(part) && Number(part) >= 0 && typeof path === 'string';
        assert.deepEqual(message, isPlace ? { type: 'open', place: { part, path } } : undefined);
      }),
    );
  });

  it('keep a target that can be shown again', () => {
    const target = { paths: ['/layers/a', '/layers/b.zip'], functionName: 'hello', code: '/code' };
    assert.deepEqual(readTarget({ target, view: 'map' }), target);
    assert.deepEqual(readTarget({ target: { paths: [] } }), { paths: [] });
    assert.equal(readTarget({ target: { paths: [1] } }), undefined);
    assert.equal(readTarget({}), undefined);
    assert.equal(readTarget(undefined), undefined);
  });
});
