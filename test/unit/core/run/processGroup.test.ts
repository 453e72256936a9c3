import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nextTurn } from '../../../../src/core/emulator/nextTurn.ts';
import { ProcessGroup } from '../../../../src/core/run/processGroup.ts';
import { isRunning, numberIn, processesIn, until } from '../../../support/processes.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';

const path = '/usr/bin:/bin';

describe('A group of processes', () => {
  const started: ProcessGroup[] = [];
  afterEach(() => Promise.all(started.splice(0).map((group) => group.kill())));
  const temporaryFolder = useTemporaryFolders();

  async function start(script: string, env: Record<string, string> = { PATH: path }) {
    const cwd = temporaryFolder();
    const lines: string[] = [];
    const group = await ProcessGroup.start(
      { file: '/bin/sh', args: ['-c', script], cwd },
      { env, onLine: (line) => lines.push(line) },
    );
    started.push(group);
    return { group, lines, cwd };
  }

  it('tells its exit code', async () => {
    const { group } = await start('exit 129');
    assert.deepEqual(await group.exited, { code: 129, signal: null });
  });

  it('tells the signal that ended it', async () => {
    const { group } = await start('kill -SEGV $$');
    assert.deepEqual(await group.exited, { code: null, signal: 'SIGSEGV' });
  });

  it('hands over every line of both outputs before it counts as ended', async () => {
    const { group, lines } = await start('seq 1 20000; echo problem >&2; printf unfinished');
    await group.exited;
    assert.equal(lines.length, 20_002);
    assert.ok(lines.includes('20000') && lines.includes('problem') && lines.includes('unfinished'));
  });

  it('hands over what a descendant wrote after the end while this program was too busy to listen', async () => {
    const late = 'setsid sh -c "echo 1 > ready; while ! [ -e go ]; do :; done; echo late"';
    const { group, lines, cwd } = await start(`${late} & while ! [ -s ready ]; do :; done`);
    await until(() => !isRunning(group.pid));
    await nextTurn(); // the end is known now, and the wait for more output has begun
    writeTree(cwd, { go: '' });
    const end = performance.now() + 500; // blocks the event loop, so that every timer is late
    while (performance.now() < end);
    assert.equal((await group.exited).code, 0);
    assert.deepEqual(lines, ['late']);
  });

  it('has exactly the environment that it was given, and no input', async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    const group = await ProcessGroup.start(
      { file: '/usr/bin/env', args: [], cwd: folder },
      { env: { ONE: '1', TWO: 'a=b' }, onLine: (line) => lines.push(line) },
    );
    await group.exited;
    assert.deepEqual(lines.sort(), ['ONE=1', 'TWO=a=b']);
    const { group: reader } = await start('cat; exit 3');
    assert.equal((await reader.exited).code, 3);
  });

  it('starts in its folder', async () => {
    const { group, lines, cwd } = await start('pwd');
    await group.exited;
    assert.deepEqual(lines, [cwd]);
  });

  it('rejects with the system’s error when the command cannot be executed', async () => {
    const options = { env: {}, onLine: () => undefined };
    const command = { file: '/missing/program', args: [], cwd: '/' };
    await assert.rejects(ProcessGroup.start(command, options), { code: 'ENOENT' });
    const text = join(writeTree(temporaryFolder(), { text: 'no program' }), 'text');
    await assert.rejects(ProcessGroup.start({ ...command, file: text }, options), { code: 'EACCES' });
    await assert.rejects(ProcessGroup.start({ ...command, file: '/bin/sh', cwd: '/missing' }, options), {
      code: 'ENOENT',
    });
  });

  it('ends with all that it started', async () => {
    const { group, cwd } = await start('sleep 1000 & echo $! > child; wait');
    const child = await numberIn(join(cwd, 'child'));
    assert.ok(isRunning(child));
    await group.kill();
    assert.deepEqual(await group.exited, { code: null, signal: 'SIGKILL' });
    await until(() => !isRunning(child));
  });

  it('leaves nothing behind when its leader ends first', async () => {
    const { group, cwd } = await start('sleep 1000 & echo $! > child; exit 7');
    assert.deepEqual(await group.exited, { code: 7, signal: null });
    const child = await numberIn(join(cwd, 'child'));
    await until(() => !isRunning(child));
  });

  it('ends although a process that left the group holds its output open', async () => {
    const { group, lines, cwd } = await start(
      'setsid sh -c "echo \\$\\$ > child; exec sleep 1000" & while ! [ -s child ]; do :; done; echo last',
    );
    assert.equal((await group.exited).code, 0);
    assert.deepEqual(lines, ['last']);
    process.kill(await numberIn(join(cwd, 'child')), 'SIGKILL');
  });

  it('ends although a process that left the group writes for ever', async () => {
    const { group, cwd } = await start(
      'setsid sh -c "echo \\$\\$ > child; exec yes" & while ! [ -s child ]; do :; done',
    );
    assert.equal((await group.exited).code, 0);
    const child = await numberIn(join(cwd, 'child'));
    await until(() => !isRunning(child)); // its output is gone
  });

  it('may be killed more than once, and after its end', async () => {
    const { group } = await start('exec sleep 1000');
    await Promise.all([group.kill(), group.kill()]);
    await group.kill();
    assert.equal((await group.exited).signal, 'SIGKILL');
    const { group: ended } = await start('exit 0');
    await ended.exited;
    await ended.kill();
    assert.equal((await ended.exited).code, 0);
  });

  it('tells the most memory that it used with all that it started, also after its end', async () => {
    const program = `const held = Buffer.alloc(80e6, 1); console.log('held'); setInterval(() => held, 1000)`;
    const { group, lines } = await start(`"${process.execPath}" -e "${program}" & wait`);
    await until(() => lines.includes('held'));
    const peak = group.peakMemoryBytes();
    assert.ok(peak > 80e6 && peak < 2e9, String(peak));
    await group.kill();
    assert.ok(group.peakMemoryBytes() >= peak);
  });

  it('tells the memory of a process that ended at once', async () => {
    const { group } = await start(`exec "${process.execPath}" -e "process.exit(3)"`);
    assert.equal((await group.exited).code, 3);
    assert.ok(group.peakMemoryBytes() > 0);
  });

  it('ends when this program is killed without a chance to clean up', async () => {
    const folder = temporaryFolder();
    const module = new URL('../../../../src/core/run/processGroup.ts', import.meta.url).href;
    writeTree(folder, {
      'program.ts': `
        import { ProcessGroup } from '${module}';
        const script = 'sleep 1000 & echo $! > child; setsid sh -c "echo \\$\\$ > away; exec sleep 1000" & echo $$ > leader; wait';
        const command = { file: '/bin/sh', args: ['-c', script], cwd: '${folder}' };
        const mark = '${randomUUID()}';
        await ProcessGroup.start(command, { env: { PATH: '${path}', MARK: mark }, mark, onLine: () => undefined });
        console.log('started');
      `,
    });
    const program = spawn(process.execPath, [join(folder, 'program.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(program.stdout, 'data');
    const names = ['leader', 'child', 'away'];
    const pids = await Promise.all(names.map((name) => numberIn(join(folder, name))));
    assert.ok(pids.every(isRunning));
    program.kill('SIGKILL');
    await until(() => !pids.some(isRunning));
  });

  it('ends when this program is killed at the very moment of the start', async () => {
    const folder = temporaryFolder();
    const module = new URL('../../../../src/core/run/processGroup.ts', import.meta.url).href;
    writeTree(folder, {
      'program.ts': `
        import { ProcessGroup } from '${module}';
        const command = { file: '/bin/sh', args: ['-c', 'echo $$ > leader; exec sleep 1000'], cwd: '${folder}' };
        void ProcessGroup.start(command, { env: { PATH: '${path}' }, onLine: () => undefined });
        process.kill(process.pid, 'SIGKILL');
      `,
    });
    const program = spawn(process.execPath, [join(folder, 'program.ts')], { stdio: 'inherit' });
    await once(program, 'close');
    // Whether it got as far as to write its number or not, nothing in its folder may go on.
    await until(() => processesIn(folder).length === 0);
  });
});
