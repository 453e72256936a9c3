import assert from 'node:assert/strict';
import fc from 'fast-check';
import { moveItem, withLayers } from '../../../../src/core/workspace/launchEdit.ts';

const launch = `{
  // what we debug
  "configurations": [
    { "type": "node", "name": "mine", "layers": ["x"] },
    {
      "type": "lambda-runtime",
      "name": "mine", // in order
      "layers": ["a", "b"],
      "timeout": 5
    }
  ]
}
`;

describe('Editing the layers of a launch configuration', () => {
  it('changes that list alone and keeps comments', () => {
    const changed = withLayers(launch, 'mine', ['b', 'a']);
    assert.ok(changed);
    assert.match(changed, /\/\/ what we debug/);
    assert.match(changed, /\/\/ in order/);
    assert.match(changed, /"layers": \["x"\]/);
    assert.match(changed, /"layers": \[\s*"b",\s*"a"\s*\]/);
    assert.match(changed, /"timeout": 5/);
  });

  it('adds a list where there is none', () => {
    const changed = withLayers('{"configurations":[{"type":"lambda-runtime","name":"mine"}]}', 'mine', ['a']);
    assert.deepEqual(JSON.parse(changed ?? ''), {
      configurations: [{ type: 'lambda-runtime', name: 'mine', layers: ['a'] }],
    });
  });

  it('changes nothing when there is no such configuration', () => {
    assert.equal(withLayers(launch, 'nobody', []), undefined);
    assert.equal(withLayers('not json', 'mine', []), undefined);
  });
});

describe('Moving an item in a list', () => {
  it('puts it before the place it was dropped on', () => {
    assert.deepEqual(moveItem(['a', 'b', 'c'], 0, 2), ['b', 'a', 'c']);
    assert.deepEqual(moveItem(['a', 'b', 'c'], 2, 0), ['c', 'a', 'b']);
    assert.deepEqual(moveItem(['a', 'b', 'c'], 0, 3), ['b', 'c', 'a']);
    assert.deepEqual(moveItem(['a', 'b', 'c'], 1, 1), ['a', 'b', 'c']);
  });

  it('never loses or doubles an item', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 1 }), fc.nat(), fc.nat(), (items, from, to) => {
        const moved = moveItem(items, from % items.length, to % (items.length + 1));
        assert.deepEqual([...moved].sort(), [...items].sort());
      }),
    );
  });
});
