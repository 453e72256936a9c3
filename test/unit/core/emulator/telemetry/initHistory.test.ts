import assert from 'node:assert/strict';
import { maxHeldBytes } from '../../../../../src/core/emulator/telemetry/delivery.ts';
import { EncodedEvent } from '../../../../../src/core/emulator/telemetry/encodedEvent.ts';
import { InitHistory } from '../../../../../src/core/emulator/telemetry/initHistory.ts';
import { line, platform } from './hubs.ts';

describe('The history of init', () => {
  const large = new EncodedEvent(line('x'.repeat(maxHeldBytes - 100)));
  const small = new EncodedEvent(platform('start', { requestId: 'x'.repeat(100) }));

  it('keeps the beginning and counts by category what came after it', () => {
    const history = new InitHistory();
    for (const event of [large, large, small, small]) history.add(event);
    assert.deepEqual(history.events, [large]);
    const records = (...categories: Parameters<InitHistory['lossOf']>[0]): number | undefined =>
      history.lossOf(categories)?.records;
    assert.equal(records('function'), 1);
    assert.equal(records('platform'), 2);
    assert.equal(records('platform', 'function'), 3);
    assert.equal(records('extension'), undefined);
    assert.equal(history.lossOf(['platform'])?.bytes, 2 * small.json.length);
  });

  it('keeps nothing any more once closed', () => {
    const history = new InitHistory();
    history.add(small);
    history.close();
    history.add(small);
    assert.deepEqual(history.events, []);
    assert.equal(history.lossOf(['platform']), undefined);
  });
});
