import assert from 'node:assert/strict';
import { silentLogger } from '../../../../../src/core/base/logger.ts';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import type { InvocationRecord } from '../../../../../src/core/emulator/invocation.ts';
import { HandTime } from '../handTime.ts';
import { Stage } from '../stage.ts';
import { call, Emulators, type Reply } from '../support.ts';

describe('Event invocations', () => {
  const emulators = new Emulators();
  let time: HandTime;
  let stage: Stage;

  beforeEach(async () => {
    time = new HandTime();
    const settings = { eventRetryDelaysMs: [60_000, 120_000] };
    stage = await Stage.start(emulators, [], settings, { clock: new PausableClock(time) });
  });
  afterEach(() => emulators.stop());

  function send(type: string, body = '{"n":1}'): Promise<Reply> {
    const headers = { 'X-Amz-Invocation-Type': type };
    return call(`${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`, {
      method: 'POST',
      headers,
      body,
    });
  }

  /** Waits until an attempt is over, and lets the time until the next one pass. */
  async function attempt(number: number, delayMs: number): Promise<InvocationRecord> {
    const record = await stage.records.until((each) => each.attempt === number && each.state === 'done');
    assert.ok(time.armed <= 1, 'nothing but the wait for the next attempt');
    time.pass(delayMs - 1);
    const queued = (): boolean => stage.records.values.some((each) => each.attempt === number + 1);
    assert.equal(queued(), false, 'not before its time');
    time.pass(1);
    return record;
  }

  it('are tried twice more when the function fails, with the same id and event', async () => {
    const { status, headers } = await send('Event');
    assert.equal(status, 202);
    const id = String(headers['x-amzn-requestid']);
    let next = stage.runtime.next();
    for (const [index, delayMs] of [60_000, 120_000, undefined].entries()) {
      const reply = await next;
      assert.deepEqual([reply.body, reply.headers['lambda-runtime-aws-request-id']], ['{"n":1}', id]);
      await stage.runtime.fail(id, 'Function.X');
      next = stage.runtime.next(); // it is ready, so the invocation is over
      next.catch(() => undefined);
      if (delayMs !== undefined) await attempt(index + 1, delayMs);
    }
    await stage.records.until((each) => each.attempt === 3 && each.state === 'done');
    time.pass(24 * 3_600_000);
    assert.deepEqual(
      stage.records.values.map(({ attempt: number, state }) => `${number} ${state}`),
      [1, 2, 3].flatMap((number) => [`${number} queued`, `${number} running`, `${number} done`]),
    );
    assert.ok(stage.records.values.every(({ requestId }) => requestId === id));
  });

  it('are not tried again once they succeed', async () => {
    await send('Event');
    const id = await stage.runtime.take();
    await stage.runtime.fail(id, 'Function.X');
    stage.runtime.park();
    await attempt(1, 60_000);
    await stage.records.until((each) => each.attempt === 2 && each.state === 'running');
    await stage.runtime.respond(id);
    stage.runtime.park();
    await stage.records.until((each) => each.attempt === 2 && each.state === 'done');
    time.pass(24 * 3_600_000);
    assert.ok(!stage.records.values.some((each) => each.attempt === 3));
  });

  it('are tried again after a crash and after a timeout', async () => {
    await send('Event');
    await stage.runtime.take();
    (await stage.started('bootstrap')).exit({ code: 1, signal: null });
    assert.equal((await attempt(1, 60_000)).result?.status, 'crash');
    await stage.started('bootstrap', 2);
    await stage.runtime.take();
    time.pass(3000);
    assert.equal((await attempt(2, 120_000)).result?.status, 'timeout');
    await stage.started('bootstrap', 3);
    await stage.runtime.serveOne();
    const last = await stage.records.until((each) => each.attempt === 3 && each.state === 'done');
    assert.equal(last.result?.status, 'success');
  });

  it('hold no other invocation up while they wait', async () => {
    await send('Event');
    await stage.runtime.fail(await stage.runtime.take(), 'Function.X');
    const other = stage.emulator.invoke({ payload: '2' });
    const next = await stage.runtime.next();
    assert.equal(next.body, '2');
    await stage.runtime.respond(String(next.headers['lambda-runtime-aws-request-id']));
    stage.runtime.park();
    assert.equal((await other).status, 'success');
  });

  it('are forgotten when the emulator stops: queued, under way, or waiting for another attempt', async () => {
    await send('Event', '"waits"');
    await stage.runtime.fail(await stage.runtime.take(), 'Function.X');
    stage.runtime.park();
    await stage.records.until(({ state }) => state === 'done');
    await send('Event', '"runs"');
    await send('Event', '"queues"');
    await stage.records.until(({ payload, state }) => state === 'running' && String(payload) === '"runs"');
    await stage.emulator.stop();
    time.pass(24 * 3_600_000);
    const last = new Map(stage.records.values.map(({ payload, state }) => [String(payload), state]));
    assert.deepEqual(
      [...last],
      [
        ['"waits"', 'done'],
        ['"runs"', 'dropped'],
        ['"queues"', 'dropped'],
      ],
    );
    assert.equal(time.armed, 0);
  });

  it('lose the client context, which only synchronous ones have', async () => {
    const headers = {
      'X-Amz-Invocation-Type': 'Event',
      'X-Amz-Client-Context': Buffer.from('{"a":1}').toString('base64'),
    };
    const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
    assert.equal((await call(url, { method: 'POST', headers })).status, 202);
    assert.equal('lambda-runtime-client-context' in (await stage.runtime.next()).headers, false);
  });

  it('do nothing as a DryRun but check the request', async () => {
    const { status, body, headers } = await send('DryRun');
    assert.deepEqual([status, body], [204, '']);
    assert.match(String(headers['x-amzn-requestid']), /^[0-9a-f-]{36}$/);
    assert.equal((await send('DryRun', '{')).status, 400);
    await stage.emulator.stop();
    assert.deepEqual([stage.records.values, stage.attached.signals], [[], []]);
  });

  it('that find no room when they are to be tried again are given up, and that is said', async () => {
    await emulators.stop();
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
    const settings = { maxQueuedBytes: 10, timeoutMs: 900_000, eventRetryDelaysMs: [60_000] };
    stage = await Stage.start(emulators, [], settings, { clock: new PausableClock(time), logger });
    const { headers } = await send('Event');
    await stage.runtime.fail(await stage.runtime.take(), 'Function.X');
    const next = stage.runtime.take();
    await stage.records.until(({ state }) => state === 'done');
    const running = stage.emulator.invoke({ payload: '"running"' });
    const id = await next;
    const waiting = stage.emulator.invoke({ payload: '"waiting"' });
    time.pass(60_000);
    const requestId = String(headers['x-amzn-requestid']);
    assert.deepEqual(warnings, [`Event invocation ${requestId}: Too many events wait for the function.`]);
    await stage.runtime.respond(id);
    await stage.runtime.serveOne();
    for (const { status } of await Promise.all([running, waiting])) assert.equal(status, 'success');
    assert.ok(stage.records.values.every(({ attempt: number }) => number === 1));
  });
});
