import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeOptAddress, encodeOptAddress, optScheme } from '../../../../src/core/opt/optUri.ts';
import { stackId } from '../../../../src/core/opt/layerStack.ts';

describe('The address of a path of /opt', () => {
  it('comes back from a URI as it went in', () => {
    const segment = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('/'));
    const address = fc.record(
      {
        stack: fc.stringMatching(/^[0-9a-f]{16}$/),
        path: fc.array(segment).map((segments) => segments.join('/')),
        layer: fc.nat(4),
      },
      { requiredKeys: ['stack', 'path'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(address, (given) => {
        const parts = encodeOptAddress(given);
        assert.deepEqual(decodeOptAddress(parts), given);
        assert.ok(parts.path === '/opt' || parts.path.startsWith('/opt/'));
      }),
    );
  });

  it('is none of what is elsewhere or has another query', () => {
    const parts = { authority: 'a', path: '/opt/x', query: '' };
    assert.equal(decodeOptAddress({ ...parts, path: '/optional/x' }), undefined);
    assert.equal(decodeOptAddress({ ...parts, path: '/' }), undefined);
    assert.equal(decodeOptAddress({ ...parts, query: 'layer=-1' }), undefined);
    assert.equal(decodeOptAddress({ ...parts, query: 'other' }), undefined);
    assert.deepEqual(decodeOptAddress({ ...parts, path: '/opt/x/' }), { stack: 'a', path: 'x' });
  });

  it('survives that VS Code lower-cases authorities', () => {
    const id = stackId(['/A', '/B']);
    assert.equal(id, id.toLowerCase());
    assert.notEqual(id, stackId(['/B', '/A']));
    assert.notEqual(stackId(['a,b']), stackId(['a', 'b']));
    assert.equal(optScheme, optScheme.toLowerCase());
  });
});
