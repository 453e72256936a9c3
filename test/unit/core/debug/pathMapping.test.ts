import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { PathMapping } from '../../../../src/core/debug/pathMapping.ts';
import { stackId } from '../../../../src/core/opt/layerStack.ts';
import { codeIn } from '../../../support/functionCode.ts';
import { openView } from '../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

const inLambda = { opt: '/opt', task: '/var/task' };

describe('The mapping of paths', () => {
  const temporaryFolder = useTemporaryFolders();

  async function prepare(root = inLambda) {
    const work = temporaryFolder();
    const first = writeTree(join(work, 'layer'), {
      'lib/a.js': '1',
      'lib/shared.js': '1',
      'lib/zipped.js': '1',
    });
    const second = writeTree(join(work, 'layer-2'), { 'lib/b.js': '2', 'lib/shared.js': '2', 'ä b.js': '2' });
    const zip = await writeZip(join(work, 'layer.zip'), { 'lib/zipped.js': '3' });
    const code = writeTree(join(work, 'code'), { 'index.js': 'code', 'lib/a.js': 'code' });
    const view = await openView(first, second, zip);
    return { work, first, second, zip, code, mapping: new PathMapping(view, codeIn(code), root) };
  }

  it('leads from files of code and layers into the function, and back', async () => {
    const { first, second, code, mapping } = await prepare();
    const pairs: readonly (readonly [file: string, inside: string])[] = [
      [join(code, 'index.js'), '/var/task/index.js'],
      [join(code, 'lib/a.js'), '/var/task/lib/a.js'],
      [join(first, 'lib/a.js'), '/opt/lib/a.js'],
      [join(second, 'lib/b.js'), '/opt/lib/b.js'],
      [join(second, 'lib/shared.js'), '/opt/lib/shared.js'],
      [join(second, 'ä b.js'), '/opt/ä b.js'],
    ];
    for (const [file, inside] of pairs) {
      assert.equal(mapping.toFunction(file), inside);
      assert.deepEqual(mapping.toSource(inside), { type: 'file', path: file });
    }
  });

  it('leads nowhere from a file that another layer shadows, in a folder or a zip', async () => {
    const { first, mapping } = await prepare();
    assert.equal(mapping.toFunction(join(first, 'lib/shared.js')), undefined);
    assert.equal(mapping.toFunction(join(first, 'lib/zipped.js')), undefined);
  });

  it('leads from a zip’s file to the merged view, which alone can show it, and back', async () => {
    const { first, second, zip, mapping } = await prepare();
    const address = { stack: stackId([first, second, zip]), path: 'lib/zipped.js' };
    assert.deepEqual(mapping.toSource('/opt/lib/zipped.js'), { type: 'opt', ...address });
    assert.equal(mapping.optToFunction(address), '/opt/lib/zipped.js');
    assert.equal(mapping.optToFunction({ ...address, stack: stackId([zip]) }), undefined);
    assert.equal(mapping.toFunction(join(zip, 'lib/zipped.js')), undefined);
    assert.deepEqual(mapping.stacks, [[first, second, zip]]);
  });

  it('leads from a file of zipped code to what shows the zip, not to where that is unpacked, and back', async () => {
    const { work, first } = await prepare();
    const code = { path: join(work, 'code.zip'), folder: join(work, 'cache') };
    const mapping = new PathMapping(await openView(first), code, inLambda);
    const address = { stack: stackId([code.path]), path: 'index.js' };
    assert.deepEqual(mapping.toSource('/var/task/index.js'), { type: 'opt', ...address });
    assert.equal(mapping.optToFunction(address), '/var/task/index.js');
    assert.equal(mapping.toFunction(join(code.folder, 'index.js')), undefined);
    assert.deepEqual(mapping.stacks, [[first], [code.path]]);
    assert.deepEqual(mapping.pairs(/\.js$/), [{ local: first, inside: '/opt' }]);
  });

  it('is not misled by folders that begin alike', async () => {
    const { work, code, mapping } = await prepare();
    for (const path of [
      `${code}-old/index.js`,
      join(work, 'layer-23/lib/b.js'),
      code,
      join(work, 'x.js'),
      'index.js',
    ]) {
      assert.equal(mapping.toFunction(path), undefined, path);
    }
    for (const path of [
      '/optional/lib/a.js',
      '/opt',
      '/opt/',
      '/var/tasks/index.js',
      '/var/task',
      '/usr/lib/a.js',
      '/opt/missing.js',
      'opt/lib/a.js',
      '',
    ]) {
      assert.equal(mapping.toSource(path), undefined, path);
    }
  });

  it('follows the function’s folders where these are elsewhere', async () => {
    const { first, code, mapping } = await prepare({ opt: '/tmp/session/opt', task: '/home/me/code' });
    assert.equal(mapping.toFunction(join(first, 'lib/a.js')), '/tmp/session/opt/lib/a.js');
    assert.deepEqual(mapping.toSource('/home/me/code/index.js'), {
      type: 'file',
      path: join(code, 'index.js'),
    });
    assert.equal(mapping.toSource('/opt/lib/a.js'), undefined);
  });

  it('gives a file of a folder inside another to the inner one', async () => {
    const work = temporaryFolder();
    const code = writeTree(join(work, 'code'), {
      'index.js': '1',
      'layers/one/lib/a.js': '1',
      'layers/one/b.js': '1',
    });
    const layer = join(code, 'layers/one');
    const over = writeTree(join(work, 'over'), { 'b.js': '2' });
    const inner = new PathMapping(await openView(layer, over), codeIn(code), inLambda);
    assert.equal(inner.toFunction(join(layer, 'lib/a.js')), '/opt/lib/a.js');
    assert.equal(inner.toFunction(join(code, 'index.js')), '/var/task/index.js');
    // Shadowed at /opt, it is still there as a file of the code.
    assert.equal(inner.toFunction(join(layer, 'b.js')), '/var/task/layers/one/b.js');
    const outer = new PathMapping(await openView(code), codeIn(layer), inLambda);
    assert.equal(outer.toFunction(join(layer, 'lib/a.js')), '/var/task/lib/a.js');
    assert.equal(outer.toFunction(join(code, 'index.js')), '/opt/index.js');
  });

  it('takes a layer that comes twice', async () => {
    const layer = writeTree(join(temporaryFolder(), 'layer'), { 'a.js': '1' });
    const mapping = new PathMapping(await openView(layer, layer), codeIn('/code'), inLambda);
    assert.equal(mapping.toFunction(join(layer, 'a.js')), '/opt/a.js');
  });

  it('comes back from wherever it leads to', async () => {
    const { first, second, code, mapping } = await prepare();
    const file = fc
      .tuple(
        fc.constantFrom(first, second, code),
        fc.constantFrom('lib', ''),
        fc.constantFrom('a.js', 'b.js', 'shared.js', 'index.js', 'zipped.js'),
      )
      .map((parts) => join(...parts));
    fc.assert(
      fc.property(file, (path) => {
        const inside = mapping.toFunction(path);
        if (inside !== undefined) assert.deepEqual(mapping.toSource(inside), { type: 'file', path });
      }),
    );
  });

  describe('as pairs', () => {
    const pairsOf = (mapping: PathMapping) =>
      Object.fromEntries(mapping.pairs(/\.js$/).map(({ local, inside }) => [inside, local]));

    it('names a folder once that one layer supplies, and each source of one that several do', async () => {
      const { first, second, code, mapping } = await prepare();
      assert.deepEqual(pairsOf(mapping), {
        '/var/task': code,
        '/opt/lib/a.js': join(first, 'lib/a.js'),
        '/opt/lib/b.js': join(second, 'lib/b.js'),
        '/opt/lib/shared.js': join(second, 'lib/shared.js'),
        '/opt/ä b.js': join(second, 'ä b.js'),
      });
      const other = writeTree(join(temporaryFolder(), 'other'), {
        'bin/x.js': '',
        'bin/y/z.js': '',
        data: '',
      });
      const both = new PathMapping(await openView(first, other), codeIn(code), inLambda);
      assert.deepEqual(pairsOf(both), {
        '/var/task': code,
        '/opt/lib': join(first, 'lib'),
        '/opt/bin': join(other, 'bin'),
      });
    });

    it('names a layer once that is alone', async () => {
      const { first, code } = await prepare();
      const alone = new PathMapping(await openView(first), codeIn(code), inLambda);
      assert.deepEqual(pairsOf(alone), { '/opt': first, '/var/task': code });
    });

    it('means the same, when the longest is tried first', async () => {
      const name = fc.constantFrom('a.js', 'b.js', 'lib/a.js', 'lib/b.js', 'lib/deep/a.js', 'lib/deep/c.txt');
      const layers = fc.array(fc.uniqueArray(name, { minLength: 1 }), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(layers, async (given) => {
          const work = temporaryFolder();
          const folders = given.map((names, index) =>
            writeTree(join(work, `layer-${index}`), Object.fromEntries(names.map((each) => [each, '']))),
          );
          const mapping = new PathMapping(await openView(...folders), codeIn(join(work, 'code')), inLambda);
          const pairs = mapping.pairs(/\.js$/);
          for (const file of folders.flatMap((folder, index) =>
            given[index]?.map((each) => join(folder, each)),
          )) {
            const inside = file?.endsWith('.js') === true ? mapping.toFunction(file) : undefined;
            if (file === undefined || inside === undefined) continue;
            const pair = pairs.find(({ local }) => file === local || file.startsWith(`${local}/`));
            assert.equal(pair && pair.inside + file.slice(pair.local.length), inside);
          }
        }),
        { numRuns: 50 },
      );
    });
  });

  it('names the layer that hides a file, also by a file in the way of its folder', async () => {
    const { work, first, second, zip, code, mapping } = await prepare();
    assert.deepEqual(mapping.shadowOf(join(first, 'lib/shared.js')), {
      path: 'lib/shared.js',
      position: 2,
      winner: second,
    });
    assert.deepEqual(mapping.shadowOf(join(first, 'lib/zipped.js')), {
      path: 'lib/zipped.js',
      position: 3,
      winner: zip,
    });
    for (const path of [
      join(first, 'lib/a.js'),
      join(second, 'lib/shared.js'),
      join(code, 'lib/a.js'),
      work,
    ]) {
      assert.equal(mapping.shadowOf(path), undefined, path);
    }
    const inTheWay = writeTree(join(work, 'file'), { lib: '' });
    const hidden = new PathMapping(await openView(first, inTheWay), codeIn(code), inLambda);
    assert.deepEqual(hidden.shadowOf(join(first, 'lib/a.js')), {
      path: 'lib/a.js',
      position: 2,
      winner: inTheWay,
    });
  });
});
