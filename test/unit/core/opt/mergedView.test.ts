import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { LayerStore } from '../../../../src/core/opt/layerStack.ts';
import { explainPath } from '../../../../src/core/opt/provenance.ts';
import { describeOverlay } from '../../../support/overlay.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { describeView, type TreeEntry, writeTree } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';
import { packers } from '../../../support/zipTools.ts';

describe('The merged view', () => {
  const temporaryFolder = useTemporaryFolders();

  async function viewOf(...trees: Record<string, TreeEntry>[]) {
    const work = temporaryFolder();
    const paths = trees.map((tree, index) => writeTree(join(work, String(index)), tree));
    return new LayerStore().view(paths);
  }

  it('lets the last layer win and unites directories', async () => {
    const view = await viewOf({ 'bin/a': 'first', 'lib/x': 'x' }, { 'bin/a': 'second', 'bin/b': 'b' });
    assert.deepEqual(
      view.list('bin')?.map((entry) => [entry.path, entry.layer]),
      [
        ['bin/a', 1],
        ['bin/b', 1],
      ],
    );
    assert.deepEqual(
      view.list('')?.map((entry) => entry.path),
      ['bin', 'lib'],
    );
    const winner = view.lookup('bin/a');
    assert.ok(winner);
    assert.equal(Buffer.from(await view.read(winner)).toString(), 'second');
  });

  it('names the winner, what it shadows and kind conflicts', async () => {
    const view = await viewOf({ data: 'file' }, { 'data/x': 'x' }, { data: { link: 'elsewhere' } });
    const { winner, shadowed, conflicts } = explainPath(view, 'data');
    assert.equal(winner?.layer, 2);
    assert.deepEqual(
      shadowed.map((one) => [one.layer, one.kind]),
      [
        [1, 'directory'],
        [0, 'file'],
      ],
    );
    assert.deepEqual(
      conflicts.map((conflict) => conflict.type),
      ['kind'],
    );
    assert.equal(view.lookup('data/x'), undefined);
  });

  it('reports paths that differ only by letter case', async () => {
    const view = await viewOf({ 'lib/Config': 'a' }, { 'lib/config': 'b' });
    assert.deepEqual(explainPath(view, 'lib/config').conflicts, [
      { type: 'case', paths: ['lib/Config', 'lib/config'] },
    ]);
  });

  it('shows an empty /opt for an empty stack', async () => {
    const view = await viewOf();
    assert.deepEqual(view.list(''), []);
    assert.equal(view.lookup('')?.kind, 'directory');
    assert.equal(view.lookup('bootstrap'), undefined);
  });

  it('reads a layer again once it was invalidated, and leaves earlier views as they were', async () => {
    const work = temporaryFolder();
    const folder = writeTree(join(work, 'layer'), { a: '1' });
    const store = new LayerStore();
    const before = await store.view([folder]);
    writeTree(folder, { b: '2' });
    store.invalidate(folder);
    const after = await store.view([folder]);
    assert.equal(before.lookup('b'), undefined);
    assert.equal(after.lookup('b')?.size, 1);
  });

  it('notices by itself that a zip was replaced', async () => {
    const file = join(temporaryFolder(), 'layer.zip');
    const store = new LayerStore();
    await writeZip(file, { a: '1' });
    assert.ok((await store.view([file])).lookup('a'));
    await writeZip(file, { 'other-name': 'longer content' });
    assert.equal((await store.view([file])).lookup('a'), undefined);
  });

  it('equals what an overlay mount of the layers shows, for folders', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(layerTree, { minLength: 1, maxLength: 4 }), async (trees) => {
        const work = temporaryFolder();
        const folders = trees.map((tree, index) => writeTree(join(work, String(index)), tree));
        assert.deepEqual(
          await describeView(await new LayerStore().view(folders)),
          describeOverlay(work, folders),
        );
      }),
      { numRuns: 25 },
    );
  });

  for (const [tool, pack] of Object.entries(packers)) {
    it(`equals what an overlay mount shows, for zips made by ${tool}`, async function () {
      this.timeout(120_000);
      await fc.assert(
        fc.asyncProperty(fc.array(layerTree, { minLength: 1, maxLength: 4 }), async (trees) => {
          const work = temporaryFolder();
          const folders = trees.map((tree, index) => writeTree(join(work, String(index)), tree));
          const zips = folders.map((folder) => `${folder}.zip`);
          for (const [index, folder] of folders.entries()) await pack(folder, zips[index] ?? '');
          assert.deepEqual(
            await describeView(await new LayerStore().view(zips)),
            describeOverlay(work, folders),
          );
        }),
        { numRuns: 10 },
      );
    });
  }
});

const segment = fc.constantFrom('a', 'b', 'lib', 'bin', 'é', 'A');
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
const treeEntry: fc.Arbitrary<TreeEntry> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.record({ text: fc.string(), mode: fc.constantFrom(0o755, 0o600, 0o444) }) },
  { weight: 1, arbitrary: fc.record({ link: fc.constantFrom('a', '../b', '/opt/lib', '/etc/x') }) },
  { weight: 1, arbitrary: fc.record({ directory: fc.constantFrom(0o755, 0o700) }) },
);

/** Paths of one layer never run through each other, except that directories may hold more. */
const layerTree = fc.array(fc.tuple(path, treeEntry), { minLength: 1, maxLength: 12 }).map((pairs) => {
  const tree: Record<string, TreeEntry> = {};
  for (const [name, entry] of pairs) {
    const clash = Object.keys(tree).some(
      (other) => other === name || other.startsWith(`${name}/`) || name.startsWith(`${other}/`),
    );
    if (!clash) tree[name] = entry;
  }
  return tree;
});
