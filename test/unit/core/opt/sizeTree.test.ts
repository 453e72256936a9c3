import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzippedBytes } from '../../../../src/core/opt/budget.ts';
import { measureSizes, type StackSizes } from '../../../../src/core/opt/measureSizes.ts';
import { MergedView } from '../../../../src/core/opt/mergedView.ts';
import { nearestDirectory } from '../../../../src/core/opt/sizePlace.ts';
import { type SizeNode, sizeTree } from '../../../../src/core/opt/sizeTree.ts';
import { openTree } from '../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import type { TreeEntry } from '../../../support/tree.ts';
import { writeZip, zipBytes } from '../../../support/zip.ts';

type Tree = Readonly<Record<string, TreeEntry>>;

describe('The size map', () => {
  const temporaryFolder = useTemporaryFolders();

  async function openTrees(trees: readonly Tree[]) {
    const work = temporaryFolder();
    const files = trees.map((tree, index) => writeZip(join(work, `${index}.zip`), tree));
    return Promise.all((await Promise.all(files)).map(openTree));
  }

  async function measure(layers: readonly Tree[], code?: Tree): Promise<StackSizes> {
    const trees = await openTrees(code === undefined ? layers : [...layers, code]);
    return measureSizes(trees.slice(0, layers.length), code === undefined ? undefined : trees.at(-1));
  }

  it('counts every layer whole, shadowed files too, and the code', async () => {
    const sizes = await measure([{ 'lib/a': 'four', 'lib/b': 'b' }, { 'lib/a': 'sixsix' }], {
      'index.js': 'code!',
      'lib/b': 'not of /opt',
    });
    assert.equal(sizes.totalBytes, 5 + 6 + 16);
    assert.deepEqual(lines(sizeTree(sizes)), [
      'stack: 27 (4 shadowed)',
      '0 layer: 5 (4 shadowed)',
      '0 lib: 5 (4 shadowed)',
      '0 lib/a: 4 shadowed',
      '0 lib/b: 1',
      '1 layer: 6',
      '1 lib: 6',
      '1 lib/a: 6',
      'code: 16',
      '2 lib: 11',
      '2 lib/b: 11',
      '2 index.js: 5',
    ]);
  });

  it('takes a folder as shadowed when a later layer has a file or a link there, and the other way round', async () => {
    const sizes = await measure([
      { 'data/x': '1', tool: '22' },
      { data: { link: 'tool' }, 'tool/y': '333' },
    ]);
    assert.deepEqual(lines(sizeTree(sizes, { part: 0, path: '' })), [
      '0 layer: 3 (3 shadowed)',
      '0 tool: 2 shadowed',
      '0 data: 1 shadowed',
      '0 data/x: 1 shadowed',
    ]);
    assert.equal(sizes.parts[1]?.shadowedBytes[0], 0);
  });

  it('counts entries that extraction replaces as not placed', async () => {
    const file = join(temporaryFolder(), 'twice.zip');
    writeFileSync(
      file,
      zipBytes([
        { name: 'a', data: 'replaced' },
        { name: 'a', data: 'last' },
      ]),
    );
    const sizes = await measureSizes([await openTree(file)], undefined);
    assert.deepEqual(
      sizeTree(sizes).map(({ kind, bytes }) => [kind, bytes]),
      [
        ['stack', 12],
        ['layer', 12],
        ['unplaced', 8],
        ['file', 4],
      ],
    );
  });

  it('shows the largest entries, and sums up what else each folder holds', async () => {
    const many = numbered(500, 'lib/small');
    const sizes = await measure([{ ...many, 'lib/large': 'x'.repeat(5000), 'lib/tiny': 'x' }]);
    assert.deepEqual(lines(sizeTree(sizes, undefined, 4)), [
      'stack: 6001',
      '0 layer: 6001',
      '0 lib: 6001',
      '0 lib (1 smaller): 1',
      '0 lib/large: 5000',
      '0 lib/small: 1000',
      '0 lib/small (499 smaller): 998',
      '0 lib/small/0: 2',
    ]);
  });

  it('has more to show of a folder that is looked at alone', async () => {
    const many = numbered(50, 'small');
    const sizes = await measure([{ ...many, large: 'x'.repeat(5000) }]);
    const alone = sizeTree(sizes, { part: 0, path: 'small' }, 60);
    assert.equal(alone.length, 51);
    assert.deepEqual(lines(alone).slice(0, 2), ['0 small: 100', '0 small/0: 2']);
  });

  it('falls back to what is left of a place', async () => {
    const sizes = await measure([{ 'lib/a/b': 'x' }]);
    const nearest = (path: string, part = 0) => nearestDirectory(sizes, { part, path });
    assert.deepEqual(nearest('lib/a'), { part: 0, path: 'lib/a' });
    assert.deepEqual(nearest('lib/a/b'), { part: 0, path: 'lib/a' });
    assert.deepEqual(nearest('lib/gone/away'), { part: 0, path: 'lib' });
    assert.deepEqual(nearest('gone'), { part: 0, path: '' });
    assert.equal(nearest('', 7), undefined);
    assert.equal(nearestDirectory(sizes, undefined), undefined);
  });

  it('stops when it is told to', async () => {
    const trees = await openTrees([{ a: '1' }]);
    const reason = new Error('enough');
    await assert.rejects(measureSizes(trees, undefined, AbortSignal.abort(reason)), reason);
  });

  it('agrees with the merged view and the budget, and adds up at every node, whatever the limit', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(layer, { maxLength: 4 }),
        fc.integer({ min: 1, max: 12 }),
        async (stack, limit) => {
          const trees = await openTrees(stack);
          const sizes = await measureSizes(trees, undefined);
          const nodes = sizeTree(sizes, undefined, limit);
          const entries = [...new MergedView(trees).walk()].filter(({ kind }) => kind !== 'directory');
          for (const [position, tree] of trees.entries()) {
            const part = nodes.find(({ kind, part: index }) => kind === 'layer' && index === position);
            const unplaced = nodes.find(({ kind, part: index }) => kind === 'unplaced' && index === position);
            const visible = entries.filter((entry) => entry.layer === position);
            assert.equal(part?.bytes, unzippedBytes(tree));
            assert.equal(
              part.bytes - part.shadowedBytes - (unplaced?.bytes ?? 0),
              visible.reduce((sum, entry) => sum + entry.size, 0),
            );
          }
          assert.equal(nodes[0]?.bytes, sizes.totalBytes);
          assertAddsUp(nodes);
          const single = nodes.filter(({ kind }) => ['directory', 'file', 'link'].includes(kind));
          assert.ok(single.length <= limit, `${single.length} nodes`);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** One line per node: its part and path, its bytes, and what is shadowed. */
function lines(nodes: readonly SizeNode[]): string[] {
  return nodes.map((node) => {
    const shadowed = node.shadowedBytes > 0 ? ` (${node.shadowedBytes} shadowed)` : '';
    return `${labelOf(nodes, node)}: ${node.bytes}${node.isShadowed ? ' shadowed' : shadowed}`;
  });
}

function labelOf(nodes: readonly SizeNode[], node: SizeNode): string {
  if (node.kind === 'stack' || node.kind === 'code') return node.kind;
  const path = pathOf(nodes, node);
  const smaller = node.kind === 'smaller' ? ` (${node.files} smaller)` : '';
  return `${node.part} ${node.kind === 'layer' ? 'layer' : `${path}${smaller}`}`;
}

function pathOf(nodes: readonly SizeNode[], node: SizeNode): string {
  const parent = nodes[node.parent];
  return [parent === undefined ? '' : pathOf(nodes, parent), node.name]
    .filter((part) => part !== '')
    .join('/');
}

function numbered(count: number, folder: string): Tree {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/${index}`, 'xx']));
}

function assertAddsUp(nodes: readonly SizeNode[]): void {
  for (const [index, node] of nodes.entries()) {
    assert.ok(node.parent < index);
    const children = nodes.filter((other) => other.parent === index);
    if (children.length === 0) continue;
    for (const key of ['bytes', 'shadowedBytes', 'files'] as const) {
      assert.equal(
        children.reduce((sum, child) => sum + child[key], 0),
        node[key],
      );
    }
  }
}

const segment = fc.constantFrom('a', 'b', 'lib', 'bin', 'é');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
const content: fc.Arbitrary<TreeEntry> = fc.oneof(
  { weight: 5, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.record({ link: fc.constantFrom('a', '../b', '/opt/lib') }) },
);

/** Paths may run through each other: extraction then refuses entries, which count all the same. */
const layer = fc.dictionary(path, content, { maxKeys: 14 });
