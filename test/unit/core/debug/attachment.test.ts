import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Attachment } from '../../../../src/core/debug/attachment.ts';
import type { Debuggee } from '../../../../src/core/debug/debuggers/editorDebuggers.ts';
import { startVariables } from '../../../../src/core/debug/debuggers/nodeStart.ts';
import { isStopped } from '../../../../src/core/debug/debuggers/processState.ts';
import type { LaunchConfiguration } from '../../../../src/core/debug/launchConfiguration.ts';
import { PauseReasons } from '../../../../src/core/debug/pauseReasons.ts';
import { PausableClock } from '../../../../src/core/emulator/clock.ts';
import { Deferred } from '../../../../src/core/emulator/deferred.ts';
import { codeIn } from '../../../support/functionCode.ts';
import { openView } from '../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';
import { bootstrapOf, elfOf } from './debuggers/support.ts';

const node = bootstrapOf('#!/usr/bin/env node\n');
const native = bootstrapOf(elfOf({ '.debug_info': 'x' }));

describe('The attachment of a debugger', () => {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
  const temporaryFolder = useTemporaryFolders();

  async function prepare(setting: LaunchConfiguration['debugger'] = 'auto', attach?: () => Promise<never>) {
    const layer = writeTree(join(temporaryFolder(), 'layer'), { 'index.js': '1' });
    const clock = new PausableClock();
    const debuggees: Debuggee[] = [];
    const notices: string[] = [];
    const [attached, ended] = [new Deferred<void>(), new Deferred<void>()];
    const calls: string[] = [];
    const listener = {
      editor: {
        extensionFolder: (type: string) =>
          ['node', 'lldb', 'own'].includes(type) ? '/extension' : undefined,
        setting: () => undefined,
        linkTo: (path: string) => path,
        attach: (debuggee: Debuggee) => {
          debuggees.push(debuggee);
          return {
            attached: attach === undefined ? attached.promise : attach(),
            ended: ended.promise,
            detach: () => Promise.resolve(void calls.push('detach')),
          };
        },
      },
      notice: (text: string) => void notices.push(text),
      problem: (text: string) => void notices.push(text),
    };
    const attachment = new Attachment(
      { debugger: setting, handler: 'function.handler', variables: {} },
      listener,
      new PauseReasons(clock),
    );
    const place = {
      code: codeIn('/code'),
      view: await openView(layer),
      root: { opt: '/opt', task: '/var/task' },
      temporary: { here: temporaryFolder(), inside: '/tmp' },
      executable: '/opt/bootstrap',
    };
    return { attachment, calls, clock, debuggees, ended, notices, attached, place, layer };
  }

  /** A process that only exists. */
  function sleeper(): number {
    const child = spawn('sleep', ['1000']);
    children.push(child);
    assert.ok(child.pid !== undefined);
    return child.pid;
  }

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await setTimeout(2);
  }

  /** Prepares for Node.js, and listens on the port that it is told to open. */
  async function listen({ attachment, place }: Awaited<ReturnType<typeof prepare>>) {
    const { detach, variables } = await attachment.prepare(node, place);
    const port = Number(variables[startVariables.port]);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return { detach, server, port };
  }

  it('stops the function’s clock until the debugger is there', async () => {
    const given = await prepare();
    const { server } = await listen(given);
    assert.equal(given.clock.paused, false);
    given.attachment.attach({ pid: sleeper() });
    assert.equal(given.clock.paused, true);
    await until(() => given.debuggees.length === 1);
    assert.equal(given.clock.paused, true);
    given.attached.resolve();
    await until(() => !given.clock.paused);
    server.close();
  });

  it('comes again when the program gives way to another one, but not when only the debugger went', async () => {
    const given = await prepare();
    const { server, port } = await listen(given);
    given.attachment.attach({ pid: sleeper() });
    assert.equal(given.attachment.isAttached, false);
    given.attached.resolve();
    await until(() => given.attachment.isAttached);
    given.ended.resolve();
    await until(() => !given.attachment.isAttached);
    await setTimeout(300); // it is looked at more often than that
    assert.equal(given.debuggees.length, 1);
    server.close();
    await once(server, 'close');
    const next = createServer().listen(port, '127.0.0.1');
    await until(() => given.debuggees.length === 2);
    next.close();
  });

  it('lets go of a process although it has only begun to attach', async () => {
    const given = await prepare();
    const { detach, server } = await listen(given);
    const pid = sleeper();
    given.attachment.attach({ pid });
    await until(() => given.debuggees.length === 1);
    await detach(pid);
    assert.deepEqual(given.calls, ['detach']);
    server.close();
  });

  it('does not wait for a process that has ended', async () => {
    const { attachment, clock, place, debuggees } = await prepare();
    await attachment.prepare(node, place);
    const pid = sleeper();
    attachment.attach({ pid });
    assert.equal(clock.paused, true);
    process.kill(pid, 'SIGKILL');
    await until(() => !clock.paused);
    assert.deepEqual(debuggees, []);
  });

  for (const [kind, attach] of [
    ['later', () => Promise.reject(new Error('nobody answers'))],
    [
      'at once',
      () => {
        throw new Error('nobody answers');
      },
    ],
  ] as const) {
    it(`lets the clock go on, and says why, when attaching fails ${kind}`, async () => {
      const given = await prepare('auto', attach);
      const { server } = await listen(given);
      given.attachment.attach({ pid: sleeper() });
      await until(() => !given.clock.paused);
      assert.match(given.notices.at(-1) ?? '', /Node\.js.*nobody answers/);
      server.close();
    });
  }

  it('lets a process go on that stopped itself for a debugger which fails', async () => {
    const { attachment, clock, place } = await prepare('auto', () =>
      Promise.reject(new Error('not permitted')),
    );
    const { command } = await attachment.prepare(native, place);
    const [file = '', ...args] = command('/bin/sleep');
    const child = spawn(file, [...args, '1000']);
    children.push(child);
    assert.ok(child.pid !== undefined);
    attachment.attach({ pid: child.pid });
    await until(() => !clock.paused);
    while ((await isStopped(child.pid)) === true) await setTimeout(2);
    assert.equal(child.exitCode, null);
  });

  it('offers a free port of this computer to both sides, another for each process', async () => {
    const given = await prepare();
    const ports: number[] = [];
    for (let count = 0; count < 2; count++) {
      const { server, port } = await listen(given);
      given.attachment.attach({ pid: sleeper() });
      await until(() => given.debuggees.length > count);
      server.close();
      ports.push(port);
    }
    assert.deepEqual(
      given.debuggees.map(({ attach }) => attach['port']),
      ports,
    );
  });

  it('maps paths as the process sees them, by the tracker where the debugger cannot', async () => {
    const given = await prepare();
    const { server } = await listen(given);
    given.attachment.attach({ pid: sleeper() });
    await until(() => given.debuggees.length === 1);
    const [debuggee] = given.debuggees;
    const paths = [join(given.layer, 'index.js'), '/code/index.js'];
    assert.deepEqual(
      paths.map((path) => debuggee?.mapping.toFunction(path)),
      ['/opt/index.js', '/var/task/index.js'],
    );
    assert.equal(debuggee?.paths, 'tracker');
    server.close();
  });

  it('tells a debugger of one’s own the process id', async () => {
    const { attachment, debuggees, place } = await prepare({ type: 'own', request: 'attach', pid: '${pid}' });
    const { variables, command } = await attachment.prepare(node, place);
    assert.deepEqual([variables, command('/opt/bootstrap')], [{}, ['/opt/bootstrap']]);
    const pid = sleeper();
    attachment.attach({ pid });
    await until(() => debuggees.length === 1);
    assert.deepEqual(debuggees[0]?.attach, { type: 'own', request: 'attach', pid });
  });

  it('says once what it recognised, or what is missing', async () => {
    const { attachment, notices, place } = await prepare();
    await attachment.prepare(node, place);
    await attachment.prepare(node, place);
    const { variables } = await attachment.prepare(bootstrapOf('#!/usr/bin/python3\n'), place);
    await attachment.prepare(bootstrapOf('#!/usr/bin/php\n'), place);
    assert.deepEqual(variables, {});
    assert.equal(notices.length, 3);
    assert.equal(notices[0], 'Debugger: Node.js (/opt/bootstrap: first line names node).');
    assert.match(notices[1] ?? '', /"Python Debugger".*ms-python\.debugpy/);
    assert.equal(notices[2], 'Debugger: none, since /opt/bootstrap is run by /usr/bin/php.');
  });

  it('does nothing where there is no debugger', async () => {
    const { attachment, clock, place, debuggees, notices } = await prepare('none');
    const { variables, command } = await attachment.prepare(node, place);
    assert.deepEqual([variables, command('/opt/bootstrap')], [{}, ['/opt/bootstrap']]);
    attachment.attach({ pid: sleeper() });
    assert.equal(clock.paused, false);
    assert.deepEqual([debuggees, notices], [[], []]);
    assert.equal(attachment.isTalk('Debugger attached.'), false);
  });
});

describe('Reasons to pause', () => {
  it('keep the clock still while there is one, each counting once', () => {
    const clock = new PausableClock();
    const reasons = new PauseReasons(clock);
    const [first, second] = [reasons.add(), reasons.add()];
    first();
    first();
    assert.equal(clock.paused, true);
    second();
    assert.equal(clock.paused, false);
    const third = reasons.add();
    second();
    assert.equal(clock.paused, true);
    third();
    assert.equal(clock.paused, false);
  });
});
