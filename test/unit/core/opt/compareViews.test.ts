import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openLayer } from '../../../../src/core/layer/layerSource.ts';
import { compareViews, type ViewComparison } from '../../../../src/core/opt/compareViews.ts';
import { LayerTree } from '../../../../src/core/opt/layerTree.ts';
import { MergedView } from '../../../../src/core/opt/mergedView.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree, type TreeEntry } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

type Tree = Record<string, TreeEntry>;
type Format = 'folder' | 'zip';

const entry: fc.Arbitrary<TreeEntry> = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'longer'),
  fc.record({ text: fc.constantFrom('a', 'b'), mode: fc.constantFrom(0o644, 0o755) }),
  fc.record({ link: fc.constantFrom('a', '../b') }),
);
/** Top-level names that never stand for a file and a folder at once within one layer. */
const tree: fc.Arbitrary<Tree> = fc.oneof(
  fc.dictionary(fc.constantFrom('a', 'b', 'c/a', 'c/b', 'c/d/e'), entry),
  fc.dictionary(fc.constantFrom('c', 'a/x', 'a/y', 'b', 'A'), entry),
);
const layer = fc.record({ tree, format: fc.constantFrom<Format>('folder', 'zip') });
const stack = fc.array(layer, { maxLength: 3 });

describe('compareViews', () => {
  const temporaryFolder = useTemporaryFolders();

  async function viewOf(layers: readonly { tree: Tree; format: Format }[]): Promise<MergedView> {
    const folder = temporaryFolder();
    const trees = await Promise.all(
      layers.map(async ({ tree: content, format }, index) => {
        const path = join(folder, String(index));
        return LayerTree.build(
          await openLayer(format === 'zip' ? await writeZip(path, content) : writeTree(path, content)),
        );
      }),
    );
    return new MergedView(trees);
  }

  it('finds nothing between a stack and the same stack made again, as folders or zips', async () => {
    await fc.assert(
      fc.asyncProperty(stack, async (layers) => {
        const asZips = layers.map((each) => ({ ...each, format: 'zip' as const }));
        const comparison = await compareViews(await viewOf(layers), await viewOf(asZips));
        assert.deepEqual(comparison, { added: [], removed: [], changed: [], sizeDelta: 0 });
      }),
      { numRuns: 60 },
    );
  });

  it('gives the mirror image when the sides are swapped', async () => {
    await fc.assert(
      fc.asyncProperty(stack, stack, async (left, right) => {
        const [leftView, rightView] = [await viewOf(left), await viewOf(right)];
        const there = await compareViews(leftView, rightView);
        assert.deepEqual(await compareViews(rightView, leftView), mirrored(there));
      }),
      { numRuns: 60 },
    );
  });

  it('accounts for every path of both sides, in the order of a walk', async () => {
    await fc.assert(
      fc.asyncProperty(stack, stack, async (left, right) => {
        const [leftView, rightView] = [await viewOf(left), await viewOf(right)];
        const { added, removed, sizeDelta } = await compareViews(leftView, rightView);
        const paths = (view: MergedView): string[] => [...view.walk()].map(({ path }) => path);
        const [leftPaths, rightPaths] = [paths(leftView), paths(rightView)];
        const missingIn = (all: readonly string[], other: readonly string[]): string[] =>
          all.filter((path) => !other.includes(path));
        assert.deepEqual(
          added.map(({ path }) => path),
          missingIn(rightPaths, leftPaths),
        );
        assert.deepEqual(
          removed.map(({ path }) => path),
          missingIn(leftPaths, rightPaths),
        );
        const bytes = (view: MergedView): number => [...view.walk()].reduce((sum, { size }) => sum + size, 0);
        assert.equal(sizeDelta, bytes(rightView) - bytes(leftView));
      }),
      { numRuns: 60 },
    );
  });

  it('says what changed: content of the same size, mode, link target, kind', async () => {
    const formats: [Format, Format][] = [
      ['folder', 'folder'],
      ['folder', 'zip'],
      ['zip', 'folder'],
      ['zip', 'zip'],
    ];
    for (const [leftFormat, rightFormat] of formats) {
      const left = await viewOf([
        { tree: { a: 'one', b: 'b', c: { link: 'a' }, d: 'd', e: 'e' }, format: leftFormat },
      ]);
      const right = await viewOf([
        {
          tree: { a: 'two', b: { text: 'b', mode: 0o755 }, c: { link: 'b' }, 'd/x': 'x', e: 'e' },
          format: rightFormat,
        },
      ]);
      const { added, removed, changed } = await compareViews(left, right);
      assert.deepEqual(
        changed.map(({ path, changes }) => [path, changes]),
        [
          ['a', ['content']],
          ['b', ['mode']],
          ['c', ['target']],
          ['d', ['kind']],
        ],
      );
      assert.deepEqual([added.map(({ path }) => path), removed], [['d/x'], []]);
    }
  });

  it('does not look at times', async () => {
    const folder = temporaryFolder();
    const open = async (name: string): Promise<MergedView> => {
      const path = writeTree(join(folder, name), { a: 'same' });
      if (name === 'old') utimesSync(join(path, 'a'), 1, 1);
      return new MergedView([await LayerTree.build(await openLayer(path))]);
    };
    const { changed } = await compareViews(await open('old'), await open('new'));
    assert.deepEqual(changed, []);
  });

  it('finds a difference in the last byte of a file that is read in pieces', async () => {
    const text = 'x'.repeat(600_000);
    const view = (last: string): Promise<MergedView> =>
      viewOf([{ tree: { large: text + last }, format: 'folder' }]);
    assert.equal((await compareViews(await view('a'), await view('b'))).changed.length, 1);
    assert.equal((await compareViews(await view('a'), await view('a'))).changed.length, 0);
  });
});

function mirrored({ added, removed, changed, sizeDelta }: ViewComparison): ViewComparison {
  return {
    added: removed,
    removed: added,
    changed: changed.map((each) => ({ ...each, left: each.right, right: each.left })),
    sizeDelta: sizeDelta === 0 ? 0 : -sizeDelta,
  };
}
