import assert from 'node:assert/strict';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import { payloadText } from '../../../../../src/core/emulator/invocation.ts';
import { HandTime } from '../handTime.ts';
import { Stage } from '../stage.ts';
import { Emulators } from '../support.ts';

describe('replacing an environment', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  async function idle(stage: Stage): Promise<void> {
    await stage.warmUp();
    stage.runtime.park();
    await stage.emulator.whenReady();
  }

  it('happens at once while it is idle, and the next invocation is a cold start', async () => {
    const time = new HandTime();
    const stage = await Stage.start(emulators, [], {}, { clock: new PausableClock(time) });
    await idle(stage);
    const first = stage.emulator.invoke({ payload: '1' });
    const { requestId } = await stage.records.until(({ state }) => state === 'running');
    await stage.runtime.respond(requestId);
    stage.runtime.park();
    await first;
    stage.emulator.restart();
    await stage.started('bootstrap', 2);
    time.pass(70);
    const parked = stage.runtime.next();
    await stage.emulator.whenReady();
    const second = stage.emulator.invoke({ payload: '2' });
    assert.equal((await parked).body, '2');
    const { requestId: id } = await stage.records.until(
      (each) => each.coldStart === true && String(each.payload) === '2',
    );
    time.pass(5);
    await stage.runtime.respond(id);
    stage.runtime.park();
    const { initMs, durationMs, billedMs } = await second;
    assert.deepEqual({ initMs, durationMs, billedMs }, { initMs: 70, durationMs: 5, billedMs: 75 });
    assert.equal(stage.attached.released, 1);
  });

  it('waits for the invocation under way, and comes before the ones that wait', async () => {
    const stage = await Stage.start(emulators);
    await idle(stage);
    const running = stage.emulator.invoke({ payload: '1' });
    const waiting = stage.emulator.invoke({ payload: '2' });
    const { requestId } = await stage.records.until(({ state }) => state === 'running');
    stage.emulator.restart();
    await stage.runtime.respond(requestId, '"old"');
    assert.equal(stage.attached.launches.length, 1);
    stage.runtime.park();
    assert.equal(payloadText(await running), '"old"');
    await stage.started('bootstrap', 2);
    await stage.runtime.serveOne('"new"');
    assert.equal(payloadText(await waiting), '"new"');
    assert.equal(stage.attached.launches.length, 2);
  });

  it('follows an invocation under way although no other one waits', async () => {
    const stage = await Stage.start(emulators);
    await idle(stage);
    const running = stage.emulator.invoke({ payload: '1' });
    const { requestId } = await stage.records.until(({ state }) => state === 'running');
    stage.emulator.restart();
    stage.emulator.restart();
    await stage.runtime.respond(requestId);
    stage.runtime.park();
    await running;
    await stage.started('bootstrap', 2);
    stage.runtime.park();
    await stage.emulator.whenReady();
    assert.equal(stage.attached.launches.length, 2);
  });

  it('during init begins init anew', async () => {
    const stage = await Stage.start(emulators);
    stage.emulator.prewarm();
    await stage.started('bootstrap');
    const ready = stage.emulator.whenReady();
    stage.emulator.restart();
    await stage.started('bootstrap', 2);
    stage.runtime.park();
    await ready;
    assert.equal(stage.attached.launches.length, 2);
    assert.equal(stage.attached.released, 1);
  });

  it('during an init that an invocation waits for comes after that invocation', async () => {
    const stage = await Stage.start(emulators);
    const result = stage.emulator.invoke({ payload: '1' });
    await stage.started('bootstrap');
    stage.emulator.restart();
    await stage.runtime.serveOne('"served"');
    assert.equal(payloadText(await result), '"served"');
    await stage.started('bootstrap', 2);
  });

  it('does nothing when there is none, or after the end', async () => {
    const stage = await Stage.start(emulators);
    stage.emulator.restart();
    await stage.emulator.stop();
    stage.emulator.restart();
    assert.equal(stage.attached.signals.length, 0);
  });

  it('repeats an init that failed', async () => {
    const stage = await Stage.start(emulators);
    stage.emulator.prewarm();
    (await stage.started('bootstrap')).exit({ code: 1, signal: null });
    await assert.rejects(stage.emulator.whenReady(), { code: 'InitFailed' });
    stage.emulator.restart();
    await stage.started('bootstrap', 2);
    stage.runtime.park();
    await stage.emulator.whenReady();
  });
});
