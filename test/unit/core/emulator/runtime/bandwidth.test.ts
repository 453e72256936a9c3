import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import type { ResponseSink } from '../../../../../src/core/emulator/invoke/responseSink.ts';
import { Bandwidth } from '../../../../../src/core/emulator/runtime/bandwidth.ts';
import { HandTime } from '../handTime.ts';
import { Stage } from '../stage.ts';
import { Emulators } from '../support.ts';

const mebibyte = 2 ** 20;

describe('the bandwidth of a streamed response', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  it('is 6 MiB at once, then 2 MiB a second, granted every 125 milliseconds', async () => {
    const time = new HandTime();
    const bandwidth = new Bandwidth(new PausableClock(time));
    await bandwidth.take(6 * mebibyte);
    let granted = 0;
    const more = (async () => {
      for (; granted < 4; granted += 1) await bandwidth.take(mebibyte / 4);
    })();
    for (let step = 0; step < 4; step += 1) {
      await setImmediate();
      assert.equal(granted, step);
      time.pass(124);
      await setImmediate();
      assert.equal(granted, step, 'not before its time');
      time.pass(1);
      await setImmediate();
    }
    await more;
  });

  it('grows to 6 MiB again while nothing is sent, and not further', async () => {
    const time = new HandTime();
    const bandwidth = new Bandwidth(new PausableClock(time));
    await bandwidth.take(6 * mebibyte);
    time.pass(60_000);
    await bandwidth.take(6 * mebibyte);
    let taken = false;
    const more = bandwidth.take(1).then(() => (taken = true));
    await setImmediate();
    assert.equal(taken, false);
    time.pass(125);
    await more;
  });

  it('holds a runtime up when the function is set to it', async () => {
    const time = new HandTime();
    const settings = { limitBandwidth: true, timeoutMs: 900_000 };
    const stage = await Stage.start(emulators, [], settings, { clock: new PausableClock(time) });
    let sent = 0;
    const sink: ResponseSink = {
      wants: () => true,
      start: () => undefined,
      write: (chunk) => Promise.resolve(void (sent += chunk.length)),
    };
    const result = stage.emulator.invoke({ payload: '{}', sink });
    const response = stage.runtime.respond(await stage.runtime.take(), Buffer.alloc(7 * mebibyte));
    while (time.armed < 2) await stage.settle(); // the timeout, and the wait for more
    assert.ok(sent >= 6 * mebibyte && sent < 6.25 * mebibyte, String(sent));
    while (sent < 7 * mebibyte) {
      time.pass(125);
      await stage.settle();
    }
    assert.equal((await response).status, 202);
    assert.equal(sent, 7 * mebibyte);
    assert.ok(time.monotonicMs() >= 400, `${time.monotonicMs()} ms`);
    stage.runtime.park();
    assert.equal((await result).status, 'success');
  });
});
