import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Bootstrap,
  existsInside,
  findBootstrap,
  interpreterOf,
  isBootstrap,
} from '../../../../src/core/run/bootstrap.ts';
import { openView } from '../../../support/openTree.ts';
import { diagnoseBootstrap } from '../../../../src/core/run/diagnoseBootstrap.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { type TreeEntry, writeTree } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

type Tree = Readonly<Record<string, TreeEntry>>;
const script = (text: string | Buffer): TreeEntry => ({ text, mode: 0o755 });
/** This machine's number in ELF files. */
const thisMachine = process.arch === 'arm64' ? 183 : 62;
const shell = script('#!/bin/sh\n');

describe('The bootstrap of a function', () => {
  const temporaryFolder = useTemporaryFolders();

  /** The second layer is a zip. */
  async function prepare(code: Tree, first: Tree = {}, second: Tree = {}) {
    const work = temporaryFolder();
    const codeFolder = writeTree(join(work, 'code'), code);
    const folder = writeTree(join(work, 'folder'), first);
    const view = await openView(folder, await writeZip(join(work, 'layer.zip'), second));
    const found = await findBootstrap(codeFolder, view);
    const surroundings = {
      exists: existsInside(codeFolder, view),
      searchPath: '/usr/bin/:/bin:/opt/bin',
      architecture: process.arch === 'arm64' ? 'x86_64' : 'arm64',
    };
    const diagnose = () => diagnoseBootstrap(found as Bootstrap, surroundings);
    return { found, diagnose };
  }

  describe('is looked for', () => {
    const places: Record<
      string,
      readonly [code: Tree, first: Tree, second: Tree, path: string, origin: RegExp]
    > = {
      'in the code before the layers': [
        { bootstrap: shell },
        { bootstrap: shell },
        {},
        '/var/task/bootstrap',
        /code\/bootstrap$/,
      ],
      'in the last layer that has one': [
        {},
        { bootstrap: script('first') },
        { bootstrap: script('second') },
        '/opt/bootstrap',
        /layer\.zip$/,
      ],
      'past a folder of that name in the code': [
        { 'bootstrap/x': '' },
        { bootstrap: shell },
        {},
        '/opt/bootstrap',
        /folder$/,
      ],
      'through a link in a layer to another layer': [
        {},
        { bootstrap: { link: 'bin/run' } },
        { 'bin/run': shell },
        '/opt/bootstrap',
        /bin\/run in the layer .*layer\.zip$/,
      ],
      'through a link in the code to a layer': [
        { bootstrap: { link: '/opt/bin/run' } },
        {},
        { 'bin/run': shell },
        '/var/task/bootstrap',
        /bin\/run in the layer/,
      ],
      'through a link in a layer to the code': [
        { run: shell },
        { bootstrap: { link: '/var/task/run' } },
        {},
        '/opt/bootstrap',
        /code\/run$/,
      ],
      'through links inside the code': [
        { bootstrap: { link: 'a/link' }, 'a/link': { link: '../run' }, run: shell },
        {},
        {},
        '/var/task/bootstrap',
        /code\/run$/,
      ],
    };
    for (const [kind, [code, first, second, path, origin]] of Object.entries(places)) {
      it(kind, async () => {
        const { found } = await prepare(code, first, second);
        assert.ok(isBootstrap(found), 'help' in found ? found.help : '');
        assert.equal(found.path, path);
        assert.match(found.origin, origin);
        assert.ok(found.executable);
      });
    }

    const nowhere: Record<string, readonly [code: Tree, first: Tree]> = {
      'there is none': [{}, {}],
      'it is only deeper inside': [{ 'bin/bootstrap': shell }, { 'runtime/bootstrap': shell }],
      'all that has its name are folders': [{ 'bootstrap/x': '' }, { 'bootstrap/x': '' }],
      'it is a link to nothing': [
        { bootstrap: { link: 'missing' } },
        { bootstrap: { link: '/opt/missing' } },
      ],
      'links lead in a circle': [
        { bootstrap: { link: '/opt/bootstrap' } },
        { bootstrap: { link: '/var/task/bootstrap' } },
      ],
      'it is a link to itself': [{ bootstrap: { link: 'bootstrap' } }, { bootstrap: { link: 'bootstrap' } }],
    };
    for (const [kind, [code, first]] of Object.entries(nowhere)) {
      it(`and told missing in Lambda’s words when ${kind}`, async () => {
        const { found } = await prepare(code, first);
        assert.ok(!isBootstrap(found));
        assert.equal(found.lambda, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
        assert.match(found.help, /"layers"/);
      });
    }
  });

  describe('can be started', () => {
    const sound: Record<string, readonly [code: Tree, first?: Tree]> = {
      'with an interpreter of this machine': [{ bootstrap: shell }],
      'with an interpreter behind blanks, and options': [{ bootstrap: script('#! \t/bin/sh -e\n') }],
      'with an interpreter in a layer': [{ bootstrap: script('#!/opt/bin/run\n') }, { 'bin/run': shell }],
      'with an interpreter behind links between layers and code': [
        { bootstrap: script('#!/opt/bin/run\n'), 'tools/run': shell },
        { 'bin/run': { link: '/var/task/tools/run' } },
      ],
      'with an interpreter in the code': [{ bootstrap: script('#!/var/task/bin/run\n'), 'bin/run': shell }],
      'with an interpreter relative to the code': [{ bootstrap: script('#!bin/run\n'), 'bin/run': shell }],
      'without a line end': [{ bootstrap: script('#!/bin/sh') }],
    };
    for (const [kind, [code, first]] of Object.entries(sound)) {
      it(kind, async () => assert.equal(await (await prepare(code, first)).diagnose(), undefined));
    }

    it('as a program for this machine, which is static or whose dynamic loader is there', async () => {
      const programs = [elf(thisMachine), elf(thisMachine, '/opt/lib/ld.so'), readFileSync('/bin/ls')];
      for (const program of programs) {
        const { diagnose } = await prepare({}, { bootstrap: script(program), 'lib/ld.so': shell });
        assert.equal(await diagnose(), undefined);
      }
    });

    for (const line of [
      '#!/usr/bin/env sh',
      '#!/usr/bin/env -S mine -x',
      '#!/usr/bin/env A=1 x',
      '#!/usr/bin/env -i x',
    ]) {
      it(`with a program that "${line}" finds, or may find`, async () => {
        const { diagnose } = await prepare({ bootstrap: script(`${line}\n`) }, { 'bin/mine': shell });
        assert.equal(await diagnose(), undefined);
      });
    }

    for (const line of ['#!/usr/bin/env none', '#!/usr/bin/env -S none -x', '#!/usr/bin/env ./none']) {
      it(`but ends at once when "${line}" finds nothing`, async () => {
        const problem = await (await prepare({ bootstrap: script(`${line}\n`) })).diagnose();
        assert.equal(problem?.lambda, undefined);
        assert.match(problem?.help ?? '', /none" *, which is nowhere on the function's PATH \(\/usr/);
      });
    }
  });

  describe('is told to be unable to start', () => {
    const cases: Record<string, readonly [code: Tree, lambda: string, help: RegExp]> = {
      'when it is not executable': [
        { bootstrap: { text: '#!/bin/sh\n', mode: 0o644 } },
        'permission denied',
        /chmod \+x/,
      ],
      'when it has Windows line ends': [
        { bootstrap: script('#!/bin/bash\r\necho\r\n') },
        'no such file or directory',
        /Windows line endings/,
      ],
      'when it has Windows line ends and an option': [
        { bootstrap: script('#!/bin/bash -e\r\n') },
        'no such file or directory',
        /Windows line endings/,
      ],
      'when its interpreter is missing': [
        { bootstrap: script('#!/opt/bin/python9\n') },
        'no such file or directory',
        /\/opt\/bin\/python9/,
      ],
      'when its interpreter is a folder': [
        { bootstrap: script('#!/usr/bin\n') },
        'no such file or directory',
        /\/usr\/bin/,
      ],
      'when it is for another processor': [
        { bootstrap: script(elf(process.arch === 'arm64' ? 62 : 183)) },
        'exec format error',
        process.arch === 'arm64'
          ? /is for x86_64, as "architecture" says; this machine is arm64/
          : /is for arm64, as "architecture" says; this machine is x86_64/,
      ],
      'when its dynamic loader is missing': [
        { bootstrap: script(elf(thisMachine, '/lib/ld-musl-none.so.1')) },
        'no such file or directory',
        /\/lib\/ld-musl-none\.so\.1.*another C library/,
      ],
      'when it is for a processor without a name': [
        { bootstrap: script(elf(99)) },
        'exec format error',
        /machine type 99/,
      ],
      'when it is a script that does not name its interpreter': [
        { bootstrap: script('echo hello\n') },
        'exec format error',
        /neither an ELF program nor a script/,
      ],
      'when it is empty': [{ bootstrap: script('') }, 'exec format error', /neither/],
      'when it names no interpreter': [{ bootstrap: script('#!\n') }, 'exec format error', /neither/],
    };
    for (const [kind, [code, lambda, help]] of Object.entries(cases)) {
      it(kind, async () => {
        const problem = await (await prepare(code)).diagnose();
        assert.equal(problem?.lambda, `fork/exec /var/task/bootstrap: ${lambda}`);
        assert.match(problem.help, help);
      });
    }

    it('when this machine has its interpreter in /opt, but the function has not', async () => {
      const { diagnose } = await prepare({ bootstrap: { link: '/opt/run' } }, { run: script('#!/opt/sh\n') });
      assert.match((await diagnose())?.help ?? '', /\/opt\/sh/);
    });
  });

  it('tells its interpreter line in words', async () => {
    const { found } = await prepare({ bootstrap: script('#!/usr/bin/env -S  node --flag\nmore') });
    assert.deepEqual(interpreterOf(found as Bootstrap), ['/usr/bin/env', '-S', 'node', '--flag']);
    const { found: program } = await prepare({ bootstrap: script(elf(62)) });
    assert.deepEqual(interpreterOf(program as Bootstrap), []);
  });
});

/** The first bytes of a program for Linux, with the name of a dynamic loader. */
function elf(machine: number, loader?: string): Buffer {
  const head = Buffer.alloc(200);
  if (loader !== undefined) {
    head.writeBigUInt64LE(64n, 32);
    head.writeUInt16LE(56, 54);
    head.writeUInt16LE(1, 56);
    head.writeUInt32LE(3, 64);
    head.writeBigUInt64LE(120n, 72);
    head.writeBigUInt64LE(BigInt(loader.length + 1), 96);
    head.write(loader, 120);
  }
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(machine, 18);
  return head;
}
