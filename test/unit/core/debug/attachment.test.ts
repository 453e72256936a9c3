import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Attachment, type Debuggee } from '../../../../src/core/debug/attachment.ts';
import type { LaunchConfiguration } from '../../../../src/core/debug/launchConfiguration.ts';
import { PauseReasons } from '../../../../src/core/debug/pauseReasons.ts';
import { PausableClock } from '../../../../src/core/emulator/clock.ts';
import { Deferred } from '../../../../src/core/emulator/deferred.ts';
import { nextTurn } from '../../../../src/core/emulator/nextTurn.ts';
import type { Bootstrap } from '../../../../src/core/run/bootstrap.ts';
import { openView } from '../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';

const node: Bootstrap = {
  path: '/opt/bootstrap',
  origin: 'bootstrap',
  head: Buffer.from('#!/usr/bin/env node\n'),
  executable: true,
};

describe('The attachment of a debugger', () => {
  const temporaryFolder = useTemporaryFolders();

  async function prepare(setting: LaunchConfiguration['debugger'] = 'auto', attach?: () => Promise<void>) {
    const layer = writeTree(join(temporaryFolder(), 'layer'), { 'index.js': '1' });
    const view = await openView(layer);
    const clock = new PausableClock();
    const debuggees: Debuggee[] = [];
    const notices: string[] = [];
    const attached = new Deferred<undefined>();
    const listener = {
      attach: (debuggee: Debuggee) => {
        debuggees.push(debuggee);
        return attach === undefined ? attached.promise : attach();
      },
      notice: (text: string) => void notices.push(text),
      problem: (text: string) => void notices.push(text),
    };
    const attachment = new Attachment(setting, '/code', listener, new PauseReasons(clock));
    const root = {
      opt: '/opt',
      task: '/var/task',
      command: () => assert.fail(),
      processId: () => assert.fail(),
      release: () => assert.fail(),
    };
    const start = () => attachment.attach({ bootstrap: node, view, root, pid: 42 });
    return { attachment, clock, debuggees, notices, attached, start, layer };
  }

  it('stops the function’s clock until the debugger is there', async () => {
    const { attachment, clock, attached, start, debuggees } = await prepare();
    await attachment.prepare(node);
    assert.equal(clock.paused, false);
    start();
    assert.equal(clock.paused, true);
    assert.equal(debuggees.length, 1);
    attached.resolve(undefined);
    await nextTurn();
    assert.equal(clock.paused, false);
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
      const { attachment, clock, notices, start } = await prepare('auto', attach);
      await attachment.prepare(node);
      start();
      await nextTurn();
      assert.equal(clock.paused, false);
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? '', /Node\.js.*nobody answers/);
    });
  }

  it('offers a free port of this computer to both sides, another for each process', async () => {
    const { attachment, start, debuggees } = await prepare();
    const ports: number[] = [];
    for (let count = 0; count < 2; count++) {
      const variables = await attachment.prepare(node);
      const port = Number(/^--inspect-brk=127\.0\.0\.1:(\d+)$/.exec(variables['NODE_OPTIONS'] ?? '')?.[1]);
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
      start();
      ports.push(port);
    }
    assert.deepEqual(
      debuggees.map(({ attach }) => attach['port']),
      ports,
    );
  });

  it('maps paths as the process sees them', async () => {
    const { attachment, start, debuggees, layer } = await prepare();
    await attachment.prepare(node);
    start();
    const paths = [join(layer, 'index.js'), '/code/index.js'];
    assert.deepEqual(
      paths.map((path) => debuggees[0]?.mapping.toFunction(path)),
      ['/opt/index.js', '/var/task/index.js'],
    );
  });

  it('tells a debugger of one’s own the process id', async () => {
    const { attachment, start, debuggees } = await prepare({
      type: 'lldb',
      request: 'attach',
      pid: '${pid}',
    });
    assert.deepEqual(await attachment.prepare(node), {});
    start();
    assert.deepEqual(debuggees[0]?.attach, { type: 'lldb', request: 'attach', pid: 42 });
  });

  it('does nothing where there is no debugger', async () => {
    const { attachment, clock, start, debuggees } = await prepare('none');
    assert.deepEqual(await attachment.prepare(node), {});
    start();
    assert.equal(clock.paused, false);
    assert.deepEqual(debuggees, []);
    assert.equal(attachment.isChatter('Debugger attached.'), false);
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
