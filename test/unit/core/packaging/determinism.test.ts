import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, it } from 'mocha';
import { packageLayer } from '../../../../src/core/packaging/packageLayer.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree, type TreeEntry } from '../../../support/tree.ts';

const packaging = new URL('../../../../src/core/packaging/', import.meta.url);

const tree: Readonly<Record<string, TreeEntry>> = {
  'bin/tool': { text: '#!/bin/sh\n', mode: 0o755 },
  'lib/link': { link: '../bin/tool' },
  'python/large.py': 'value = 1\n'.repeat(250_000),
  'python/small.py': 'value = 2\n',
  'tmp/empty': { directory: 0o755 },
};

describe('the bytes of a packaged layer', () => {
  const temporaryFolder = useTemporaryFolders();

  /** A folder whose surroundings, where packaging writes by default, are removed with it. */
  const layerFolder = (): string => join(temporaryFolder(), 'layer');

  it('do not depend on times, owners’ modes, or the order in which files were made', async () => {
    const first = writeTree(layerFolder(), tree);
    const second = writeTree(layerFolder(), Object.fromEntries(Object.entries(tree).reverse()));
    utimesSync(join(second, 'python/small.py'), 1, 1);
    chmodSync(join(second, 'python/small.py'), 0o600);
    chmodSync(join(second, 'bin/tool'), 0o711);
    chmodSync(join(second, 'tmp/empty'), 0o700);
    const [one, two] = [await packageLayer({ path: first }), await packageLayer({ path: second })];
    assert.ok(readFileSync(one.file).equals(readFileSync(two.file)));
    assert.equal(one.contentHash, two.contentHash);
  });

  it('do not depend on the time zone, and a program that packaged ends by itself', async () => {
    const path = writeTree(layerFolder(), tree);
    const { sha256Base64 } = await packageLayer({ path });
    const program = `import { packageLayer } from ${JSON.stringify(new URL('packageLayer.ts', packaging).href)};
      process.stdout.write((await packageLayer({ path: process.argv[1] })).sha256Base64);`;
    for (const TZ of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      const args = ['--input-type=module', '--eval', program, path];
      assert.equal(execFileSync(process.execPath, args, { env: { TZ }, encoding: 'utf8' }), sha256Base64);
    }
  });

  it('are the same from the bundle, whose threads are a file beside it', async () => {
    const path = writeTree(layerFolder(), tree);
    const { sha256Base64 } = await packageLayer({ path });
    const outdir = temporaryFolder();
    await build({
      entryPoints: {
        extension: fileURLToPath(new URL('packageLayer.ts', packaging)),
        deflateWorker: fileURLToPath(new URL('deflateWorker.ts', packaging)),
      },
      outdir,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
      logLevel: 'silent',
    });
    const bundle = (await import(pathToFileURL(join(outdir, 'extension.cjs')).href)) as {
      packageLayer: typeof packageLayer;
    };
    assert.equal((await bundle.packageLayer({ path })).sha256Base64, sha256Base64);
  });
});

describe('the content hash of a packaged layer', () => {
  const temporaryFolder = useTemporaryFolders();

  /** A folder whose surroundings, where packaging writes by default, are removed with it. */
  const layerFolder = (): string => join(temporaryFolder(), 'layer');

  const hashOf = async (entries: Readonly<Record<string, TreeEntry>>, layout?: string): Promise<string> => {
    const request = { path: writeTree(layerFolder(), entries), ...(layout !== undefined && { layout }) };
    return (await packageLayer(request)).contentHash;
  };

  it('is the documented one, which others can compute', async () => {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const large = 'x'.repeat(1_500_000);
    const lines = [
      `100755 file ${sha256('a')} bin/a`,
      `040755 directory ${sha256('')} empty/`,
      `100644 file ${sha256(large)} large`,
      `120777 link ${sha256('bin/a')} link`,
    ];
    const hash = await hashOf({
      'bin/a': { text: 'a', mode: 0o755 },
      empty: { directory: 0o755 },
      large,
      link: { link: 'bin/a' },
    });
    assert.equal(hash, sha256(lines.map((line) => `${line}\n`).join('')));
  });

  it('changes with a name, a mode, a kind, a content and the layout', async () => {
    const hashes = [
      await hashOf({ a: 'b' }),
      await hashOf({ b: 'b' }),
      await hashOf({ a: 'c' }),
      await hashOf({ a: { text: 'b', mode: 0o755 } }),
      await hashOf({ a: { link: 'b' } }),
      await hashOf({ a: { directory: 0o755 } }),
      await hashOf({ a: 'b' }, 'lib'),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
  });
});
