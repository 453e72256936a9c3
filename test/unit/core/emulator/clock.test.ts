import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PausableClock, type TimeSource } from '../../../../src/core/emulator/clock.ts';

import { HandTime } from './handTime.ts';

describe('PausableClock', () => {
  it('stops counting while paused and goes on where it was', () => {
    const time = new HandTime();
    const clock = new PausableClock(time);
    time.pass(100);
    clock.pause();
    time.pass(3_600_000);
    assert.equal(clock.elapsedMs(), 100);
    clock.resume();
    time.pass(50);
    assert.equal(clock.elapsedMs(), 150);
  });

  it('holds a timer back by the length of the pause', () => {
    const time = new HandTime();
    const clock = new PausableClock(time);
    const firedAtMs: number[] = [];
    clock.startTimer(300, () => firedAtMs.push(time.monotonicMs()));
    time.pass(200);
    clock.pause();
    time.pass(10_000);
    assert.deepEqual(firedAtMs, []);
    clock.resume();
    time.pass(1000);
    assert.deepEqual(firedAtMs, [10_300]);
  });

  it('starts a timer made during a pause when the pause ends', () => {
    const time = new HandTime();
    const clock = new PausableClock(time);
    let fired = 0;
    clock.pause();
    clock.startTimer(10, () => (fired += 1));
    time.pass(100);
    assert.equal(fired, 0);
    clock.resume();
    time.pass(10);
    assert.equal(fired, 1);
  });

  it('takes repeated pauses and resumes as one', () => {
    const time = new HandTime();
    const clock = new PausableClock(time);
    clock.pause();
    time.pass(10);
    clock.pause();
    time.pass(10);
    clock.resume();
    clock.resume();
    time.pass(5);
    assert.equal(clock.elapsedMs(), 5);
    assert.equal(clock.paused, false);
  });

  it('leaves nothing armed once a timer is disposed, paused or not', () => {
    const time = new HandTime();
    const clock = new PausableClock(time);
    let fired = 0;
    const timers = [10, 20].map((ms) => clock.startTimer(ms, () => (fired += 1)));
    timers[0]?.dispose();
    clock.pause();
    timers[1]?.dispose();
    clock.resume();
    assert.equal(time.armed, 0);
    time.pass(100);
    assert.equal(fired, 0);
  });

  it('does not fire before its time when the source is early', () => {
    const time = new HandTime();
    const early: TimeSource = {
      monotonicMs: () => time.monotonicMs(),
      epochMs: () => time.epochMs(),
      schedule: (ms, callback) => time.schedule(ms > 1 ? ms - 1 : ms, callback),
    };
    const clock = new PausableClock(early);
    const firedAtMs: number[] = [];
    clock.startTimer(100, () => firedAtMs.push(clock.elapsedMs()));
    time.pass(500);
    assert.deepEqual(firedAtMs, [100]);
  });

  it('fires after exactly the running time asked for, however often it is paused', () => {
    const steps = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 50 }), pause: fc.boolean() }));
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 500 }), (pattern, delayMs) => {
        const time = new HandTime();
        const clock = new PausableClock(time);
        const firedAfterMs: number[] = [];
        clock.startTimer(delayMs, () => firedAfterMs.push(clock.elapsedMs()));
        let runningMs = 0;
        for (const { ms, pause } of pattern) {
          if (pause) clock.pause();
          else clock.resume();
          time.pass(ms);
          runningMs += pause ? 0 : ms;
        }
        assert.equal(clock.elapsedMs(), runningMs);
        if (firedAfterMs.length === 0) assert.ok(runningMs <= delayMs);
        else assert.deepEqual(firedAfterMs, [delayMs]);
      }),
    );
  });
});
