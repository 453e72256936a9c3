import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { Invocation } from '../../../../src/core/emulator/invocation.ts';
import { InvocationQueue, type QueuedInvocation } from '../../../../src/core/emulator/invocationQueue.ts';
import { InvokeError } from '../../../../src/core/emulator/invoke/invokeError.ts';

const event = Buffer.alloc(100);

function entry(payload = event): QueuedInvocation {
  const invocation = new Invocation({ request: { payload }, payload, traceHeader: '' });
  const { requestId, attempt } = invocation;
  return { invocation, record: { requestId, attempt, payload, context: {}, state: 'queued', queuedAtMs: 0 } };
}

describe('the queue of invocations', () => {
  it('refuses events that would take too much memory, until some have left', () => {
    const fit = 5;
    const queue = new InvocationQueue(fit * event.length + 1);
    for (let count = 0; count < fit; count += 1) queue.add(entry());
    const refused = (error: unknown): boolean =>
      error instanceof InvokeError && error.name === 'TooManyRequestsException' && error.status === 429;
    assert.throws(() => queue.add(entry()), refused);
    queue.take();
    queue.add(entry());
    assert.throws(() => queue.add(entry()), refused);
    assert.equal(queue.clear().length, fit);
    queue.add(entry());
  });

  it('lets go of an entry as soon as it is given out', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const queue = new InvocationQueue(1e6);
    const add = (): WeakRef<QueuedInvocation> => {
      const added = entry();
      queue.add(added);
      return new WeakRef(added);
    };
    const taken = add();
    const waiting = add();
    queue.take();
    await new Promise(setImmediate); // a weak reference holds on until the end of the turn
    collectGarbage();
    assert.equal(taken.deref(), undefined);
    assert.notEqual(waiting.deref(), undefined);
  });

  it('gives out each entry once, in order, however many come and go', () => {
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant('add') }, fc.constant('take')), {
      maxLength: 5000,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (list) => {
        const queue = new InvocationQueue(1e6);
        const model: QueuedInvocation[] = [];
        const small = Buffer.from('1');
        for (const step of list) {
          if (step === 'take') assert.equal(queue.take(), model.shift());
          else {
            const added = entry(small);
            queue.add(added);
            model.push(added);
          }
        }
        assert.deepEqual(queue.clear(), model);
        assert.equal(queue.take(), undefined);
      }),
      { numRuns: 20 },
    );
  });
});
