import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nearestTile } from '../../../../../src/vscode/sizeMap/page/nearestTile.ts';
import { layoutTreemap, type Tile } from '../../../../../src/vscode/sizeMap/page/treemapLayout.ts';
import { modelOf } from './support.ts';

describe('The treemap', () => {
  it('gives areas by size, the largest first', () => {
    const model = modelOf({ big: 3000, small: 1000 });
    const [layer, big, small] = layoutTreemap(model, 800, 600);
    assert.ok(layer && big && small);
    assert.equal(layer.label, '1 tools');
    assert.deepEqual([layer.x, layer.y, layer.width, layer.height], [0, 0, 800, 600]);
    const ratio = (big.width * big.height) / (small.width * small.height);
    assert.ok(Math.abs(ratio - 3) < 0.1, `ratio ${ratio}`);
  });

  it('takes folders that hold nothing else together, as the explorer does', () => {
    const model = modelOf({ 'nodejs/node_modules/a/index.js': 100, 'nodejs/node_modules/b/index.js': 100 });
    const labels = layoutTreemap(model, 800, 600).map(({ label }) => label);
    assert.deepEqual(labels, ['1 tools', 'nodejs/node_modules', 'a', 'index.js', 'b', 'index.js']);
    const packages = layoutTreemap(model, 800, 600)[1];
    assert.deepEqual(model.action(packages?.node ?? 0), {
      type: 'zoom',
      place: { part: 0, path: 'nodejs/node_modules' },
    });
  });

  it('leaves out what takes no space, and content for which there is no room', () => {
    const model = modelOf({ 'lib/a': 1_000_000, 'lib/empty': 0, 'tiny/a': 10, 'tiny/b': 10 });
    const paths = layoutTreemap(model, 400, 300).map(({ node }) => model.path(node));
    assert.deepEqual(paths, ['', 'lib', 'lib/a']);
  });

  it('draws nothing of nothing', () => {
    assert.deepEqual(layoutTreemap(modelOf({}), 400, 300), []);
    assert.deepEqual(layoutTreemap(modelOf({ a: 1 }), 0, 0), []);
  });

  it('keeps every tile inside the one that holds it and apart from its neighbours', () => {
    fc.assert(
      fc.property(fileSizes, fc.integer({ min: 50, max: 1500 }), (files, width) => {
        const model = modelOf(files);
        const tiles = layoutTreemap(model, width, 500);
        for (const tile of tiles) {
          assert.ok(
            tile.x >= 0 && tile.y >= 0 && tile.x + tile.width <= width && tile.y + tile.height <= 500,
          );
          for (const other of tiles) {
            if (tile === other || isWithin(tile, other) || isWithin(other, tile)) continue;
            assert.ok(areApart(tile, other), `${tile.label} and ${other.label}`);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('An arrow key in the treemap', () => {
  it('leads to the tile that lies there, and nowhere at the edge', () => {
    const tiles = [box(0, 0), box(100, 0), box(0, 100), box(100, 100)];
    assert.equal(nearestTile(tiles, 0, 'right'), 1);
    assert.equal(nearestTile(tiles, 0, 'down'), 2);
    assert.equal(nearestTile(tiles, 3, 'left'), 2);
    assert.equal(nearestTile(tiles, 3, 'up'), 1);
    assert.equal(nearestTile(tiles, 0, 'left'), undefined);
    assert.equal(nearestTile(tiles, 3, 'down'), undefined);
  });

  it('leads from the heading of a folder into it', () => {
    const tiles: Tile[] = [{ ...box(0, 0), width: 200, height: 200, isOpen: true }, { ...box(2, 20) }];
    assert.equal(nearestTile(tiles, 0, 'down'), 1);
    assert.equal(nearestTile(tiles, 1, 'up'), 0);
  });

  it('never leads back the way it came from', () => {
    fc.assert(
      fc.property(fileSizes, fc.nat(), (files, choice) => {
        const tiles = layoutTreemap(modelOf(files), 900, 500);
        let at = tiles.length === 0 ? undefined : choice % tiles.length;
        const seen = new Set<number>();
        while (at !== undefined) {
          assert.ok(!seen.has(at));
          seen.add(at);
          at = nearestTile(tiles, at, 'right');
        }
      }),
      { numRuns: 50 },
    );
  });
});

function box(x: number, y: number): Tile {
  return { node: 0, label: '', level: 1, x, y, width: 98, height: 98, isOpen: false };
}

function isWithin(inner: Tile, outer: Tile): boolean {
  return (
    outer.isOpen &&
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function areApart(left: Tile, right: Tile): boolean {
  const before = (a: Tile, b: Tile) => a.x + a.width <= b.x || a.y + a.height <= b.y;
  return before(left, right) || before(right, left);
}

const folder = fc.constantFrom('bin', 'lib', 'lib/a', 'lib/a/b', 'nodejs/node_modules/x');
const fileSizes = fc.dictionary(
  fc.tuple(folder, fc.integer({ min: 0, max: 20 })).map(([path, number]) => `${path}/file${number}`),
  fc.integer({ min: 0, max: 1_000_000 }),
  { maxKeys: 40 },
);
