import assert from 'node:assert/strict';
import { Deferred } from '../../../../src/core/emulator/deferred.ts';
import { SendOrder } from '../../../../src/vscode/invocations/sendOrder.ts';

describe('The order of sending', () => {
  it('is that of the requests, whichever is ready first', async () => {
    const order = new SendOrder();
    const [first, second, third] = [new Deferred<string>(), new Deferred<string>(), new Deferred<string>()];
    const sent: string[] = [];
    const all = [first, second, third].map((one) =>
      order.take(one.promise).then((event) => void sent.push(event)),
    );
    third.resolve('third');
    second.resolve('second');
    await second.promise;
    assert.deepEqual(sent, []);
    first.resolve('first');
    await Promise.all(all);
    assert.deepEqual(sent, ['first', 'second', 'third']);
  });

  it('goes on after one that cannot be prepared, which its caller is told', async () => {
    const order = new SendOrder();
    const broken = order.take(Promise.reject(new Error('no such file')));
    const next = order.take(Promise.resolve('next'));
    await assert.rejects(broken, /no such file/);
    assert.equal(await next, 'next');
  });
});
