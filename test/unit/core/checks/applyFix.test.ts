import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyFix, undoFix } from '../../../../src/core/checks/applyFix.ts';
import { describeFix, type FixPlan } from '../../../../src/core/checks/fixPlan.ts';
import { openLayer } from '../../../../src/core/layer/layerSource.ts';
import { MergedView } from '../../../../src/core/opt/mergedView.ts';
import { describeFolder, describeView } from '../../../support/tree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeZip } from '../../../support/zip.ts';
import { check, goodLayer, makeLayer, only, openTree, script, type Tree } from './support.ts';

const runtime = 'provided.al2023';

interface Case {
  readonly code: string;
  readonly before: Tree;
  /** What the layer holds once it is fixed. */
  readonly after: Tree;
}

const parent = (tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([name, entry]) => [`my layer (1)/${name}`, entry]));

const cases: readonly Case[] = [
  {
    code: 'bootstrapNotExecutable',
    before: { ...goodLayer, bootstrap: { ...script, mode: 0o644 } },
    after: goodLayer,
  },
  {
    code: 'programNotExecutable',
    before: { ...goodLayer, 'bin/tool': { ...script, mode: 0o644 } },
    after: goodLayer,
  },
  {
    code: 'fileNotReadable',
    before: { ...goodLayer, 'lib/a': { text: 'a', mode: 0o600 }, 'lib/b': { text: 'b', mode: 0o700 } },
    after: { ...goodLayer, 'lib/a': { text: 'a', mode: 0o644 }, 'lib/b': { text: 'b', mode: 0o744 } },
  },
  {
    code: 'bootstrapCarriageReturn',
    before: { ...goodLayer, bootstrap: { ...script, text: script.text.replaceAll('\n', '\r\n') } },
    after: goodLayer,
  },
  { code: 'parentFolder', before: parent(goodLayer), after: goodLayer },
];

describe('applyFix', () => {
  const temporaryFolder = useTemporaryFolders();

  for (const format of ['folder', 'zip'] as const) {
    for (const { code, before, after } of cases) {
      it(`takes ${code} out of a ${format}, changes nothing else, and can be undone`, async () => {
        const folder = temporaryFolder();
        const path = await makeLayer(folder, 'layer', before, format);
        const wanted = await makeLayer(folder, 'wanted', after, format);
        const untouched = snapshot(path, format);
        const fix = fixOf(await check([path], { runtime }), code);
        assert.notEqual(describeFix(fix), '');
        const undo = await applyFix(fix, await openLayer(path), { backup: join(folder, 'backup') });
        assert.deepEqual(await contentOf(path), await contentOf(wanted));
        assert.deepEqual(await check([path], { runtime }), []);
        await undoFix(undo);
        assert.deepEqual(snapshot(path, format), untouched);
        const left = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
        assert.deepEqual(left, []);
      });
    }
  }

  it('drops entries from a zip that no other tool would write again, and keeps times', async () => {
    const folder = temporaryFolder();
    const path = await writeZip(join(folder, 'layer.zip'), {
      'lib/a': 'a',
      '../evil': 'x',
      'lib/l': { link: 'a' },
    });
    const fix = fixOf(await check([path]), 'nameEscapes');
    const before = await openTree(path);
    await applyFix(fix, before.source, { backup: join(folder, 'backup') });
    const { entries } = (await openTree(path)).source;
    assert.deepEqual(
      [...Array(entries.count).keys()].map((entry) => entries.name(entry)),
      ['lib/a', 'lib/l'],
    );
    assert.equal(entries.modified(0), before.source.entries.modified(0));
    assert.equal(entries.kind(1), 'link');
    assert.deepEqual(await check([path]), []);
  });

  it('drops a file of a folder and brings it back', async () => {
    const folder = temporaryFolder();
    const path = await makeLayer(folder, 'layer', goodLayer, 'folder');
    const before = describeFolder(path);
    const fix: FixPlan = { type: 'dropEntries', entries: [{ entry: 0, name: 'bin/tool' }] };
    const undo = await applyFix(fix, await openLayer(path), { backup: join(folder, 'backup') });
    assert.equal(describeFolder(path).length, before.length - 1);
    await undoFix(undo);
    assert.deepEqual(describeFolder(path), before);
  });

  it('refuses a zip that changed meanwhile, and leaves it alone', async () => {
    const folder = temporaryFolder();
    const path = await makeLayer(folder, 'layer', cases[0]?.before ?? {}, 'zip');
    const source = await openLayer(path);
    const fix = fixOf(await check([path], { runtime }), 'bootstrapNotExecutable');
    await makeLayer(folder, 'layer', { ...goodLayer, more: 'x' }, 'zip');
    const bytes = readFileSync(path);
    await assert.rejects(applyFix(fix, source, { backup: join(folder, 'backup') }), { code: 'PathNotFound' });
    assert.deepEqual(readFileSync(path), bytes);
  });

  it('refuses to lose an entry that cannot be written again', async () => {
    const folder = temporaryFolder();
    const path = await writeZip(join(folder, 'layer.zip'), {
      ...goodLayer,
      bootstrap: 'x',
      'lib/u': 'unreadable',
    });
    const bytes = readFileSync(path);
    const at = bytes.lastIndexOf('lib/u') - 46; // its central directory header
    bytes.writeUInt16LE(12, at + 10); // bzip2
    writeFileSync(path, bytes);
    const fix: FixPlan = { type: 'setModes', modes: [{ name: 'bootstrap', mode: 0o755 }] };
    const options = { backup: join(folder, 'backup') };
    await assert.rejects(applyFix(fix, await openLayer(path), options), { code: 'ArchiveEntryInvalid' });
    assert.deepEqual(readFileSync(path), bytes);
  });

  it('refuses a parent folder whose content would replace something at the root', async () => {
    const folder = temporaryFolder();
    const path = await makeLayer(folder, 'layer', { 'p/lib/a': '1', 'lib/b': '2' }, 'folder');
    const before = describeFolder(path);
    const fix: FixPlan = { type: 'stripParent', folder: 'p' };
    await assert.rejects(applyFix(fix, await openLayer(path), { backup: join(folder, 'backup') }), {
      code: 'PathNotFound',
    });
    assert.deepEqual(describeFolder(path), before);
  });
});

function fixOf(findings: Parameters<typeof only>[0], code: string): FixPlan {
  const { fix } = only(findings, code);
  if (fix === undefined) throw new Error(`${code} has no fix`);
  return fix;
}

function snapshot(path: string, format: 'folder' | 'zip'): unknown {
  return format === 'zip' ? readFileSync(path) : describeFolder(path);
}

async function contentOf(path: string): Promise<string[]> {
  return describeView(new MergedView([await openTree(path)]));
}
