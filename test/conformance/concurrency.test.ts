import assert from 'node:assert/strict';
import { useConformanceFunctions } from './support/conformanceFunction.ts';
import { runtimeClients, type RuntimeClient } from './support/runtimeClients.ts';

const concurrency = 4;

/** The clients that take several invocations at a time. */
const clients: readonly RuntimeClient[] = [
  runtimeClients.go,
  runtimeClients.rust,
  runtimeClients.python,
  runtimeClients.node,
  runtimeClients.nodeHttp,
];

describe('An environment that takes several invocations at a time', () => {
  const open = useConformanceFunctions();

  for (const client of clients) {
    it(`serves ${concurrency} of them at once on ${client.name}, and each invoker gets its own answer`, async () => {
      const options = client.options();
      const env = {
        ...options.env,
        AWS_LAMBDA_MAX_CONCURRENCY: String(concurrency),
        AWS_LAMBDA_NODEJS_WORKER_COUNT: '2',
      };
      const conformance = await open({ ...options, env });
      for (let round = 0; round < 3; round++) {
        const names = Array.from({ length: concurrency }, (_, index) => `${round}.${index}`);
        const events = names.map((name) => ({ action: 'meet', name }));
        const answers = events.map((event) => conformance.ask(event));
        const guests = await Promise.all(names.map((name) => conformance.meeting.next(name)));
        for (const guest of guests.reverse()) guest.leave();
        assert.deepEqual(await Promise.all(answers), events);
      }
    });
  }

  it('tells the error of one invocation to its own invoker only', async () => {
    const env = { AWS_LAMBDA_MAX_CONCURRENCY: '2' };
    const conformance = await open({ ...runtimeClients.go.options(), env });
    const waiting = conformance.ask({ action: 'meet', name: 'here' });
    const guest = await conformance.meeting.next('here');
    assert.equal((await conformance.fail({ action: 'fail' })).errorType, 'ConformanceError');
    guest.leave();
    assert.deepEqual(await waiting, { action: 'meet', name: 'here' });
  });
});

describe('An environment that takes one invocation at a time', () => {
  const open = useConformanceFunctions();

  it('lets the others wait for their turn', async () => {
    const conformance = await open(runtimeClients.go.options());
    const names = ['a', 'b', 'c'];
    const answers = names.map((name) => conformance.ask({ action: 'meet', name }));
    for (const name of names) {
      const guest = await conformance.meeting.next(name);
      assert.deepEqual(conformance.meeting.said(), names.slice(0, names.indexOf(name) + 1));
      guest.leave();
    }
    await Promise.all(answers);
  });
});
