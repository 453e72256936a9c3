import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  eventLabel,
  readRecentEvents,
  type RecentEvent,
  withoutRecentEvent,
  withRecentEvent,
} from '../../../../src/core/events/recentEvents.ts';

const event = (text: string, timeMs = 0): RecentEvent => ({ text, functionName: 'hello', timeMs });
const texts = (list: readonly RecentEvent[]) => list.map(({ text }) => text);

describe('Recent events', () => {
  it('are the newest first, each once, with the time it was last sent', () => {
    const list = ['1', '2', '1'].reduce<readonly RecentEvent[]>(
      (all, text, index) => withRecentEvent(all, event(text, index)),
      [],
    );
    assert.deepEqual(list, [event('1', 2), event('2', 1)]);
  });

  it('leave out what is too long, and keep the others', () => {
    const list = withRecentEvent([event('1')], event(`"${'x'.repeat(70_000)}"`));
    assert.deepEqual(texts(list), ['1']);
  });

  it('are forgotten one by one', () => {
    assert.deepEqual(texts(withoutRecentEvent([event('1'), event('2')], '1')), ['2']);
  });

  it('are never more than 20 or longer than 256 K together, and always hold the last one', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 64_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, (all) => {
        const list = all.reduce<readonly RecentEvent[]>(
          (before, length, index) => withRecentEvent(before, event(String(index).padEnd(length, ' '))),
          [],
        );
        assert.ok(list.length <= 20);
        assert.ok(list.reduce((sum, { text }) => sum + text.length, 0) <= 256 * 1024);
        assert.equal(list[0]?.text.trim(), String(all.length - 1));
      }),
    );
  });

  it('are read back from what was stored, without what is no event', () => {
    const stored: unknown = JSON.parse(JSON.stringify([event('1'), { text: 1 }, null, 'x', event('2')]));
    assert.deepEqual(readRecentEvents(stored), [event('1'), event('2')]);
    assert.deepEqual(readRecentEvents(undefined), []);
    assert.deepEqual(readRecentEvents({}), []);
  });

  it('are shown in one line of limited length', () => {
    assert.equal(eventLabel('{\n  "a": "b  c",\n  "d": [ ]\n}', 80), '{"a":"b  c","d":[]}');
    assert.equal(eventLabel('"abcdefgh"', 5), '"abc…');
  });
});
