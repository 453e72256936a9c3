import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/base/emitter.ts';
import type { InvocationRecord } from '../../../../src/core/emulator/invocation.ts';
import type { InvocationTelemetry, LogLine } from '../../../../src/core/emulator/log/executionLog.ts';
import { invocationDocument } from '../../../../src/core/invocations/invocationDocument.ts';
import { InvocationHistory } from '../../../../src/core/invocations/invocationHistory.ts';
import { call, Emulators, forever, nodeRuntime, Recorder } from '../emulator/support.ts';

const event = (value: unknown) => ({ payload: JSON.stringify(value) });

describe('The history of invocations', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  const logOf = (history: InvocationHistory<string>, requestId: string) => {
    const row = history.find(requestId);
    assert.ok(row);
    return (invocationDocument(row, 'log')?.text ?? '').split('\n').map((line) => line.split(/[ \t]/)[0]);
  };

  it('gives each invocation its own log, and that of the init to the first one', async () => {
    const runtime = nodeRuntime('console.log("own", event);', 'console.log("init");');
    const { emulator } = await emulators.start(runtime);
    const history = new InvocationHistory<string>();
    history.follow('session', emulator);
    const [first, second] = [await emulator.invoke(event(1)), await emulator.invoke(event(2))];
    assert.deepEqual(logOf(history, first.requestId), [
      'INIT_START',
      'init',
      'START',
      'own',
      'END',
      'REPORT',
      '',
    ]);
    assert.deepEqual(logOf(history, second.requestId), ['START', 'own', 'END', 'REPORT', '']);
    assert.deepEqual(
      history.rows.map(({ record, status }) => [record.requestId, status, record.coldStart]),
      [
        [second.requestId, 'success', false],
        [first.requestId, 'success', true],
      ],
    );
  });

  it('leaves out the init of an environment that was replaced before it was used', async () => {
    const { emulator } = await emulators.start(nodeRuntime('', 'console.log("pid", process.pid);'));
    const log = new Recorder<LogLine>(emulator.onLog);
    const history = new InvocationHistory<string>();
    history.follow('session', emulator);
    emulator.prewarm();
    await emulator.whenReady();
    await log.until(({ text }) => text.startsWith('pid'));
    emulator.restart();
    const { requestId } = await emulator.invoke(event(1));
    assert.equal(log.values.filter(({ text }) => text.startsWith('pid')).length, 2);
    assert.deepEqual(
      logOf(history, requestId).filter((word) => word === 'pid'),
      ['pid'],
    );
  });

  it('tells lines of invocations apart that run at a time', async () => {
    const handler =
      'console.log("own " + id); while (!globalThis.other) { globalThis.first ? globalThis.other = 1 : globalThis.first = 1; await new Promise((done) => setTimeout(done, 20)); }';
    const { emulator } = await emulators.start(nodeRuntime(handler));
    const history = new InvocationHistory<string>();
    history.follow('session', emulator);
    const results = await Promise.all([emulator.invoke(event(1)), emulator.invoke(event(2))]);
    for (const { requestId } of results) {
      const row = history.find(requestId);
      const lines = row?.output.log.items.map(({ text }) => text) ?? [];
      assert.deepEqual(
        lines.filter((text) => text.startsWith('own')),
        [`own ${requestId}`],
      );
    }
  });

  it('has a row for each attempt, with its own log', async () => {
    const handler = 'console.log("attempt"); throw new Error("no");';
    const { emulator, invokeUrl } = await emulators.start(nodeRuntime(handler), {
      eventRetryDelaysMs: [1, 1],
    });
    const records = new Recorder<InvocationRecord>(emulator.onInvocation);
    const history = new InvocationHistory<string>();
    history.follow('session', emulator);
    await call(`${invokeUrl}/2015-03-31/functions/thumbnails/invocations`, {
      method: 'POST',
      headers: { 'X-Amz-Invocation-Type': 'Event' },
      body: '{}',
    });
    await records.until(({ attempt, state }) => attempt === 3 && state === 'done');
    assert.deepEqual(
      history.rows.map(({ output, record, status }) => [
        record.attempt,
        status,
        output.log.items.filter(({ text }) => text === 'attempt').length,
      ]),
      [
        [3, 'error', 1],
        [2, 'error', 1],
        [1, 'error', 1],
      ],
    );
  });

  it('keeps what an end of the session cut off as dropped', async () => {
    const { emulator } = await emulators.start(nodeRuntime(`console.log("in"); await ${forever};`));
    const log = new Recorder<LogLine>(emulator.onLog);
    const history = new InvocationHistory<string>();
    history.follow('session', emulator);
    const pending = [emulator.invoke(event(1)), emulator.invoke(event(2))];
    await log.until(({ text }) => text === 'in');
    assert.deepEqual(
      history.rows.map(({ status }) => status),
      ['queued', 'running'],
    );
    await emulator.stop();
    await Promise.allSettled(pending);
    assert.deepEqual(
      history.rows.map(({ finished, status }) => [finished, status]),
      [
        [true, 'dropped'],
        [true, 'dropped'],
      ],
    );
  });

  describe('within its limits', () => {
    /** A session whose events are fired by the test. */
    function source() {
      const invocations = new Emitter<InvocationRecord>();
      const log = new Emitter<LogLine>();
      const telemetry = new Emitter<InvocationTelemetry>();
      const fire = (requestId: string, state: InvocationRecord['state'], bytes = 1) =>
        invocations.fire({
          requestId,
          state,
          attempt: 1,
          payload: Buffer.alloc(bytes),
          context: {},
          queuedAtMs: 0,
        });
      return {
        events: { onInvocation: invocations.event, onLog: log.event, onTelemetry: telemetry.event },
        fire,
        write: (requestId: string, text: string) => log.fire({ source: 'function', requestId, text }),
      };
    }

    function follow(limits: { maxRows: number; maxBytes: number }) {
      const history = new InvocationHistory<string>(limits);
      const session = source();
      history.follow('session', session.events);
      return { history, ...session, ids: () => history.rows.map(({ record }) => record.requestId) };
    }

    it('forgets the oldest finished invocations first, and counts them', () => {
      const { fire, history, ids } = follow({ maxRows: 3, maxBytes: 1e9 });
      fire('running', 'running');
      for (const id of ['a', 'b', 'c']) {
        fire(id, 'queued');
        fire(id, 'dropped');
      }
      assert.deepEqual(ids(), ['c', 'b', 'running']);
      assert.equal(history.forgotten, 1);
      fire('running', 'dropped');
      fire('d', 'queued');
      assert.deepEqual(ids(), ['d', 'c', 'b']);
    });

    it('shows events that wait only while there is room, and later when they run', () => {
      const { fire, ids } = follow({ maxRows: 2, maxBytes: 1e9 });
      for (const id of ['a', 'b', 'c']) fire(id, 'queued');
      assert.deepEqual(ids(), ['b', 'a']);
      fire('a', 'running');
      fire('a', 'dropped');
      fire('c', 'running');
      assert.deepEqual(ids(), ['c', 'b']);
    });

    it('counts events and logs, and forgets when they are too much', () => {
      const { fire, history, ids, write } = follow({ maxRows: 100, maxBytes: 10_000 });
      fire('a', 'running', 2000);
      write('a', 'x'.repeat(3000));
      fire('a', 'dropped', 2000);
      assert.ok(history.bytes >= 5000 && history.bytes < 6000, String(history.bytes));
      fire('b', 'queued', 4000);
      assert.deepEqual(ids(), ['b', 'a']);
      fire('b', 'running', 4000);
      write('b', 'x'.repeat(3000));
      assert.deepEqual(ids(), ['b']);
      fire('b', 'dropped', 4000);
      assert.equal(history.clear(), 1);
      assert.equal(history.bytes, 0);
    });

    it('keeps the end of a log that is too long, and says so', () => {
      const { fire, history, write } = follow({ maxRows: 100, maxBytes: 1e9 });
      fire('a', 'running');
      for (let line = 0; line < 30_000; line += 1) write('a', `line ${line} ${'x'.repeat(100)}`);
      const row = history.find('a');
      assert.ok(row);
      assert.ok(row.bytes <= 1024 * 1024 + 1);
      const text = invocationDocument(row, 'log')?.text ?? '';
      assert.match(text, /^\[\d+ earlier lines are not kept\.\]\nline /);
      const lines = text.trimEnd().split('\n');
      assert.match(lines.at(-1) ?? '', /^line 29999 /);
      assert.equal(Number(/\d+/.exec(text)?.[0]) + lines.length - 1, 30_000);
    });

    it('clears what is finished and goes on with what is not', () => {
      const { fire, history, ids, write } = follow({ maxRows: 100, maxBytes: 1e9 });
      fire('a', 'running');
      fire('b', 'queued');
      fire('c', 'dropped');
      assert.equal(history.clear(), 1);
      write('a', 'still here');
      assert.deepEqual(ids(), ['b', 'a']);
      assert.deepEqual(
        history.find('a')?.output.log.items.map(({ text }) => text),
        ['still here'],
      );
    });

    it('tells what changed: the rows, a state, or output', () => {
      const { fire, history, write } = follow({ maxRows: 100, maxBytes: 1e9 });
      const changes: string[] = [];
      history.onDidChange(({ type }) => void changes.push(type));
      fire('a', 'running');
      write('a', 'text');
      fire('a', 'dropped');
      assert.deepEqual(changes, ['rows', 'state', 'output', 'state']);
    });
  });
});
