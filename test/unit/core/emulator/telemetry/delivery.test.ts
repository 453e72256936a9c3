import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TimeSource } from '../../../../../src/core/emulator/clock.ts';
import {
  Delivery,
  maxHeldBytes,
  type TelemetryDestination,
} from '../../../../../src/core/emulator/telemetry/delivery.ts';
import type { Loss } from '../../../../../src/core/emulator/telemetry/loss.ts';
import type { Buffering } from '../../../../../src/core/emulator/telemetry/subscription.ts';
import { HandTime } from '../handTime.ts';
import { hurriedTime, Inbox } from './receivers.ts';

const buffering: Buffering = { maxItems: 1_000, maxBytes: 262_144, timeoutMs: 1_000 };
const unlimited = new AbortController().signal;

/** Takes batches in memory; `answer` decides what becomes of each. */
class Receiver implements TelemetryDestination {
  readonly batches = new Inbox<readonly string[]>();
  closed = false;
  readonly #answer: (events: readonly string[]) => Promise<void>;

  constructor(answer: (events: readonly string[]) => Promise<void> = () => Promise.resolve()) {
    this.#answer = answer;
  }

  async send(events: readonly string[]): Promise<void> {
    await this.#answer(events);
    this.batches.add(events);
  }

  close(): void {
    this.closed = true;
  }
}

function deliver(receiver: TelemetryDestination, time: TimeSource, losses: Loss[] = []): Delivery {
  return new Delivery({
    buffering,
    destination: receiver,
    time,
    report: (loss) => {
      losses.push(loss);
      return JSON.stringify({ loss });
    },
  });
}

describe('Delivery', () => {
  it('sends a batch once its time is over, counted from its first event', async () => {
    const time = new HandTime();
    const receiver = new Receiver();
    const delivery = deliver(receiver, time);
    time.pass(5_000);
    delivery.push('"first"');
    time.pass(600);
    delivery.push('"second"');
    time.pass(399);
    assert.equal(time.armed, 1);
    assert.deepEqual(receiver.batches.values, []);
    assert.equal(delivery.pending, 2);
    time.pass(1);
    await receiver.batches.until(({ length }) => length > 0);
    assert.deepEqual(receiver.batches.values, [['"first"', '"second"']]);
    assert.equal(time.armed, 0);
    delivery.dispose();
  });

  it('sends a batch at once when it has as many events as it may', async () => {
    const time = new HandTime();
    const receiver = new Receiver();
    const delivery = deliver(receiver, time);
    for (let index = 0; index < 2_500; index += 1) delivery.push(String(index));
    const batches = await receiver.batches.until(({ length }) => length === 2);
    assert.deepEqual(
      batches.map(({ length }) => length),
      [1_000, 1_000],
    );
    await until(() => delivery.pending === 500);
    delivery.dispose();
  });

  it('sends a batch at once when it has as many bytes as it may, counted in UTF-8', async () => {
    const time = new HandTime();
    const receiver = new Receiver();
    const delivery = deliver(receiver, time);
    const event = JSON.stringify('é'.repeat(32_767)); // 65,536 bytes
    for (let count = 0; count < 5; count += 1) delivery.push(event);
    const [batch] = await receiver.batches.until(({ length }) => length > 0);
    assert.equal(batch?.length, 4);
    await until(() => delivery.pending === 1);
    delivery.dispose();
  });

  it('loses nothing and keeps the order, except for what it announces', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('push'), size: fc.integer({ min: 1, max: 200 }) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('push'), size: fc.integer({ max: 3e6, min: 2e5 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush'), size: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn'), size: fc.constant(0) }) },
    );
    let announced = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        async (steps, failures) => {
          const outcomes = [...failures];
          const receiver = new Receiver(async () => {
            await new Promise(setImmediate);
            if (outcomes.shift() === true) throw new Error('not now');
          });
          const delivery = deliver(receiver, hurriedTime);
          const pushed: number[] = [];
          for (const { kind, size } of steps) {
            if (kind === 'push') {
              delivery.push(JSON.stringify({ index: pushed.length, text: 'x'.repeat(size) }));
              pushed.push(pushed.length);
            } else if (kind === 'flush') void delivery.flush(unlimited);
            else await new Promise(setImmediate);
          }
          outcomes.length = 0;
          await delivery.flush(unlimited); // may give a batch up, which is then announced
          await delivery.flush(unlimited);
          await delivery.flush(unlimited);
          assert.equal(delivery.pending, 0);
          const events = receiver.batches.values.flat().map((json) => JSON.parse(json) as Delivered);
          let expected = 0;
          for (const { index, loss } of events) {
            if (index !== undefined) {
              assert(index >= expected, 'out of order');
              expected = index + 1;
            }
            announced += loss?.records ?? 0;
          }
          const indices = events.map(({ index }) => index).filter((index) => index !== undefined);
          const lost = events.reduce((sum, { loss }) => sum + (loss?.records ?? 0), 0);
          assert.equal(indices.length + lost, pushed.length);
          delivery.dispose();
        },
      ),
      { numRuns: 60, seed: 20220701 },
    );
    assert(announced > 0, 'no run came to its limits');
  });

  it('announces a loss again when the announcement itself is lost', async () => {
    let dead = true;
    const receiver = new Receiver(() => (dead ? Promise.reject(new Error('dead')) : Promise.resolve()));
    const delivery = deliver(receiver, hurriedTime);
    for (const text of ['"one"', '"two"', '"three"']) {
      delivery.push(text);
      await settled(delivery);
    }
    dead = false;
    delivery.push('"four"');
    await delivery.flush(unlimited);
    const [announcement, event] = receiver.batches.values.flat();
    const { loss } = JSON.parse(announcement ?? '') as Delivered;
    assert.equal(loss?.records, 3);
    assert.equal(loss.bytes, Buffer.byteLength('"one""two""three"'));
    assert.match(loss.reason, /dead/);
    assert.equal(event, '"four"');
    delivery.dispose();
  });

  it('tries a batch six times and then rests until there is something new', async () => {
    let attempts = 0;
    const time = new HandTime();
    const attempted = new Inbox<number>();
    const receiver = new Receiver(() => {
      attempts += 1;
      attempted.add(attempts);
      return Promise.reject(new Error('dead'));
    });
    const delivery = deliver(receiver, time);
    delivery.push('1');
    time.pass(1_000);
    for (const delayMs of [100, 200, 400, 800, 1600]) {
      const before = attempts;
      await until(() => time.armed === 1);
      time.pass(delayMs - 1);
      assert.equal(attempts, before);
      time.pass(1);
      await until(() => attempts === before + 1);
    }
    await until(() => delivery.pending === 0);
    time.pass(60_000);
    assert.equal(attempts, 6);
    assert.equal(time.armed, 0);
    delivery.dispose();
  });

  it('holds a bounded number of bytes for a receiver that never answers, and pushes on', async () => {
    const losses: Loss[] = [];
    const receiver = new Receiver(() => new Promise(() => undefined));
    const delivery = deliver(receiver, new HandTime(), losses);
    const event = JSON.stringify('x'.repeat(1022));
    const count = (3 * maxHeldBytes) / 1024;
    for (let index = 0; index < count; index += 1) delivery.push(event);
    assert.equal(delivery.pending * 1024, maxHeldBytes);
    delivery.dispose();
    assert.deepEqual(
      losses.map(({ records, bytes }) => ({ records, bytes })),
      [{ records: count - maxHeldBytes / 1024, bytes: 2 * maxHeldBytes }],
    );
    await delivery.flush(unlimited);
    assert.equal(delivery.pending, 0);
    assert(receiver.closed);
  });

  it('has room again for as much as it has delivered', async () => {
    const losses: Loss[] = [];
    const receiver = new Receiver();
    const delivery = deliver(receiver, new HandTime(), losses);
    const event = JSON.stringify('x'.repeat(maxHeldBytes / 2));
    for (let count = 0; count < 5; count += 1) {
      delivery.push(event);
      await delivery.flush(unlimited);
    }
    assert.equal(receiver.batches.values.length, 5);
    assert.deepEqual(losses, []);
    delivery.dispose();
  });

  it('makes the next attempt at once when flushed', async () => {
    const time = new HandTime();
    let dead = true;
    const receiver = new Receiver(() => (dead ? Promise.reject(new Error('dead')) : Promise.resolve()));
    const delivery = deliver(receiver, time);
    delivery.push('1');
    time.pass(1_000);
    await until(() => time.armed === 1);
    dead = false;
    await delivery.flush(unlimited);
    assert.deepEqual(receiver.batches.values, [['1']]);
    assert.equal(time.armed, 0);
    delivery.dispose();
  });

  it('ends a flush when its limit is over or when it is disposed', async () => {
    const receiver = new Receiver(() => new Promise(() => undefined));
    const delivery = deliver(receiver, new HandTime());
    delivery.push('1');
    const limit = new AbortController();
    const limited = delivery.flush(limit.signal);
    limit.abort();
    await limited;
    assert.equal(delivery.pending, 1);
    const flush = delivery.flush(unlimited);
    delivery.dispose();
    await flush;
  });

  it('does nothing any more once disposed', async () => {
    const time = new HandTime();
    const receiver = new Receiver();
    const delivery = deliver(receiver, time);
    delivery.push('1');
    delivery.dispose();
    assert.equal(time.armed, 0);
    delivery.push('2');
    await delivery.flush(unlimited);
    assert.equal(time.armed, 0);
    assert.deepEqual(receiver.batches.values, []);
  });
});

interface Delivered {
  readonly index?: number;
  readonly loss?: Loss;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

async function settled(delivery: Delivery): Promise<void> {
  await until(() => delivery.pending === 0);
}
