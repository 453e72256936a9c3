import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Throttle } from '../../../../src/vscode/invocations/throttle.ts';

describe('A throttle', () => {
  let runs = 0;
  let throttle: Throttle;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    runs = 0;
    throttle = new Throttle(100, () => void (runs += 1));
  });
  afterEach(() => {
    throttle.dispose();
    mock.timers.reset();
  });

  it('runs the first request at once, and those that follow soon once together', () => {
    throttle.request();
    assert.equal(runs, 1);
    for (let request = 0; request < 1000; request += 1) throttle.request();
    assert.equal(runs, 1);
    mock.timers.tick(100);
    assert.equal(runs, 2);
  });

  it('keeps the distance between runs, and rests when nothing was requested', () => {
    throttle.request();
    throttle.request();
    mock.timers.tick(100);
    throttle.request();
    assert.equal(runs, 2);
    mock.timers.tick(100);
    assert.equal(runs, 3);
    mock.timers.tick(1000);
    assert.equal(runs, 3);
    throttle.request();
    assert.equal(runs, 4);
  });

  it('runs what is left when it is flushed, and nothing when it is disposed', () => {
    throttle.request();
    throttle.request();
    throttle.flush();
    assert.equal(runs, 2);
    throttle.flush();
    assert.equal(runs, 2);
    throttle.request();
    throttle.request();
    throttle.dispose();
    mock.timers.tick(1000);
    assert.equal(runs, 3);
  });
});
