import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { LayerTree } from '../../../../src/core/opt/layerTree.ts';
import { openTree, openView } from '../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { zipBytes } from '../../../support/zip.ts';

describe('The tree of a layer', () => {
  const temporaryFolder = useTemporaryFolders();

  function zipOf(names: readonly string[]): string {
    const file = join(temporaryFolder(), 'layer.zip');
    writeFileSync(file, zipBytes(names.map((name) => ({ name, data: name }))));
    return file;
  }

  it('has every directory that an archive only implies, however many', async () => {
    const names = Array.from(
      { length: 500 },
      (_, index) => `${'d/'.repeat(20)}${index}/${'e/'.repeat(20)}file`,
    );
    const tree = await openTree(zipOf(names));
    assert.equal(tree.count, 1 + 20 + 500 * 22);
    const view = await openView(zipOf(names));
    for (const name of names) assert.equal(view.lookup(name)?.kind, 'file');
    assert.equal(view.lookup('d/d')?.entry, undefined);
    assert.equal(view.lookup(`${names[7] ?? ''}x`), undefined);
  });

  it('finds exactly the names that an archive has', async () => {
    const segment = fc.stringMatching(/^[a-c._é-]{1,3}$/).filter((text) => text !== '.' && text !== '..');
    const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 40 }), fc.array(name), async (names, others) => {
        const prefixes = (path: string) =>
          path.split('/').map((_, index, all) => all.slice(0, index).join('/'));
        // What runs through a file of the same archive is another test's business.
        const sound = names.filter((one) => !names.some((other) => prefixes(other).includes(one)));
        const view = await openView(zipOf(sound));
        const directories = new Set(sound.flatMap(prefixes));
        for (const one of sound) assert.equal(view.lookup(one)?.kind, 'file', one);
        for (const one of directories) assert.equal(view.lookup(one)?.kind, 'directory', one);
        for (const other of others) {
          const expected = sound.includes(other) || directories.has(other);
          assert.equal(view.lookup(other) !== undefined, expected, other);
        }
        const walked = [...view.walk()].map(({ path }) => path);
        directories.delete('');
        assert.deepEqual(walked.sort(), [...sound, ...directories].sort());
      }),
      { numRuns: 60 },
    );
  });

  it('knows its root', async () => {
    const tree = await openTree(zipOf([]));
    assert.equal(tree.count, 1);
    assert.equal(tree.isDirectory(LayerTree.root), true);
    assert.deepEqual([...tree.children(LayerTree.root)], []);
  });
});
