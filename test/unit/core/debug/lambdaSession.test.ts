import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { silentLogger } from '../../../../src/core/base/logger.ts';
import { noDebuggers } from '../../../../src/core/debug/debuggers/editorDebuggers.ts';
import { FunctionRun } from '../../../../src/core/debug/functionRun.ts';
import { LambdaSession } from '../../../../src/core/debug/lambdaSession.ts';
import { readLaunchConfiguration } from '../../../../src/core/debug/launchConfiguration.ts';
import { LayerStore } from '../../../../src/core/opt/layerStack.ts';
import { LayerCache } from '../../../../src/core/run/layerCache.ts';
import { until } from '../../../support/processes.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';

/** A bootstrap that logs and returns each event. */
const echo = `#!/bin/bash
base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
  headers=$(curl -sS -D - -o /tmp/event "$base/next" | tr -d '\\r')
  id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi' <<< "$headers")
  echo "log of $(head -c 100 /tmp/event)"
  curl -sS -o /dev/null --data-binary @/tmp/event "$base/$id/response"
done
`;

describe('The debug session of a function', () => {
  const sessions: LambdaSession[] = [];
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.end())));
  const temporaryFolder = useTemporaryFolders();

  /** Starts a session, as the editor does, with what it sends to the editor; not before `ready`. */
  function open(ready: Promise<void> = Promise.resolve()) {
    const work = temporaryFolder();
    const code = writeTree(join(work, 'code'), { bootstrap: { text: echo, mode: 0o755 } });
    const services = {
      store: new LayerStore(),
      cache: new LayerCache(join(work, 'cache')),
      temporaryParent: work,
      logger: silentLogger,
    };
    const session = new LambdaSession({
      openRun: async (raw, listener) => {
        await ready;
        const files = { code, layers: [], envFile: undefined };
        return FunctionRun.open(readLaunchConfiguration(raw), files, services, listener);
      },
      firstEvent: () => Promise.resolve(undefined),
      editor: noDebuggers,
      onLog: () => undefined,
      watch: () => ({ dispose: () => undefined }),
    });
    sessions.push(session);
    const sent: DebugProtocol.ProtocolMessage[] = [];
    session.onDidSendMessage((message) => sent.push(message as DebugProtocol.ProtocolMessage));
    const ask = (seq: number, command: string, args: object) =>
      session.handleMessage({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    ask(1, 'initialize', { adapterID: 'lambda-runtime' });
    ask(2, 'launch', { code, timeout: 60, debugger: 'none', isolation: 'directory' });
    const output = () =>
      sent
        .filter((message): message is DebugProtocol.OutputEvent => isEvent(message, 'output'))
        .map(({ body }) => body.output)
        .join('');
    const folders = () => readdirSync(work).filter((name) => name.startsWith('lambda-layers-'));
    return { ask, folders, output, sent, session };
  }

  async function start() {
    const opened = open();
    await until(() => opened.sent.some((message) => isEvent(message, 'initialized')));
    opened.ask(3, 'configurationDone', {});
    return opened;
  }

  it('shows the log of an event before its answer, however it was sent', async () => {
    const { ask, output, sent, session } = await start();
    await session.invoke('{"n":1}');
    assert.match(output(), /log of {"n":1}\nEND .*\nREPORT .*\n{"n":1}\n$/);
    ask(4, 'evaluate', { expression: '{"n":2}', context: 'repl' });
    const isAnswer = (message: DebugProtocol.ProtocolMessage) =>
      message.type === 'response' && (message as DebugProtocol.Response).request_seq === 4;
    await until(() => sent.some(isAnswer));
    sent.splice(sent.findIndex(isAnswer));
    assert.match(output(), /log of {"n":2}\nEND .*\nREPORT .*\n$/);
  });

  it('shows why an event could not be sent whose answer nobody waits for', async () => {
    const { output, session } = await start();
    session.send(JSON.stringify('x'.repeat(7 * 2 ** 20)));
    await until(() => /must be smaller than|too large|limit|exceed/i.test(output()));
  });

  it('has left nothing when it has ended, also for somebody who asks while it ends', async () => {
    const { folders, session } = await start();
    assert.equal(folders().length, 1);
    void session.end();
    await session.end();
    assert.deepEqual(folders(), []);
  });

  it('has left nothing when it has ended while it was being opened, and does not begin', async () => {
    let proceed = (): void => undefined;
    const { ask, folders, sent, session } = open(new Promise((resolve) => (proceed = resolve)));
    ask(3, 'disconnect', {});
    await until(() => sent.some((message) => isEvent(message, 'terminated')));
    const ended = session.end();
    proceed();
    await ended;
    assert.deepEqual(folders(), []);
    assert.ok(!sent.some((message) => isEvent(message, 'initialized')));
  });
});

function isEvent(message: DebugProtocol.ProtocolMessage, event: string): boolean {
  return message.type === 'event' && (message as DebugProtocol.Event).event === event;
}
