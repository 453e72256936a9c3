import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findListener } from '../../../../../src/core/debug/debuggers/listening.ts';
import { javaDebugger } from '../../../../../src/core/debug/debuggers/javaDebugger.ts';
import { nativeDebugger } from '../../../../../src/core/debug/debuggers/nativeDebugger.ts';
import { isStopped } from '../../../../../src/core/debug/debuggers/processState.ts';
import { freePort } from '../../../../../src/core/base/freePort.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { writeTree } from '../../../../support/tree.ts';
import { bootstrapOf, elfOf, startOf } from './support.ts';

/** Debuggers whose editor extensions cannot be had for tests: what those would run does run here, by the same words. */
describe('The debugger behind an extension', function () {
  this.timeout(60_000); // a JVM on a busy machine
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
  const temporaryFolder = useTemporaryFolders();

  /** A process whose output can be waited for. */
  function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const child = spawn(command, args, { env, stdio: 'pipe' });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()));
    const says = async (text: RegExp): Promise<void> => {
      while (!text.test(output)) {
        assert.equal(child.exitCode, null, `${command} ended and said: ${output}`);
        await setTimeout(10);
      }
    };
    const done = once(child, 'close') as Promise<[number | null]>;
    assert.ok(child.pid !== undefined);
    return { pid: child.pid, stdin: child.stdin, says, done, output: () => output };
  }

  async function until(fact: () => Promise<boolean | undefined>): Promise<void> {
    while ((await fact()) !== true) await setTimeout(10);
  }

  it('for Java attaches before the first line, stops, shows a variable and goes on', async () => {
    const folder = writeTree(temporaryFolder(), {
      'Main.java': `class Main {
  public static void main(String[] words) {
    int total = words.length + 41;
    int doubled = total * 2;
    System.out.println("doubled: " + doubled);
  }
}
`,
    });
    execFileSync('javac', ['-g', 'Main.java'], { cwd: folder });
    const port = await freePort();
    const plan = await javaDebugger.plan(
      await startOf(bootstrapOf('#!/bin/sh\nexec java Main\n'), { java: '/x' }, { port }),
    );
    const program = start('java', ['-cp', folder, 'Main', 'word'], { ...process.env, ...plan.variables });
    await until(async () => (await findListener(port)) !== undefined);
    const { hostName, port: attached } = plan.attach?.(program.pid) ?? assert.fail('nothing attaches');
    const jdb = start('jdb', ['-attach', `${String(hostName)}:${String(attached)}`]);
    await jdb.says(/Initializing jdb/);
    jdb.stdin.write('stop at Main:4\nresume\n');
    await jdb.says(/Breakpoint hit: .*Main\.main\(\), line=4 [^]*main\[1\] $/);
    jdb.stdin.write('print total\n');
    await jdb.says(/total = 42/);
    jdb.stdin.write('cont\n');
    const [code] = await program.done;
    await jdb.done;
    assert.equal(code, 0);
    const own = program
      .output()
      .split('\n')
      .filter((line) => plan.talk?.(line) === undefined);
    assert.deepEqual(own, ['doubled: 84', '']);
  });

  it('for C/C++ attaches before the first line, stops, shows a variable and goes on', async () => {
    const folder = writeTree(temporaryFolder(), {
      'main.c': `#include <stdio.h>
int main(int count, char **words) {
  int total = count + 41;
  int doubled = total * 2;
  printf("doubled: %d\\n", doubled);
}
`,
    });
    execFileSync('gcc', ['-g', '-O0', '-o', 'bootstrap', 'main.c'], { cwd: folder });
    const executable = join(folder, 'bootstrap');
    const bootstrap = bootstrapOf(elfOf({ '.debug_info': 'x' }));
    const plan = await nativeDebugger.plan(await startOf(bootstrap, { cppdbg: '/cpp' }, { executable }));
    const [command = '', ...words] = plan.command?.(executable) ?? [];
    const program = start(command, words);
    await until(() => isStopped(program.pid));
    const attach = plan.attach?.(program.pid) ?? assert.fail('nothing attaches');
    assert.equal(attach.type, 'cppdbg');
    const given = attach['setupCommands'] as readonly { readonly text: string }[];
    const script = [
      ...given.map(({ text }) => (text.startsWith('-') ? `interpreter-exec mi "${text}"` : text)),
      `file ${String(attach['program'])}`,
      `attach ${String(attach['processId'])}`,
      'break main.c:4',
      'continue',
      'print total',
      'continue',
    ];
    const gdb = start('gdb', ['--nx', '--batch', ...script.flatMap((line) => ['-ex', line])]);
    await gdb.done;
    assert.match(gdb.output(), /Breakpoint 1, main .*main\.c:4/);
    assert.match(gdb.output(), /\$1 = 42/);
    assert.equal(program.output(), 'doubled: 84\n');
  });
});
