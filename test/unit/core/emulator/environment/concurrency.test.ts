import assert from 'node:assert/strict';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import type { FunctionSettings } from '../../../../../src/core/emulator/functionSettings.ts';
import { payloadText, type InvokeResult } from '../../../../../src/core/emulator/invocation.ts';
import { HandTime } from '../handTime.ts';
import { head, RawClient } from '../rawClient.ts';
import { Stage } from '../stage.ts';
import { call, Emulators, requestIdOf, type Reply } from '../support.ts';

describe('an environment that takes several invocations at a time', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  function three(settings: Partial<FunctionSettings> = {}, clock?: PausableClock): Promise<Stage> {
    const options = clock === undefined ? {} : { clock };
    return Stage.start(emulators, [], { maxConcurrency: 3, ...settings }, options);
  }

  /** Invokes with the numbers from 1, and takes all these events at once. */
  async function inFlight(
    stage: Stage,
    count: number,
  ): Promise<{ results: Promise<InvokeResult>[]; events: Reply[] }> {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const results = numbers.map((number) => stage.emulator.invoke({ payload: String(number) }));
    for (const result of results) result.catch(() => undefined);
    await stage.started('bootstrap');
    const events = await Promise.all(numbers.map(() => stage.runtime.next()));
    return { results, events: events.sort((a, b) => Number(a.body) - Number(b.body)) };
  }

  it('hands out as many events as are allowed, each once, and the next one when a place is free', async () => {
    const stage = await three();
    const { results, events } = await inFlight(stage, 3);
    assert.deepEqual(
      events.map(({ body }) => body),
      ['1', '2', '3'],
    );
    assert.equal(new Set(events.map(requestIdOf)).size, 3);
    const fourth = stage.emulator.invoke({ payload: '4' });
    const next = stage.runtime.next();
    let taken = false;
    next.then(
      () => (taken = true),
      () => undefined,
    );
    await stage.settle();
    assert.equal(taken, false, 'three are under way');
    const [first] = events;
    assert.ok(first !== undefined);
    await stage.runtime.respond(requestIdOf(first), '"one"');
    assert.equal(payloadText((await results[0]) ?? { payload: Buffer.alloc(0) }), '"one"');
    const reply = await next;
    assert.equal(reply.body, '4');
    await stage.runtime.respond(requestIdOf(reply), '"four"');
    assert.equal(payloadText(await fourth), '"four"');
  });

  it('takes answers in any order, without another next', async () => {
    const stage = await three();
    const { results, events } = await inFlight(stage, 3);
    for (const event of [...events].reverse()) {
      const { status } = await stage.runtime.respond(requestIdOf(event), `"${event.body}"`);
      assert.equal(status, 202);
    }
    const texts = (await Promise.all(results)).map(payloadText);
    assert.deepEqual(texts, ['"1"', '"2"', '"3"']);
  });

  it('refuses a second answer to the same event, whatever the others do', async () => {
    const stage = await three();
    const { events } = await inFlight(stage, 2);
    const [one] = events.map(requestIdOf);
    assert.ok(one !== undefined);
    await stage.runtime.respond(one);
    for (const again of [stage.runtime.respond(one), stage.runtime.fail(one, 'Function.X')]) {
      const { status, body } = await again;
      assert.deepEqual(
        [status, body],
        [400, '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}\n'],
      );
    }
  });

  it('leaves the others alone when one takes too long, and refuses its late answer', async () => {
    const time = new HandTime();
    const stage = await three({}, new PausableClock(time));
    const { results, events } = await inFlight(stage, 1);
    time.pass(1000);
    const second = stage.emulator.invoke({ payload: '2' });
    const other = await stage.runtime.take();
    time.pass(2000);
    const late = await results[0];
    assert.equal(late?.status, 'timeout');
    const [event] = events;
    assert.ok(event !== undefined);
    for (const refused of [
      stage.runtime.respond(requestIdOf(event)),
      stage.runtime.fail(requestIdOf(event), 'Function.X'),
    ]) {
      const { status, body } = await refused;
      assert.deepEqual(
        [status, body],
        [410, '{"errorMessage":"Invoke timeout","errorType":"InvokeTimeout"}\n'],
      );
    }
    await stage.runtime.respond(other, '"in time"');
    assert.equal(payloadText(await second), '"in time"');
    assert.equal(stage.attached.launches.length, 1, 'the environment goes on');
  });

  it('refuses the answer that began in time and ends too late', async () => {
    const time = new HandTime();
    const stage = await three({}, new PausableClock(time));
    const { results, events } = await inFlight(stage, 1);
    const slow = await RawClient.open(stage.url);
    const path = `/2018-06-01/runtime/invocation/${events.map(requestIdOf).join()}/response`;
    slow.send(head(`POST ${path}`, 'Content-Length: 6', 'Expect: 100-continue'));
    await slow.until(/100 Continue/);
    slow.send('"ha');
    time.pass(3000);
    assert.equal((await results[0])?.status, 'timeout');
    slow.send('lf"');
    assert.match(await slow.until(/InvokeTimeout"}/), /HTTP\/1\.1 410 /);
    await slow.destroy();
  });

  it('takes the answer to an event that it was given again, and the late one to the first attempt no more', async () => {
    const time = new HandTime();
    const stage = await three({}, new PausableClock(time));
    await stage.warmUp();
    const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
    const event = { method: 'POST', headers: { 'X-Amz-Invocation-Type': 'Event' } };
    assert.equal((await call(url, event)).status, 202);
    const id = await stage.runtime.take();
    const slow = await RawClient.open(stage.url);
    const path = `/2018-06-01/runtime/invocation/${id}/response`;
    slow.send(head(`POST ${path}`, 'Content-Length: 1', 'Expect: 100-continue'));
    await slow.until(/100 Continue/);
    time.pass(3000);
    await stage.records.until(({ attempt, state }) => attempt === 1 && state === 'done');
    time.pass(1000);
    assert.equal(await stage.runtime.take(), id);
    slow.send('1');
    assert.match(await slow.until(/InvokeTimeout"}/), /HTTP\/1\.1 410 /);
    await slow.destroy();
    assert.equal((await stage.runtime.respond(id, '"again"')).status, 202);
    const { result } = await stage.records.until(({ attempt, state }) => attempt === 2 && state === 'done');
    assert.equal(payloadText(result ?? { payload: Buffer.alloc(0) }), '"again"');
    assert.equal((await stage.runtime.respond(id)).status, 400, 'it has been answered');
  });

  it('times out one whose event nobody took', async () => {
    const time = new HandTime();
    const stage = await three({}, new PausableClock(time));
    const { results } = await inFlight(stage, 1);
    const waiting = stage.emulator.invoke({ payload: '2' });
    await stage.records.until(({ payload, state }) => state === 'running' && String(payload) === '2');
    time.pass(3000);
    assert.deepEqual(
      (await Promise.all([...results, waiting])).map(({ status }) => status),
      ['timeout', 'timeout'],
    );
    const next = stage.runtime.next();
    const last = stage.emulator.invoke({ payload: '3' });
    assert.equal((await next).body, '3', 'its event is not given out any more');
    await stage.runtime.respond(requestIdOf(await next));
    await last;
  });

  it('loses all that is in flight when the runtime ends, and starts afresh', async () => {
    const stage = await three();
    const { results } = await inFlight(stage, 3);
    (await stage.started('bootstrap')).exit({ code: 9, signal: null });
    for (const { status, requestId, payload } of await Promise.all(results)) {
      assert.equal(status, 'crash');
      assert.equal(
        Buffer.from(payload).toString(),
        `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${requestId} Error: Runtime exited with error: exit status 9"}`,
      );
    }
    const result = stage.emulator.invoke({ payload: '4' });
    await stage.started('bootstrap', 2);
    await stage.runtime.serveOne();
    assert.equal((await result).status, 'success');
  });

  it('is ready with the first next; extensions get no INVOKE', async () => {
    const stage = await Stage.start(emulators, ['agent'], { maxConcurrency: 3 });
    const [agent] = await stage.warmUp({ agent: ['INVOKE', 'SHUTDOWN'] });
    const event = agent?.next();
    const next = stage.runtime.next();
    await stage.emulator.whenReady();
    const result = stage.emulator.invoke({ payload: '{}' });
    await stage.runtime.respond(requestIdOf(await next));
    assert.equal((await result).status, 'success');
    const stopping = stage.emulator.stop();
    assert.equal((await event)?.eventType, 'SHUTDOWN');
    (await stage.started('agent')).exit({ code: 0, signal: null });
    await stopping;
    assert.match(stage.lines('INIT_START')[0] ?? '', /^INIT_START /);
  });

  it('tells each line of the log to the invocation whose id is in it', async () => {
    const stage = await three();
    const { results, events } = await inFlight(stage, 2);
    const [one = '', two = ''] = events.map(requestIdOf);
    const process = await stage.started('bootstrap');
    process.onOutput(`${two} says hello`);
    process.onOutput('somebody says hello');
    for (const id of [one, two]) await stage.runtime.respond(id);
    const tails = (await Promise.all(results)).map(({ logTail }) => logTail);
    assert.deepEqual(
      tails.map((tail) => tail.includes('says hello')),
      [false, true],
    );
    assert.ok(!tails.some((tail) => tail.includes('somebody')));
  });

  for (const [timeoutMs, limitMs] of [
    [3000, 130_000],
    [200_000, 200_000],
  ] as const) {
    it(`has ${limitMs / 1000} seconds for its init when its timeout is ${timeoutMs / 1000}`, async () => {
      const time = new HandTime();
      const stage = await three({ timeoutMs }, new PausableClock(time));
      await stage.warmUp();
      time.pass(limitMs - 1);
      await stage.settle();
      assert.deepEqual(stage.lines('INIT_REPORT'), []);
      time.pass(1);
      await stage.log.until(({ text }) => /^INIT_REPORT .*Status: timeout$/.test(text));
    });
  }

  it('times out when the init that is repeated for an invocation takes too long', async () => {
    const time = new HandTime();
    const stage = await three({ initTimeoutMs: 1000 }, new PausableClock(time));
    const results = [1, 2].map((number) => stage.emulator.invoke({ payload: String(number) }));
    await stage.started('bootstrap');
    time.pass(1000);
    await stage.started('bootstrap', 2);
    time.pass(3000);
    assert.deepEqual(
      (await Promise.all(results)).map(({ status }) => status),
      ['timeout', 'timeout'],
    );
    const result = stage.emulator.invoke({ payload: '3' });
    await stage.started('bootstrap', 3);
    await stage.runtime.serveOne();
    assert.equal((await result).status, 'success');
  });

  it('is replaced only after what it has under way', async () => {
    const stage = await three();
    const { results, events } = await inFlight(stage, 2);
    stage.emulator.restart();
    const later = stage.emulator.invoke({ payload: '3' });
    for (const event of events) await stage.runtime.respond(requestIdOf(event), '"old"');
    const answers = await Promise.all(results);
    assert.deepEqual(answers.map(payloadText), ['"old"', '"old"']);
    await stage.started('bootstrap', 2);
    await stage.runtime.serveOne('"new"');
    assert.equal(payloadText(await later), '"new"');
    assert.equal(stage.attached.launches.length, 2);
  });
});
