import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import type { TreeEntry } from '../../../support/tree.ts';
import { check, codes, goodLayer, makeLayer, only, openTree, script, type Tree } from './support.ts';
import { checkLayers } from '../../../../src/core/checks/checkLayers.ts';
import type { Finding } from '../../../../src/core/checks/finding.ts';

const runtime = 'provided.al2023';
const formats = ['folder', 'zip'] as const;

/** What a layer of the good one's kind must hold to give exactly one finding more, in both formats. */
interface Case {
  readonly code: string;
  readonly tree: Tree;
  readonly path?: string;
  readonly severity: Finding['severity'];
}

const cases: readonly Case[] = [
  { code: 'backslashInName', tree: { 'python\\a.py': 'a' }, path: 'python\\a.py', severity: 'error' },
  {
    code: 'controlCharacter',
    tree: { 'python/a\u0007.py': 'a' },
    path: 'python/a\u0007.py',
    severity: 'warning',
  },
  { code: 'setuidDropped', tree: { 'bin/su': { text: script.text, mode: 0o4755 } }, severity: 'warning' },
  { code: 'linkDangles', tree: { 'lib/gone': { link: 'nothing' } }, path: 'lib/gone', severity: 'warning' },
  { code: 'linkLoops', tree: { 'lib/round': { link: 'round' } }, path: 'lib/round', severity: 'error' },
  {
    code: 'linkEscapes',
    tree: { 'lib/out': { link: '../../etc/passwd' } },
    path: 'lib/out',
    severity: 'warning',
  },
  { code: 'caseConflict', tree: { 'lib/A': '1', 'lib/a': '2' }, path: 'lib/A', severity: 'info' },
  {
    code: 'bootstrapNotExecutable',
    tree: { bootstrap: { text: script.text, mode: 0o644 } },
    severity: 'error',
  },
  {
    code: 'bootstrapNotExecutable',
    tree: { bootstrap: { text: script.text, mode: 0o744 } },
    severity: 'error',
  },
  {
    code: 'bootstrapCarriageReturn',
    tree: { bootstrap: program('#!/bin/sh\r\nexit\r\n') },
    severity: 'error',
  },
  { code: 'bootstrapNotProgram', tree: { bootstrap: program('console.log(1)\n') }, severity: 'error' },
  {
    code: 'bootstrapInterpreterMissing',
    tree: { bootstrap: program('#!/opt/bin/node\n') },
    severity: 'error',
  },
  {
    code: 'bootstrapInterpreterNotInRuntime',
    tree: { bootstrap: program('#!/usr/bin/php\n') },
    severity: 'warning',
  },
  {
    code: 'bootstrapInterpreterNotInRuntime',
    tree: { bootstrap: program('#!/usr/bin/env node\n') },
    severity: 'warning',
  },
  {
    code: 'extensionNotExecutable',
    tree: { 'extensions/agent': { text: script.text, mode: 0o644 } },
    path: 'extensions/agent',
    severity: 'error',
  },
  {
    code: 'extensionCarriageReturn',
    tree: { 'extensions/agent': program('#!/bin/sh\r\n') },
    severity: 'error',
  },
  { code: 'extensionNotProgram', tree: { 'extensions/readme': program('hello') }, severity: 'error' },
  {
    code: 'extensionInterpreterMissing',
    tree: { 'extensions/agent': program('#!/opt/x\n') },
    severity: 'error',
  },
  { code: 'extensionIsDirectory', tree: { 'extensions/agent/main': script }, severity: 'info' },
  {
    code: 'fileNotReadable',
    tree: { 'lib/secret': { text: 's', mode: 0o600 } },
    path: 'lib/secret',
    severity: 'error',
  },
  { code: 'directoryNotReadable', tree: { 'lib/secret': { directory: 0o700 } }, severity: 'error' },
  {
    code: 'programNotExecutable',
    tree: { 'bin/other': { text: script.text, mode: 0o644 } },
    path: 'bin/other',
    severity: 'warning',
  },
];

function program(text: string): TreeEntry {
  return { text, mode: 0o755 };
}

describe('checkLayers', () => {
  const temporaryFolder = useTemporaryFolders();

  for (const format of formats) {
    it(`finds nothing wrong with a good layer in a ${format}`, async () => {
      const layer = await makeLayer(temporaryFolder(), 'good', goodLayer, format);
      assert.deepEqual(await check([layer], { runtime, architecture: 'x86_64' }), []);
    });

    for (const { code, tree, path, severity } of cases) {
      it(`reports ${code} in a ${format} for ${JSON.stringify(tree)}`, async () => {
        const folder = temporaryFolder();
        const layer = await makeLayer(folder, 'layer', { ...goodLayer, ...tree }, format);
        const findings = await check([layer], { runtime });
        assert.deepEqual(codes(findings), [code]);
        const finding = only(findings, code);
        assert.equal(finding.severity, severity);
        assert.equal(finding.layer, 0);
        if (path !== undefined) assert.equal(finding.path, path);
        assert.notEqual(finding.help, '');
      });
    }
  }

  describe('limits', () => {
    it('reports more than 262,144,000 bytes of code and layers, shadowed ones too', async () => {
      const folder = temporaryFolder();
      const paths: string[] = [];
      for (const name of ['one', 'two']) {
        const path = await makeLayer(folder, name, { 'lib/data': '' }, 'folder');
        truncateSync(join(path, 'lib/data'), 131_072_000);
        paths.push(path);
      }
      assert.deepEqual(codes(await check(paths)), []);
      const code = await makeLayer(folder, 'code', { 'main.js': '1' }, 'folder');
      assert.deepEqual(codes(await check(paths, { code })), ['unzippedTooLarge']);
    });

    it('reports a sixth layer and a layer that is given twice', async () => {
      const folder = temporaryFolder();
      const make = (name: string) => makeLayer(folder, name, { [`lib/${name}`]: '1' }, 'folder');
      const paths = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(make));
      assert.deepEqual(codes(await check(paths.slice(0, 5))), []);
      assert.deepEqual(codes(await check(paths)), ['tooManyLayers']);
      const twice = await check([...paths.slice(0, 2), ...paths.slice(0, 1)]);
      assert.equal(only(twice, 'sameLayerTwice').layer, 2);
    });

    it('reports a zip that is too large for a request', async () => {
      const path = await makeLayer(temporaryFolder(), 'layer', { 'lib/a': '1' }, 'zip');
      writeFileSync(path, Buffer.concat([Buffer.alloc(50 * 1024 * 1024), readFileSync(path)]));
      assert.deepEqual(codes(await check([path])), ['containerWarning', 'zipNeedsS3']);
    });
  });

  describe('archive', () => {
    /** A zip made by Python, which writes whatever it is told to. */
    async function strange(lines: string): Promise<Finding[]> {
      const path = join(temporaryFolder(), 'layer.zip');
      const program = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w')
def add(name, text='x', mode=0o100644, method=zipfile.ZIP_STORED):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    z.writestr(info, text, method)
add('lib/a')
${lines}
z.close()
`;
      execFileSync('python3', ['-W', 'ignore', '-c', program, path]);
      return check([path]);
    }

    const named: Readonly<Record<string, string>> = {
      nameEscapes: "add('../../etc/passwd')",
      nameAbsolute: "add('/etc/passwd')",
      nameInvalid: "add('x' * 300)",
      duplicateEntry: "add('lib/a', 'b')",
      entryKindConflict: "add('lib/b')\nadd('lib/b/', '', 0o040755)",
      entryBelowFile: "add('lib/a/b')",
      specialFile: "add('lib/pipe', '', 0o010644)",
      entryUnreadable: "add('lib/b', method=zipfile.ZIP_BZIP2)",
    };
    for (const [code, lines] of Object.entries(named)) {
      it(`reports ${code}, offers to drop the entry, and nothing else`, async () => {
        const findings = await strange(lines);
        assert.deepEqual(codes(findings), [code]);
        assert.equal(findings[0]?.fix?.type, 'dropEntries');
      });
    }

    it('counts what is alike instead of listing a million findings', async () => {
      const findings = await strange("for i in range(1000): add(f'../{i}')");
      assert.equal(findings.length, 51);
      assert.match(findings.at(-1)?.message ?? '', /^950 more/);
    });
  });

  describe('conflicts', () => {
    it('reports who makes what of a path that layers do not agree on', async () => {
      const folder = temporaryFolder();
      const one = await makeLayer(folder, 'one', { 'lib/thing/a': 'a' }, 'folder');
      const two = await makeLayer(folder, 'two', { 'lib/thing': 'a file' }, 'zip');
      const finding = only(await check([one, two]), 'kindConflict');
      assert.equal(finding.path, 'lib/thing');
      assert.equal(finding.layer, 1);
      assert.match(finding.message, /file in layer 2 \(two\.zip\).*directory in layer 1 \(one\)/);
    });

    it('reports names of two layers that differ by case alone', async () => {
      const folder = temporaryFolder();
      const one = await makeLayer(folder, 'one', { 'lib/Config': 'a' }, 'folder');
      const two = await makeLayer(folder, 'two', { 'lib/config': 'a' }, 'zip');
      assert.equal(only(await check([one, two]), 'caseConflict').severity, 'warning');
    });

    it('says nothing of a layer that replaces files of another', async () => {
      const folder = temporaryFolder();
      const one = await makeLayer(folder, 'one', goodLayer, 'folder');
      const two = await makeLayer(folder, 'two', goodLayer, 'zip');
      assert.deepEqual(await check([one, two], { runtime }), []);
    });
  });

  describe('search paths', () => {
    it('reports a parent folder inside the layer whose content would be found', async () => {
      const layer = await makeLayer(temporaryFolder(), 'l', { 'my-layer/python/a.py': '1' }, 'zip');
      const finding = only(await check([layer]), 'parentFolder');
      assert.deepEqual(finding.fix, { type: 'stripParent', folder: 'my-layer' });
    });

    it('reports a layer of which nothing is found, and one that is empty', async () => {
      const folder = temporaryFolder();
      const data = await makeLayer(folder, 'data', { 'data/a.bin': '1' }, 'folder');
      const empty = await makeLayer(folder, 'empty', {}, 'zip');
      assert.deepEqual(codes(await check([data, empty])), ['layerEmpty', 'nothingReachable']);
    });
  });

  describe('bootstrap', () => {
    it('reports that there is none, as an error once the code is known', async () => {
      const folder = temporaryFolder();
      const layer = await makeLayer(folder, 'layer', { 'lib/a': '1' }, 'folder');
      assert.equal(only(await check([layer], { runtime }), 'bootstrapMissing').severity, 'warning');
      const code = await makeLayer(folder, 'code', { 'main.js': '1' }, 'zip');
      assert.equal(only(await check([layer], { runtime, code }), 'bootstrapMissing').severity, 'error');
      assert.deepEqual(await check([layer], { runtime: 'nodejs22.x', code }), []);
      assert.deepEqual(await check([layer]), []);
    });

    it("judges the code's bootstrap before the layers'", async () => {
      const folder = temporaryFolder();
      const layer = await makeLayer(folder, 'layer', goodLayer, 'folder');
      const code = await makeLayer(folder, 'code', { bootstrap: { ...script, mode: 0o644 } }, 'zip');
      const finding = only(await check([layer], { runtime, code }), 'bootstrapNotExecutable');
      assert.equal(finding.layer, 'code');
    });

    it('passes over a directory, and says so', async () => {
      const layer = await makeLayer(temporaryFolder(), 'layer', { 'bootstrap/main': script }, 'zip');
      assert.deepEqual(codes(await check([layer], { runtime })), [
        'bootstrapIsDirectory',
        'bootstrapMissing',
      ]);
    });

    it('finds the interpreter that another layer brings, by path and in PATH', async () => {
      const folder = temporaryFolder();
      const tools = await makeLayer(folder, 'tools', { 'bin/node': script }, 'folder');
      for (const line of ['#!/opt/bin/node', '#!/usr/bin/env node']) {
        const layer = await makeLayer(
          folder,
          line.length.toString(),
          { bootstrap: program(`${line}\n`) },
          'zip',
        );
        assert.deepEqual(await check([tools, layer], { runtime }), []);
      }
    });

    it('reads no more than the head of a large program in a zip, and knows its machine', async () => {
      const head = Buffer.alloc(64);
      head.writeUInt32BE(0x7f454c46, 0);
      head.writeUInt16LE(62, 18);
      const text = head.toString('latin1') + 'x'.repeat(3_000_000);
      const layer = await makeLayer(temporaryFolder(), 'layer', { bootstrap: program(text) }, 'zip');
      const findings = await check([layer], { runtime, architecture: 'x86_64' });
      assert.deepEqual(findings, []);
      assert.deepEqual(codes(await check([layer], { runtime, architecture: 'arm64' })), [
        'bootstrapWrongArchitecture',
      ]);
    });
  });

  it('stops when it is cancelled', async () => {
    const layer = await openTree(await makeLayer(temporaryFolder(), 'good', goodLayer, 'zip'));
    await assert.rejects(checkLayers({ layers: [layer] }, AbortSignal.abort()), { name: 'AbortError' });
  });
});
