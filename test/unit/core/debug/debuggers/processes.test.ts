import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findListener } from '../../../../../src/core/debug/debuggers/listening.ts';
import {
  continueStopped,
  isStopped,
  isTraced,
} from '../../../../../src/core/debug/debuggers/processState.ts';
import { nodeDebugger } from '../../../../../src/core/debug/debuggers/nodeDebugger.ts';
import {
  pythonStart,
  startVariables,
  userFolders,
} from '../../../../../src/core/debug/debuggers/pythonStart.ts';
import { shellDebugger } from '../../../../../src/core/debug/debuggers/shellDebugger.ts';
import { stopAtEntry } from '../../../../../src/core/debug/debuggers/stopAtEntry.ts';
import { PathMapping } from '../../../../../src/core/debug/pathMapping.ts';
import { ProcessGroup } from '../../../../../src/core/run/processGroup.ts';
import { MergedView } from '../../../../../src/core/opt/mergedView.ts';
import { codeIn } from '../../../../support/functionCode.ts';
import { until } from '../../../../support/processes.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { writeTree } from '../../../../support/tree.ts';
import { bootstrapOf, startOf } from './support.ts';

describe('A process that is started for a debugger', () => {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
  const temporaryFolder = useTemporaryFolders();

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
    const first = await findListener(port);
    assert.ok(first !== undefined);
    assert.equal(await findListener(port), first);
    server.close();
    await once(server, 'close');
    assert.equal(await findListener(port), undefined);
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    if (process.platform === 'linux') assert.notEqual(await findListener(port), first);
    other.close();
    if (process.platform === 'linux') assert.deepEqual(connections, []);
  });

  describe('in Node.js', () => {
    /** The debugger's side of the inspector: waits for it, connects, and lets the program go on. */
    async function debug(port: number): Promise<void> {
      const target = await eventually(async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
        return ((await answer?.json()) as { webSocketDebuggerUrl: string }[] | undefined)?.[0];
      });
      const socket = new WebSocket(target.webSocketDebuggerUrl);
      await once(socket, 'open');
      socket.send(JSON.stringify({ id: 1, method: 'Runtime.runIfWaitingForDebugger' }));
      await once(socket, 'message');
      socket.close(); // or the program would wait for it at its end
    }

    async function eventually<T>(find: () => Promise<T | undefined>): Promise<T> {
      for (;;) {
        const found = await find();
        if (found !== undefined) return found;
        await setTimeout(5);
      }
    }

    /** Runs a shell script that runs Node.js, as a bootstrap does; `node` is this one. */
    async function start(script: string, variables: Readonly<Record<string, string>> = {}) {
      const work = writeTree(join(temporaryFolder(), 'with "quotes" and blanks'), {
        'main.mjs':
          'console.log("main", process.env.NODE_OPTIONS ?? "none", seen(process.env), process.execArgv.length);',
        'more.cjs': 'console.log("more")',
        'globals.cjs':
          'globalThis.seen = (env) => Object.keys(env).filter((name) => name.startsWith("LAMBDA")).length;',
      });
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      server.close();
      await once(server, 'close');
      const plan = await nodeDebugger.plan(
        await startOf(
          bootstrapOf('#!/usr/bin/env node\n'),
          { node: '/js' },
          {
            port,
            variables: {
              NODE_OPTIONS: `--require "${join(work, 'globals.cjs').replaceAll(/["\\]/g, '\\$&')}"`,
              ...variables,
            },
            temporary: { here: work, inside: work },
          },
        ),
      );
      const { onLine, lines } = collect();
      const group = await ProcessGroup.start(
        { file: '/bin/sh', args: ['-c', script], cwd: work },
        { env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...plan.variables }, onLine },
      );
      const own = () => lines.filter((line) => plan.talk?.(line) === undefined);
      return { group, own, port };
    }

    function collect() {
      const lines: string[] = [];
      return { lines, onLine: (line: string) => void lines.push(line) };
    }

    it('waits for the debugger before anything of the program, and leaves no trace in it', async () => {
      const { group, own, port } = await start('exec node main.mjs');
      await debug(port);
      await group.exited;
      assert.match(own().join('\n'), /^main --require "[^\n]*globals\.cjs" 0 0$/);
    });

    it('does not wait in one-liners, workers and children, and does not tell these of it', async () => {
      const worker = `new (require('worker_threads').Worker)('console.log("worker")', { eval: true })`;
      const child = `console.log(require('child_process').execFileSync('node', ['more.cjs'], { encoding: 'utf8' }).trim())`;
      const { group, own, port } = await start(
        `node -p 1; node -e 'console.log(2)'; echo '${worker.replaceAll("'", `'"'"'`)}; ${child.replaceAll("'", `'"'"'`)}' > it.cjs; exec node it.cjs`,
      );
      await debug(port);
      await group.exited;
      assert.deepEqual(own().sort(), ['1', '2', 'more', 'worker']);
    });

    it('waits in each script that runs after the other, and not in a second one beside it', async () => {
      const { group, own, port } = await start(
        'node more.cjs; echo next; node main.mjs & node more.cjs & wait',
      );
      await debug(port);
      await until(() => own().includes('next'));
      await until(() => own().length === 3); // one of the two waits, the other does not
      await debug(port);
      await group.exited;
      assert.deepEqual(
        own()
          .map((line) => line.split(' ')[0])
          .sort(),
        ['main', 'more', 'more', 'next'],
      );
    });
  });

  describe('in Python', () => {
    /** Runs Python with the start file and a stand-in for debugpy that says what it is asked for. */
    function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): string[] {
      const work = writeTree(temporaryFolder(), {
        'start/sitecustomize.py': pythonStart,
        ...Object.fromEntries(userFolders.map((folder) => [`start/${folder}/usercustomize.py`, pythonStart])),
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
          PYTHONUSERBASE: `${work}/start`,
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

    it('waits as well where the bootstrap sets PYTHONPATH anew', () => {
      const output = run(['main.py'], { PYTHONPATH: '', [startVariables.userBase]: '/base' });
      const waited = ["listen ('127.0.0.1', 5678)", 'wait'];
      assert.deepEqual(output.slice(1), [...waited, "['PYTHONUSERBASE']", 'None []']);
    });

    it('waits once, and has the packages of the user that it would have', () => {
      const script = 'import site, sys; print(site.getuserbase(), site.getusersitepackages() in sys.path)';
      const plain = run(['-c', script], { PYTHONUSERBASE: '', PYTHONPATH: '', [startVariables.port]: '0' });
      const path = join(temporaryFolder(), 'site.py');
      writeFileSync(path, script);
      const output = run([path]);
      assert.equal(output.filter((line) => line === 'wait').length, 1);
      assert.equal(output.at(-1), plain.at(-1));
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
    /** Runs a script with its trace on. */
    async function trace(
      files: Readonly<Record<string, string>>,
      interpreter = '/bin/bash',
      args: string[] = [],
    ) {
      const { bootstrap = '', ...others } = files;
      const text = `#!${interpreter}\n${bootstrap}`;
      const code = writeTree(temporaryFolder(), { bootstrap: { text, mode: 0o755 }, ...others });
      const mapping = new PathMapping(new MergedView([]), codeIn('/sources'), { opt: '/opt', task: code });
      const shown: string[] = [];
      const start = await startOf(bootstrapOf(text), {}, { mapping, show: (one) => shown.push(one) });
      const { command, onTrace } = await shellDebugger.plan(start);
      const [file = '', ...words] = command?.(join(code, 'bootstrap')) ?? [];
      const lines: string[] = [];
      const group = await ProcessGroup.start(
        { file, args: [...words, ...args], cwd: code },
        { env: { PATH: '/usr/bin:/bin' }, onLine: (line) => lines.push(line), onTrace },
      );
      const { code: status } = await group.exited;
      return { shown, trace: shown.join('\n').split('\n'), lines: lines.sort(), status };
    }

    for (const interpreter of ['/bin/bash', '/bin/sh', '/usr/bin/env bash', '/bin/bash -e']) {
      it(`tells each line that is executed, apart from what it prints (${interpreter})`, async () => {
        const found = await trace(
          {
            bootstrap:
              'set -u\n. "${0%/*}/more.sh"\nx=$(say one 2>&1)\necho "$x"\necho problem >&2\nexit 3\n',
            'more.sh': 'say() {\n  echo "said $1"\n}\n',
          },
          interpreter,
        );
        assert.deepEqual([found.status, found.lines], [3, ['problem', 'said one']]);
        assert.ok(found.trace.includes('/sources/bootstrap:2  set -u'), found.trace.join('\n'));
        assert.ok(found.trace.includes("  /sources/more.sh:2  echo 'said one'"), found.trace.join('\n'));
      });
    }

    it('keeps the further lines of words and assignments with their command, and out of the output', async () => {
      const event = '{\n  "name": "Ada"\n}';
      const { lines, trace: shown } = await trace(
        { bootstrap: `x=$'a\\nb'\necho "$x" "$1" > /dev/null\n(\n  y="$1"\n)\n` },
        '/bin/bash',
        [event],
      );
      assert.deepEqual(lines, []);
      const text = shown.join('\n');
      assert.ok(text.includes("/sources/bootstrap:2  x='a\n    b'"), text);
      assert.ok(text.includes('    "name": "Ada"\n'), text);
      assert.ok(!text.includes('\x1e') && !text.includes('\x1f'));
    });

    it('shows the beginning of a command that holds a large event, and nothing of it in the output', async () => {
      const item = '{"item":"é"},\\n';
      const { lines, shown } = await trace({
        bootstrap: `printf -v event '${item}%.0s' {1..5000}\nline=\${event//$'\\n'/}\nfor x in 1 2 3; do y="$event$line"; done\necho \${#event} \${#line}\n`,
      });
      assert.deepEqual(lines, ['75000 70000']);
      const text = shown.join('\n');
      assert.ok(text.length < 5000, String(text.length));
      assert.ok(text.includes('"item":"é"') && text.includes('…'), text);
      assert.match(text, /bootstrap:5 {2}echo 75000 70000$/);
    });

    it('leaves the file descriptor that it comes in by to the script', async () => {
      const { lines, trace: shown } = await trace({
        bootstrap: 'exec 3> own\necho mine >&3\nexec 3>&-\ncat own\necho end\n',
      });
      assert.deepEqual(lines, ['end', 'mine']);
      assert.equal(shown.at(-1), '/sources/bootstrap:6  echo end');
    });

    it('ends with the script although a child of it goes on', async () => {
      const {
        lines,
        status,
        trace: shown,
      } = await trace({
        bootstrap: 'setsid sleep 5 > /dev/null 2>&1 &\necho end\n',
      });
      assert.deepEqual([status, lines], [0, ['end']]);
      assert.ok(shown.includes('/sources/bootstrap:3  echo end'), shown.join('\n'));
    });

    it('shows what comes together at once', async () => {
      const { shown } = await trace({ bootstrap: 'for x in {1..2000}; do y=$x; done\n' });
      const count = shown.join('\n').split('\n').length;
      assert.ok(count > 2000 && shown.length < count / 4, `${shown.length} of ${count}`);
    });
  });
});
