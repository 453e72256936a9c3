import assert from 'node:assert/strict';
import { join } from 'node:path';
import { chooseDebugger } from '../../../../../src/core/debug/debuggers/chooseDebugger.ts';
import { handlerRun } from '../../../../../src/core/debug/debuggers/handlerRun.ts';
import { describeProgram, readProgram } from '../../../../../src/core/debug/debuggers/program.ts';
import { codeIn } from '../../../../support/functionCode.ts';
import { openView } from '../../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { writeTree } from '../../../../support/tree.ts';
import { bootstrapOf, elfOf } from './support.ts';

async function choose(content: string | Buffer) {
  const chosen = chooseDebugger('auto', await readProgram(bootstrapOf(content)));
  return chosen === undefined ? undefined : `${chosen.debug.language}: ${chosen.evidence}`;
}

const shell = 'shell (a trace of executed lines)';

describe('The choice of a debugger', () => {
  const temporaryFolder = useTemporaryFolders();
  const known: readonly (readonly [content: string | Buffer, expected: string])[] = [
    ['#!/usr/bin/env node\n', 'Node.js: first line names node'],
    ['#!/usr/bin/env -S node --enable-source-maps\n', 'Node.js: first line names node'],
    ['#!/usr/bin/env -S NODE_ENV=test node\n', 'Node.js: first line names node'],
    ['#!/opt/bin/node\n', 'Node.js: first line names node'],
    ['#! /opt/nodejs/bin/node --no-warnings\nconsole.log(1)', 'Node.js: first line names node'],
    ['#!/usr/bin/nodejs', 'Node.js: first line names nodejs'],
    ['#!/usr/bin/env python3\n', 'Python: first line names python3'],
    ['#!/opt/python/bin/python3.13 -u\n', 'Python: first line names python3.13'],
    ['#!/bin/sh\nexec /opt/bin/node /opt/index.js\n', 'Node.js: line 2 runs /opt/bin/node'],
    [
      '#!/bin/sh\nset -e\nexport PATH=/opt/bin:$PATH\nexec python3 -m awslambdaric "$_HANDLER"\n',
      'Python: line 4 runs python3',
    ],
    ['#!/bin/bash\nFOO=bar exec -a me env A=b "node" x.js\n', 'Node.js: line 2 runs node'],
    ['#!/bin/bash\ncd /opt && exec node \\\n  x.js\n', 'Node.js: line 3 runs node'],
    ['#!/bin/bash\n"$JAVA_HOME/bin/java" -jar app.jar', 'Java: line 2 runs $JAVA_HOME/bin/java'],
    ['#!/bin/bash\nexec "${PYTHON:-python3.12}" -m ric', 'Python: line 2 runs python3.12'],
    [
      '#!/bin/sh\nexec /opt/lib/ld-linux-x86-64.so.2 --library-path /opt/lib /opt/bin/node x\n',
      'Node.js: line 2 runs /opt/bin/node',
    ],
    ['#!/bin/bash\nnode index.js', 'Node.js: line 2 runs node'],
    [elfOf({ '.go.buildinfo': 'x', '.debug_info': 'x' }), 'Go: Go build information'],
    [elfOf({ '.go.buildinfo': 'x' }), 'Go: Go build information'],
    [elfOf({ '.debug_info': 'x' }), 'C, C++ or Rust: debug information'],
    [elfOf({ '.gnu_debuglink': 'x' }), 'C, C++ or Rust: debug information'],
    [
      elfOf({ '.debug_info': 'x', '.debug_str': 'clang LLVM (rustc version 1.80.0)' }),
      'C, C++ or Rust: debug information of Rust',
    ],
  ];
  for (const [content, expected] of known) {
    it(`is ${expected}, for ${JSON.stringify(content.toString('latin1').slice(0, 80))}`, async () => {
      assert.equal(await choose(content), expected);
    });
  }

  const plainShell: readonly string[] = [
    '#!/bin/bash\nwhile true; do\n  node -e 1\n  python3 x.py\ndone\n',
    '#!/bin/bash\nVERSION=$(node --version)\n',
    '#!/bin/bash\n# exec node\n',
    '#!/bin/bash\ncat <<EOF\nexec node\nEOF\n',
    '#!/bin/bash\necho "exec node"\n',
    '#!/bin/bash\nexec 3>&1\n',
    '#!/bin/bash\nexec "$RUNTIME"\n',
    '#!/usr/bin/env bash\n',
    '#!/bin/sh\n/opt/bin/node-wrapper\n',
  ];
  for (const content of plainShell) {
    it(`is the trace, for the shell script ${JSON.stringify(content)}`, async () => {
      assert.match(
        (await choose(content)) ?? '',
        new RegExp(`^${shell.replaceAll(/[()]/g, '\\$&')}: first line`),
      );
    });
  }

  const unknown: readonly (readonly [content: string | Buffer, description: string])[] = [
    ['#!/usr/bin/env\n', 'is run by nothing'],
    ['#!/opt/bin/node-wrapper\n', 'is run by /opt/bin/node-wrapper'],
    ['#!/usr/bin/php\n', 'is run by /usr/bin/php'],
    ['#!/bin/dash\n', 'is run by /bin/dash'],
    ['node\n', 'is no program'],
    ['', 'is no program'],
    [Buffer.from('\x7fELF'), 'is no program'],
    [elfOf({ '.text': 'x' }), 'is a program without debug information'],
  ];
  for (const [content, description] of unknown) {
    it(`is none, for ${JSON.stringify(content.toString('latin1').slice(0, 40))}, and says what that is`, async () => {
      const program = await readProgram(bootstrapOf(content));
      assert.equal(chooseDebugger('auto', program), undefined);
      assert.equal(describeProgram(program), description);
    });
  }

  describe('looks at the file with the handler', () => {
    const files = {
      'app.py': '',
      'src/index.mjs': '',
      'pkg/mod.py': '',
      'folder.js/x': '',
    };
    const cases: readonly (readonly [handler: string, content: string | Buffer, chosen: string])[] = [
      ['app.handle', '#!/bin/bash\n', 'Python: the handler is in /var/task/app.py'],
      ['pkg.mod.handle', '#!/bin/bash\n', 'Python: the handler is in /var/task/pkg/mod.py'],
      ['src/index.handler', elfOf({ '.text': 'x' }), 'Node.js: the handler is in /var/task/src/index.mjs'],
      ['shared.handler', '#!/usr/bin/php\n', 'Node.js: the handler is in /opt/shared.cjs'],
      ['app.handle', '#!/usr/bin/env node\n', 'Node.js: first line names node'],
      ['app.handle', elfOf({ '.debug_info': 'x' }), 'C, C++ or Rust: debug information'],
      ['none.handle', '#!/bin/bash\n', `${shell}: first line names bash`],
      ['folder.handle', '#!/bin/bash\n', `${shell}: first line names bash`],
      ['app', '#!/bin/bash\n', `${shell}: first line names bash`],
    ];
    for (const [handler, content, expected] of cases) {
      it(`${handler}, beside what the bootstrap tells: ${expected}`, async () => {
        const work = temporaryFolder();
        const code = codeIn(writeTree(join(work, 'code'), files));
        const view = await openView(writeTree(join(work, 'layer'), { 'shared.cjs': '' }));
        const program = await readProgram(bootstrapOf(content));
        const chosen = chooseDebugger('auto', program, await handlerRun(handler, { code, view }));
        assert.equal(`${chosen?.debug.language}: ${chosen?.evidence}`, expected);
      });
    }
  });

  it('is none when none is wanted', async () => {
    assert.equal(chooseDebugger('none', await readProgram(bootstrapOf('#!/usr/bin/env node\n'))), undefined);
  });

  it('is the configured one for whatever there is', async () => {
    const template = { type: 'rdbg', request: 'attach' };
    const chosen = chooseDebugger(template, await readProgram(bootstrapOf('#!/usr/bin/env node\n')));
    assert.equal(chosen?.debug.language, 'rdbg');
  });
});
