import assert from 'node:assert/strict';
import { treeMemory } from '../../../../src/core/run/memory.ts';
import { MemoryWatch } from '../../../../src/core/run/memoryWatch.ts';

describe('Watching the memory of a process tree', () => {
  let nowMs: number;
  let looks: number;
  let residentBytes: number;
  let highestBytes: number;

  beforeEach(() => {
    nowMs = looks = residentBytes = highestBytes = 0;
  });

  /** Each look takes a millisecond. */
  function watch(): MemoryWatch {
    const look = () => {
      looks += 1;
      nowMs += 1;
      return { residentBytes, highestBytes };
    };
    return new MemoryWatch(1, look, () => nowMs);
  }

  it('finds the most that all used together at one time', () => {
    const watched = watch();
    for (const bytes of [10, 30, 20]) {
      residentBytes = bytes;
      assert.equal(watched.look(), bytes);
    }
    assert.equal(watched.peakBytes, 30);
  });

  it('finds what one of them used between two looks', () => {
    const watched = watch();
    residentBytes = 10;
    highestBytes = 50;
    watched.look();
    assert.equal(watched.peakBytes, 50);
  });

  it('looks whenever it is asked as long as that is seldom', () => {
    const watched = watch();
    for (let asked = 0; asked < 100; asked += 1) {
      nowMs += 60;
      watched.glance();
    }
    assert.equal(looks, 100);
  });

  it('leaves looks out that would take more than a fiftieth of the time', () => {
    const watched = watch();
    while (nowMs < 10_000) {
      nowMs += 0.2;
      watched.glance();
    }
    assert.ok(looks >= 200 && looks <= 220, `${looks} looks of a millisecond in ten seconds`);
  });

  it('knows this process', () => {
    const { residentBytes: resident, highestBytes: highest } = treeMemory(process.pid);
    assert.ok(resident > 10e6 && highest > 10e6, `${resident}, ${highest}`);
  });
});
