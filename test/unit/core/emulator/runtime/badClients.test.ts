import assert from 'node:assert/strict';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import { payloadText } from '../../../../../src/core/emulator/invocation.ts';
import { HandTime } from '../handTime.ts';
import { awsEventStream } from '../invoke/support.ts';
import { connectionsGone, head, openConnections, RawClient } from '../rawClient.ts';
import { Stage } from '../stage.ts';
import { call, Emulators, rootOf } from '../support.ts';

const api = '/2018-06-01/runtime';
const tooMuch = `X-Large: ${'x'.repeat(1024 * 1024)}`;

/** Requests that make no sense, and what they are answered. */
const nonsense: readonly { what: string; bytes: string | Buffer; answer?: RegExp }[] = [
  {
    what: 'no HTTP at all',
    bytes: Buffer.from('160301020001000001fc0303', 'hex'),
    answer: /^HTTP\/1\.1 400 /,
  },
  { what: 'half a request line', bytes: 'GET /2018-06-01/runt' },
  { what: 'half a head', bytes: `GET ${api}/invocation/next HTTP/1.1\r\nHost: local` },
  { what: 'nothing', bytes: '' },
  {
    what: 'headers over the limit',
    bytes: head(`GET ${api}/invocation/next`, tooMuch),
    answer: /^HTTP\/1\.1 431 /,
  },
  { what: 'a made-up method', bytes: head(`BREW ${api}/invocation/next`), answer: /^HTTP\/1\.1 400 / },
  { what: 'a tunnel', bytes: head('CONNECT example.com:443') },
  { what: 'an unknown version', bytes: 'GET / HTTP/9.9\r\n\r\n', answer: /^HTTP\/1\.1 400 / },
  {
    what: 'two ways to say the length',
    bytes: head(`POST ${api}/init/error`, 'Content-Length: 3', 'Transfer-Encoding: chunked'),
    answer: /^HTTP\/1\.1 400 /,
  },
  {
    what: 'two lengths',
    bytes: head(`POST ${api}/init/error`, 'Content-Length: 3', 'Content-Length: 4'),
    answer: /^HTTP\/1\.1 400 /,
  },
  {
    what: 'an upgrade',
    bytes: head('GET /chat', 'Connection: Upgrade', 'Upgrade: websocket'),
    answer: /^HTTP\/1\.1 4\d\d /,
  },
  {
    what: 'an expectation nobody knows',
    bytes: head('POST /x', 'Expect: miracles', 'Content-Length: 0'),
    answer: /^HTTP\/1\.1 4/,
  },
];

describe('clients that misbehave', () => {
  const emulators = new Emulators();
  let stage: Stage;
  let before: number;

  beforeEach(async () => {
    stage = await Stage.start(emulators);
    await stage.warmUp();
    stage.runtime.park();
    await stage.emulator.whenReady();
    await stage.settle();
    before = 2; // both ends of the runtime's connection
    await connectionsGone(before);
  });

  afterEach(async () => {
    await emulators.stop();
    await connectionsGone(0);
  });

  /** The runtime, which waits, serves an event; then no connection but its own is left. */
  async function assertServes(): Promise<void> {
    const result = stage.emulator.invoke({ payload: '{}' });
    const { requestId } = await stage.records.until(
      (record) =>
        record.state === 'running' &&
        !stage.records.values.some((other) => other.requestId === record.requestId && other.state === 'done'),
    );
    await stage.runtime.respond(requestId, '"fine"');
    stage.runtime.park();
    assert.equal(payloadText(await result), '"fine"');
    await connectionsGone(before);
    assert.equal(openConnections(), before);
  }

  for (const { what, bytes, answer } of nonsense) {
    it(`by sending ${what} and ending harm nobody`, async () => {
      for (const url of [stage.url, stage.invokeUrl]) {
        const client = await RawClient.open(url);
        client.send(bytes);
        const received = await client.finish();
        if (answer !== undefined) assert.match(received, answer);
      }
      await assertServes();
    });

    it(`by sending ${what} and hanging up harm nobody`, async () => {
      for (const url of [stage.url, stage.invokeUrl]) {
        const client = await RawClient.open(url);
        client.send(bytes);
        await stage.settle();
        await client.destroy();
      }
      await assertServes();
    });
  }

  it('by opening a hundred connections to say nothing hold nobody up', async () => {
    const urls = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? stage.url : stage.invokeUrl));
    const clients = await Promise.all(urls.map((url) => RawClient.open(url)));
    before += 200;
    await assertServes();
    before -= 200;
    await Promise.all(clients.map((client) => client.destroy()));
    await assertServes();
  });

  it('by waiting for ever with a hundred half requests hold nobody up, not even the end', async () => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.open(stage.url)));
    for (const client of clients)
      client.send(`POST ${api}/init/error HTTP/1.1\r\nHost: localhost\r\nContent-Le`);
    before += 200;
    await assertServes();
    await emulators.stop();
    await Promise.all(clients.map((client) => client.finish()));
  });

  it('by using other methods are refused on every path', async () => {
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
    const paths: [string, string][] = [
      ['GET', `${api}/invocation/next`],
      ['POST', `${api}/invocation/x/response`],
      ['POST', `${api}/invocation/x/error`],
      ['POST', `${api}/init/error`],
      ['GET', '/2018-06-01/ping'],
      ['POST', '/2020-01-01/extension/register'],
      ['GET', '/2020-01-01/extension/event/next'],
      ['POST', '/2020-01-01/extension/init/error'],
      ['POST', '/2020-01-01/extension/exit/error'],
      ['PUT', '/2022-07-01/telemetry'],
      ['PUT', '/2020-08-15/logs'],
      ['GET', '/2026-01-15/metadata/execution-environment'],
    ];
    for (const [right, path] of paths) {
      for (const method of methods.filter((each) => each !== right)) {
        const { status, body } = await call(rootOf(stage.url) + path, { method });
        assert.deepEqual([status, body], [405, ''], `${method} ${path}`);
      }
    }
    await assertServes();
  });

  it('by using other methods are refused by the Invoke API, and nothing runs', async () => {
    const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
    const paths = [
      '/2015-03-31/functions/thumbnails/invocations',
      '/2021-11-15/functions/thumbnails/response-streaming-invocations',
    ];
    for (const path of paths) {
      for (const method of methods) {
        const { status, headers } = await call(stage.invokeUrl + path, { method });
        const error = headers['x-amzn-errortype'];
        assert.deepEqual([status, error], [404, 'UnknownOperationException'], `${method} ${path}`);
      }
    }
    assert.deepEqual(stage.records.values, []);
    await assertServes();
  });

  for (const path of [
    '/2021-11-15/functions/thumbnails/response-streaming-invocations',
    '/lambda-url/thumbnails/',
  ]) {
    it(`as an invoker of ${path} that dies in the middle of a stream do not disturb the function`, async () => {
      await emulators.stop();
      stage = await Stage.start(emulators, [], {}, { eventStream: awsEventStream });
      await stage.warmUp();
      const taken = stage.runtime.take();
      const invoker = await RawClient.open(stage.invokeUrl);
      invoker.send(head(`POST ${path}`, 'Content-Length: 2') + '{}');
      const id = await taken;
      const runtime = await RawClient.open(stage.url);
      const streaming = ['Lambda-Runtime-Function-Response-Mode: streaming', 'Transfer-Encoding: chunked'];
      runtime.send(`${head(`POST ${api}/invocation/${id}/response`, ...streaming)}5\r\nfirst\r\n`);
      await invoker.until(/first/);
      await invoker.destroy();
      const many = 'x'.repeat(1024 * 1024); // more than any buffer between them holds
      for (let count = 0; count < 4; count += 1) runtime.send(`100000\r\n${many}\r\n`);
      runtime.send('0\r\n\r\n');
      assert.match(await runtime.until(/OK/), /^HTTP\/1\.1 202 /);
      await runtime.destroy();
      stage.runtime.park();
      const { result } = await stage.records.until(({ state }) => state === 'done');
      assert.equal(result?.status, 'success');
      await assertServes();
    });
  }

  it('by sending several requests at once get the answers in order', async () => {
    const client = await RawClient.open(stage.url);
    client.send(
      head('GET /2018-06-01/ping') +
        head('GET /nowhere') +
        head(`POST ${api}/init/error`, 'Content-Length: 0'),
    );
    await client.until(/InvalidStateTransition"}\n$/);
    const statuses = [...client.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    assert.deepEqual(statuses, ['200', '404', '403']);
    await client.destroy();
    await assertServes();
  });

  it('as a runtime that asks for an event and sends garbage behind it do not swallow the event', async () => {
    await emulators.stop();
    stage = await Stage.start(emulators);
    await stage.warmUp();
    const client = await RawClient.open(stage.url);
    client.send(head(`GET ${api}/invocation/next`));
    await stage.emulator.whenReady();
    client.send('garbage\r\n\r\n');
    await client.closed();
    stage.runtime.park();
    await stage.settle();
    await assertServes();
  });

  it('as a runtime that asks once more on the same connection before it answers gets the event once', async () => {
    const client = await RawClient.open(stage.url);
    client.send(head(`GET ${api}/invocation/next`) + head(`GET ${api}/invocation/next`));
    await stage.settle();
    await client.destroy();
    await assertServes();
  });
});

describe('late answers', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  it('after the deadline are for nobody, and the next invocation is served', async () => {
    const time = new HandTime();
    const stage = await Stage.start(emulators, [], {}, { clock: new PausableClock(time) });
    const result = stage.emulator.invoke({ payload: '{}' });
    const id = await stage.runtime.take();
    const slow = await RawClient.open(stage.url);
    slow.send(head(`POST ${api}/invocation/${id}/response`, 'Content-Length: 10', 'Expect: 100-continue'));
    await slow.until(/100 Continue/);
    slow.send('half ');
    time.pass(3000);
    assert.equal((await result).status, 'timeout');
    await slow.closed(); // with the processes of the environment its connections end
    const late = await stage.runtime.respond(id);
    assert.deepEqual(
      [late.status, late.body],
      [400, '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}\n'],
    );
    const next = stage.emulator.invoke({ payload: '{}' });
    await stage.started('bootstrap', 2);
    assert.equal((await stage.runtime.respond(id)).status, 400, 'nor for the next environment');
    await stage.runtime.serveOne('"fresh"');
    assert.equal(payloadText(await next), '"fresh"');
  });
});
