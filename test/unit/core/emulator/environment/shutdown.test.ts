import assert from 'node:assert/strict';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import { HandTime } from '../handTime.ts';
import { Stage } from '../stage.ts';
import { call, Emulators, type StartedProcess } from '../support.ts';
import { HandExtension } from '../handExtension.ts';

/** Node's timers may come a millisecond early. */
const early = 2;

describe('the shutdown of an environment', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  /** Makes a process that ignores `SIGTERM`; gives the moment it was asked. */
  function ignoring(process: StartedProcess): { askedAtMs: number | undefined } {
    const seen: { askedAtMs: number | undefined } = { askedAtMs: undefined };
    process.onTerminate = () => (seen.askedAtMs = performance.now());
    return seen;
  }

  function end(stage: Stage): string[] {
    return stage.steps.values
      .filter(({ step }) => step !== 'started')
      .map(({ name, step }) => `${name} ${step}`);
  }

  it('kills a runtime without extensions at once, unasked', async () => {
    const stage = await Stage.start(emulators);
    await stage.warmUp();
    stage.runtime.park();
    await stage.emulator.whenReady();
    await stage.emulator.stop();
    assert.deepEqual(end(stage), ['bootstrap killed']);
    assert.equal(stage.attached.released, 1);
    assert.ok(stage.attached.signals[0]?.aborted);
  });

  it('gives a runtime with an internal extension half a second', async () => {
    const stage = await Stage.start(emulators);
    await stage.warmUp();
    await HandExtension.register(stage.url, 'inside', ['INVOKE']);
    const process = await stage.started('bootstrap');
    const seen = ignoring(process);
    await stage.emulator.stop();
    assert.deepEqual(end(stage), ['bootstrap terminated', 'bootstrap killed']);
    assert.ok((process.killedAtMs ?? 0) - (seen.askedAtMs ?? Infinity) >= 500 - early);
  });

  it('does not wait for a runtime that ends when asked', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    await stage.warmUp({ agent: [] });
    await stage.emulator.stop();
    assert.deepEqual(end(stage), ['bootstrap terminated', 'agent killed']);
  });

  it('asks the runtime first, then tells subscribers and kills the other extensions', async () => {
    const time = new HandTime();
    const clock = new PausableClock(time);
    const stage = await Stage.start(emulators, ['told', 'untold'], {}, { clock });
    const [told, untold] = await stage.warmUp({ told: ['SHUTDOWN'], untold: ['INVOKE'] });
    const process = await stage.started('bootstrap');
    const seen = ignoring(process);
    const event = told?.next();
    untold?.park();
    const stopping = stage.emulator.stop();
    assert.deepEqual(await event, {
      eventType: 'SHUTDOWN',
      shutdownReason: 'SPINDOWN',
      deadlineMs: time.epochMs() + 2000,
    });
    assert.ok((process.killedAtMs ?? 0) - (seen.askedAtMs ?? Infinity) >= 300 - early);
    await stage.steps.until(({ name, step }) => name === 'untold' && step === 'killed');
    const extension = await stage.started('told');
    assert.equal(extension.killedAtMs, undefined, 'it still has time');
    extension.exit({ code: 0, signal: null });
    await stopping;
    assert.deepEqual(end(stage), ['bootstrap terminated', 'bootstrap killed', 'untold killed']);
  });

  it('kills an extension that uses more than two seconds', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: ['SHUTDOWN'] });
    const event = agent?.next();
    const startMs = performance.now();
    const stopping = stage.emulator.stop();
    assert.equal((await event)?.eventType, 'SHUTDOWN');
    await stopping;
    const { killedAtMs = 0, terminated } = await stage.started('agent');
    assert.ok(killedAtMs - startMs >= 2000 - early);
    assert.equal(terminated, 0, 'extensions are told by the event');
  });

  it('hands SHUTDOWN to an extension that is still at work when it asks for its next event', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: ['INVOKE', 'SHUTDOWN'] });
    const event = agent?.next();
    const result = stage.emulator.invoke({ payload: '{}' });
    result.catch(() => undefined);
    await Promise.all([event, stage.runtime.take()]);
    const stopping = stage.emulator.stop();
    await stage.steps.until(({ name, step }) => name === 'bootstrap' && step === 'terminated');
    assert.equal((await agent?.next())?.eventType, 'SHUTDOWN');
    (await stage.started('agent')).exit({ code: 0, signal: null });
    await stopping;
    await assert.rejects(result, { code: 'NoSession' });
  });

  it('does not shut down what never registered', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    stage.emulator.prewarm();
    await stage.started('agent');
    await stage.emulator.stop();
    assert.deepEqual(end(stage), ['agent killed']);
  });

  /** Ends the environment in the middle of an invocation; returns what its extension is told. */
  async function reasonOf(stage: Stage, breakIt: () => Promise<void> | void): Promise<string | undefined> {
    const [agent] = await stage.warmUp({ agent: ['INVOKE', 'SHUTDOWN'] });
    const event = agent?.next();
    stage.emulator.invoke({ payload: '{}' }).catch(() => undefined);
    await Promise.all([event, stage.runtime.take()]);
    const shutdown = agent?.next();
    await breakIt();
    const { shutdownReason } = (await shutdown) ?? {};
    (await stage.started('agent')).exit({ code: 0, signal: null });
    return shutdownReason;
  }

  it('is told as TIMEOUT after a timeout', async () => {
    const time = new HandTime();
    const stage = await Stage.start(emulators, ['agent'], {}, { clock: new PausableClock(time) });
    assert.equal(await reasonOf(stage, () => time.pass(3000)), 'TIMEOUT');
  });

  it('is told as FAILURE after a crash', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const reason = await reasonOf(stage, async () =>
      (await stage.started('bootstrap')).exit({ code: 1, signal: null }),
    );
    assert.equal(reason, 'FAILURE');
  });

  it('is told as SPINDOWN when the environment is replaced', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: ['SHUTDOWN'] });
    const event = agent?.next();
    stage.runtime.park();
    await stage.emulator.whenReady();
    stage.emulator.restart();
    assert.equal((await event)?.shutdownReason, 'SPINDOWN');
    (await stage.started('agent')).exit({ code: 0, signal: null });
    await stage.started('agent', 2);
  });

  it('comes after the answer of the invocation that took too long', async () => {
    const time = new HandTime();
    const stage = await Stage.start(emulators, ['agent'], {}, { clock: new PausableClock(time) });
    const [agent] = await stage.warmUp({ agent: ['SHUTDOWN'] });
    const event = agent?.next();
    const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
    const answered = call(url, { method: 'POST' });
    await stage.records.until(({ state }) => state === 'queued');
    const completed = stage.emulator.invoke({ payload: '"next"' });
    await stage.runtime.take();
    time.pass(3000);
    const { body } = await answered;
    assert.match(body, /Task timed out after 3\.00 seconds"}$/);
    await event;
    assert.equal((await stage.started('agent')).killedAtMs, undefined, 'it is being told');
    assert.equal(stage.attached.extensions.length, 1, 'the next one waits for the end of the shutdown');
    (await stage.started('agent')).exit({ code: 0, signal: null });
    await stage.started('agent', 2);
    (await HandExtension.register(stage.url, 'agent')).park();
    await stage.runtime.serveOne();
    assert.equal((await completed).status, 'success');
  });

  it('does not keep the invoker of a function that failed to start waiting', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
    const answered = call(url, { method: 'POST' });
    const agent = await stage.started('agent');
    const event = (await HandExtension.register(stage.url, 'agent', ['SHUTDOWN'])).next();
    const bootstrap = await stage.started('bootstrap');
    await stage.runtime.initError('Runtime.Odd', '{"errorMessage":"no"}');
    bootstrap.exit({ code: 1, signal: null });
    assert.equal((await answered).body, '{"errorMessage":"no"}');
    assert.equal((await event).shutdownReason, 'FAILURE');
    assert.equal(agent.killedAtMs, undefined, 'the extension may use its two seconds');
    agent.exit({ code: 0, signal: null });
  });
});
