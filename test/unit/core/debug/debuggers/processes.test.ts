import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isListening } from '../../../../../src/core/debug/debuggers/listening.ts';
import {
  continueStopped,
  isStopped,
  isTraced,
} from '../../../../../src/core/debug/debuggers/processState.ts';
import { pythonStart, startVariables } from '../../../../../src/core/debug/debuggers/pythonStart.ts';
import { shellDebugger } from '../../../../../src/core/debug/debuggers/shellDebugger.ts';
import { stopAtEntry } from '../../../../../src/core/debug/debuggers/stopAtEntry.ts';
import { PathMapping } from '../../../../../src/core/debug/pathMapping.ts';
import { MergedView } from '../../../../../src/core/opt/mergedView.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { writeTree } from '../../../../support/tree.ts';
import { bootstrapOf, startOf } from './support.ts';

describe('A process that is started for a debugger', () => {
  const temporaryFolder = useTemporaryFolders();
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  async function untilStopped(pid: number): Promise<void> {
    while ((await isStopped(pid)) !== true) await setTimeout(5);
  }

  it('stops when it has become the program, before that did anything, and goes on when it is told to', async () => {
    const command = await stopAtEntry('a program');
    const [file = '', ...args] = command('/bin/pwd');
    const child = spawn(file, args, { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()));
    const { pid } = child;
    assert.ok(pid !== undefined);
    await untilStopped(pid);
    assert.equal(
      execFileSync('readlink', [`/proc/${pid}/exe`], { encoding: 'utf8' })
        .trim()
        .split('/')
        .at(-1),
      'pwd',
    );
    assert.equal(output, '');
    assert.equal(await isTraced(pid), false);
    continueStopped(pid);
    await once(child, 'close');
    assert.equal(output, '/\n');
    assert.equal(await isStopped(pid), undefined);
  });

  it('leaves the environment of the program as it was given', async () => {
    const command = await stopAtEntry('a program');
    const [file = '', ...args] = command('/usr/bin/env');
    const child = spawn(file, args, {
      env: { ONE: '1', LANG: 'xx_XX.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const { pid } = child;
    assert.ok(pid !== undefined);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()));
    await untilStopped(pid);
    continueStopped(pid);
    await once(child, 'close');
    assert.deepEqual(output.trim().split('\n').sort(), ['LANG=xx_XX.UTF-8', 'ONE=1']);
  });

  it('listens, or does not, which is seen without connecting', async () => {
    const connections: unknown[] = [];
    const server = createServer((socket) => connections.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    assert.equal(await isListening(port), true);
    server.close();
    await once(server, 'close');
    assert.equal(await isListening(port), false);
    if (process.platform === 'linux') assert.deepEqual(connections, []);
  });

  describe('in Python', () => {
    /** Runs Python with the start file and a stand-in for debugpy that says what it is asked for. */
    function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): string[] {
      const work = writeTree(temporaryFolder(), {
        'start/sitecustomize.py': pythonStart,
        'library/debugpy.py': [
          'def configure(**options): print("configure", options, flush=True)',
          'def listen(address): print("listen", address, flush=True)',
          'def wait_for_client(): print("wait", flush=True)',
        ].join('\n'),
        'own/sitecustomize.py': 'print("own sitecustomize", flush=True)',
        'own/main.py': [
          'import os, sys',
          'print(sorted(name for name in os.environ if name.startswith(("LAMBDA", "PYTHON", "PYDEVD"))))',
          'print(os.environ.get("PYTHONPATH"), [p for p in sys.path if "start" in p or "library" in p])',
        ].join('\n'),
      });
      mkdirSync(join(work, 'empty'));
      const output = execFileSync('python3', args, {
        cwd: join(work, 'own'),
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'] ?? '',
          PYTHONPATH: `${work}/start:${work}/own`,
          [startVariables.port]: '5678',
          [startVariables.folder]: `${work}/start`,
          [startVariables.debugpy]: `${work}/library`,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      return output.trim().replaceAll(work, '').split('\n');
    }

    it('waits for the debugger before anything of the program, and leaves no trace in it', () => {
      const [first, second, third, ...rest] = run(['main.py']);
      assert.match(first ?? '', /^configure .*subProcess/);
      assert.deepEqual([second, third], ["listen ('127.0.0.1', 5678)", 'wait']);
      assert.deepEqual(rest, ['own sitecustomize', "['PYTHONPATH']", '/own []']);
    });

    it('waits in modules that are run, too', () => {
      assert.ok(run(['-u', '-m', 'main']).includes('wait'));
    });

    it('does not wait in one-liners, which leave that to the next', () => {
      const output = run(['-u', '-c', `import os; print('${startVariables.port}' in os.environ)`]);
      assert.deepEqual(output, ['own sitecustomize', 'True']);
    });
  });

  describe('in a shell', () => {
    for (const interpreter of ['/bin/bash', '/bin/sh', '/usr/bin/env bash', '/bin/bash -e']) {
      it(`tells each line that is executed, apart from what it prints (${interpreter})`, async () => {
        const code = writeTree(temporaryFolder(), {
          bootstrap: {
            text: `#!${interpreter}\nset -u\n. "\${0%/*}/more.sh"\nx=$(say one 2>&1)\necho "$x"\nexit 3\n`,
            mode: 0o755,
          },
          'more.sh': 'say() {\n  echo "said $1"\n}\n',
        });
        const mapping = new PathMapping(new MergedView([]), '/sources', { opt: '/opt', task: code });
        const start = await startOf(bootstrapOf(`#!${interpreter}\n`), {}, { mapping });
        const plan = await shellDebugger.plan(start);
        const [file = '', ...args] = plan.command?.(join(code, 'bootstrap')) ?? [];
        const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        children.push(child);
        let [output, errors] = ['', ''];
        child.stdout.on('data', (data: Buffer) => (output += data.toString()));
        child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
        const [status] = (await once(child, 'close')) as [number];
        assert.equal(status, 3);
        assert.equal(output, 'said one\n');
        const lines = errors
          .trimEnd()
          .split('\n')
          .map((line) => plan.talk?.(line));
        assert.ok(!lines.includes(undefined), errors);
        const shown = lines.flatMap((line) => line?.shown ?? []);
        assert.ok(shown.includes('/sources/bootstrap:2  set -u'), shown.join('\n'));
        assert.ok(shown.includes("  /sources/more.sh:2  echo 'said one'"), shown.join('\n'));
      });
    }

    it('leaves alone what only looks like it', async () => {
      const plan = await shellDebugger.plan(await startOf(bootstrapOf('#!/bin/sh\n'), {}));
      for (const line of ['+ echo', '+file:1: echo', '', '\x1f']) assert.equal(plan.talk?.(line), undefined);
    });
  });
});
