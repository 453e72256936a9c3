import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { InvokeRequest, InvokeResult } from '../../../../src/core/emulator/invocation.ts';
import { payloadText } from '../../../../src/core/emulator/invocation.ts';
import { AttachedRuntime, call, Emulators, Recorder, requestIdOf, type Call, type Reply } from './support.ts';

describe('the Runtime API', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  /** Invokes and takes the event, then lets the test answer and asks for the next event. */
  async function exchange(
    request: InvokeRequest,
    answer: (url: string) => Promise<unknown>,
  ): Promise<{ next: Reply; result: InvokeResult }> {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    const result = emulator.invoke(request);
    const next = await call(`${runtime}/invocation/next`);
    await answer(`${runtime}/invocation/${requestIdOf(next)}`);
    call(`${runtime}/invocation/next`).catch(() => undefined);
    return { next, result: await result };
  }

  function posting(path: string, post: Call, seen?: (reply: Reply) => void): (url: string) => Promise<void> {
    return async (url) => {
      const reply = await call(`${url}/${path}`, { method: 'POST', ...post });
      seen?.(reply);
    };
  }

  const respond = posting('response', { body: '1' });

  it('gives the event unchanged, with all that a runtime needs to know of it', async () => {
    const before = Date.now();
    const { next, result } = await exchange(
      {
        payload: '{ "größe" : 1 }',
        qualifier: 'live',
        clientContext: '{"client":{"app_title":"Straße"}}',
        cognitoIdentity: { identityId: 'me', identityPoolId: 'pool' },
        tenantId: 'blue',
        traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      },
      respond,
    );
    const { headers } = next;
    assert.equal(next.status, 200);
    assert.equal(next.body, '{ "größe" : 1 }');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], '17');
    assert.equal(headers['lambda-runtime-aws-request-id'], result.requestId);
    const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
    assert.ok(deadlineMs >= before + 3000 && deadlineMs <= Date.now() + 3000);
    assert.equal(
      headers['lambda-runtime-invoked-function-arn'],
      'arn:aws:lambda:us-east-1:123456789012:function:thumbnails:live',
    );
    assert.equal(
      headers['lambda-runtime-trace-id'],
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    );
    assert.equal(headers['lambda-runtime-client-context'], '{"client":{"app_title":"Stra\\u00dfe"}}');
    assert.equal(
      headers['lambda-runtime-cognito-identity'],
      '{"cognitoIdentityId":"me","cognitoIdentityPoolId":"pool"}',
    );
    assert.equal(headers['lambda-runtime-aws-tenant-id'], 'blue');
  });

  it('always sends a trace header, and leaves out what an invocation lacks', async () => {
    const { next } = await exchange({ payload: '' }, respond);
    assert.equal(next.body, '{}');
    const trace = String(next.headers['lambda-runtime-trace-id']);
    assert.match(trace, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    const others = ['client-context', 'cognito-identity', 'aws-tenant-id'];
    assert.deepEqual(
      others.filter((name) => `lambda-runtime-${name}` in next.headers),
      [],
    );
  });

  it('passes any bytes of a response on', async () => {
    const bytes = Buffer.from([0, 255, 10, 128]);
    const { result } = await exchange({ payload: '{}' }, posting('response', { body: bytes }));
    assert.equal(result.status, 'success');
    assert.deepEqual(Buffer.from(result.payload), bytes);
  });

  it('takes a chunked response and one announced by Expect: 100-continue', async () => {
    for (const headers of [{ 'Transfer-Encoding': 'chunked' }, { Expect: '100-continue' }]) {
      const { result } = await exchange({ payload: '{}' }, posting('response', { body: '"x"', headers }));
      assert.equal(payloadText(result), '"x"');
    }
  });

  it('takes an empty response mode as none', async () => {
    const headers = { 'Lambda-Runtime-Function-Response-Mode': '' };
    const statuses: number[] = [];
    const post = posting('response', { body: '1', headers }, ({ status }) => statuses.push(status));
    const { result } = await exchange({ payload: '{}' }, post);
    assert.deepEqual([result.status, statuses], ['success', [202]]);
  });

  it('passes an error body on unchanged under its error type', async () => {
    const body = '{"errorMessage":"no","errorType":"TypeError","trace":[]}';
    const headers = { 'Lambda-Runtime-Function-Error-Type': 'Function.TypeError' };
    const { result } = await exchange({ payload: '{}' }, posting('error', { body, headers }));
    assert.equal(result.status, 'error');
    assert.equal(result.functionError, 'Unhandled');
    assert.equal(result.errorType, 'Function.TypeError');
    assert.equal(payloadText(result), body);
  });

  for (const [body, kept] of [
    [
      '{"errorMessage":"no","errorType":"E","stackTrace":["a"],"errorCause":{"paths":[]},"x":1}',
      '{"errorMessage":"no","errorType":"E","stackTrace":["a"]}',
    ],
    ['{"errorMessage":"no","stackTrace":[]}', '{"errorMessage":"no","errorType":""}'],
    ['{"errorMessage":null,"errorType":null,"stackTrace":null}', '{"errorMessage":"","errorType":""}'],
    ['{"errorMessage":1}', '"Invalid error body"'],
    ['{"stackTrace":[1]}', '"Invalid error body"'],
    ['{', '"Invalid error body"'],
  ] as const) {
    it(`keeps of the error with a cause ${body} what the invoker is to see`, async () => {
      const headers = { 'Content-Type': 'application/vnd.aws.lambda.error.cause+json' };
      const { result } = await exchange({ payload: '{}' }, posting('error', { body, headers }));
      assert.equal(payloadText(result), kept);
    });
  }

  const causeHeader = 'Lambda-Runtime-Function-XRay-Error-Cause';

  it('keeps the X-Ray cause of an error, of the header or the body, away from the invoker', async () => {
    const cause = '{"working_directory":"/var/task","paths":["a.js"]}';
    const body = '{"errorMessage":"no"}';
    const { result } = await exchange(
      { payload: '{}' },
      posting('error', { body, headers: { [causeHeader]: cause } }),
    );
    assert.equal(result.errorCause, cause);
    assert.equal(payloadText(result), body);
    const headers = { 'Content-Type': 'application/vnd.aws.lambda.error.cause+json' };
    const inBody = { body: `{"errorMessage":"no","errorCause":${cause}}`, headers };
    assert.equal((await exchange({ payload: '{}' }, posting('error', inBody))).result.errorCause, cause);
  });

  for (const none of ['{', '[]', '{}', '{"paths":[],"message":""}', '{"other":"x"}', '{"message":3}']) {
    it(`takes an error with the X-Ray cause ${none}, which is none`, async () => {
      const headers = { [causeHeader]: none };
      const { result } = await exchange({ payload: '{}' }, posting('error', { body: '{}', headers }));
      assert.equal(result.status, 'error');
      assert.equal(result.errorCause, undefined);
    });
  }

  it('keeps 64 KiB of an X-Ray cause, of each part the beginning', async () => {
    const exceptions = Array.from({ length: 9000 }, (_, id) => ({ id, type: 'Error', message: 'é' }));
    const cause = { working_directory: '/var/task', exceptions, message: 'no' };
    const headers = { 'Content-Type': 'application/vnd.aws.lambda.error.cause+json' };
    const body = JSON.stringify({ errorMessage: 'no', errorCause: cause });
    const { result } = await exchange({ payload: '{}' }, posting('error', { body, headers }));
    assert.ok(Buffer.byteLength(result.errorCause ?? '') <= 65_536);
    const kept = JSON.parse(result.errorCause ?? '') as typeof cause;
    assert.deepEqual([kept.working_directory, kept.message], ['/var/task', 'no']);
    assert.ok(kept.exceptions.length > 500);
    assert.deepEqual(kept.exceptions, exceptions.slice(0, kept.exceptions.length));
  });

  it('takes a response of exactly the largest size', async () => {
    const body = Buffer.alloc(6_291_556, '1');
    const { result } = await exchange({ payload: '{}' }, posting('response', { body }));
    assert.equal(result.payload.length, body.length);
  });

  it('answers a body that ends in its middle at once, and so is the invoker', async () => {
    let answered = '';
    const { result } = await exchange({ payload: '{}' }, async (url) => {
      const { hostname, port, pathname } = new URL(url);
      const socket = connect(Number(port), hostname);
      socket.on('data', (data) => (answered += data.toString()));
      socket.end(
        `POST ${pathname}/response HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 100\r\n\r\nonly this`,
      );
      await once(socket, 'close');
    });
    assert.match(answered, /^HTTP\/1\.1 400 /);
    assert.ok(
      answered.endsWith(
        '{"errorMessage":"HTTP request detected as truncated","errorType":"TruncatedHTTPRequest"}\n',
      ),
    );
    assert.equal(result.errorType, 'Runtime.TruncatedResponse');
  });

  it('gives each event to the call that waits longest', async () => {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    emulator.prewarm();
    const first = call(`${runtime}/invocation/next`);
    await emulator.whenReady();
    const abort = new AbortController();
    const second = call(`${runtime}/invocation/next`, { signal: abort.signal });
    await call(runtime.replace('/runtime', '/ping'));
    const result = emulator.invoke({ payload: '{}' });
    const id = requestIdOf(await first);
    await call(`${runtime}/invocation/${id}/response`, { method: 'POST', body: '1' });
    const next = emulator.invoke({ payload: '2' });
    abort.abort();
    await assert.rejects(second);
    assert.equal((await call(`${runtime}/invocation/next`)).body, '2');
    assert.equal(payloadText(await result), '1');
    next.catch(() => undefined);
  });

  it('does not lose an event when a waiting runtime hangs up and comes back', async () => {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    emulator.prewarm();
    const abort = new AbortController();
    const parked = call(`${runtime}/invocation/next`, { signal: abort.signal });
    await emulator.whenReady();
    abort.abort();
    await assert.rejects(parked);
    const result = emulator.invoke({ payload: '"kept"' });
    const again = await call(`${runtime}/invocation/next`);
    assert.equal(again.body, '"kept"');
    await call(`${runtime}/invocation/${requestIdOf(again)}/response`, { method: 'POST', body: '1' });
    call(`${runtime}/invocation/next`).catch(() => undefined);
    assert.equal((await result).status, 'success');
  });

  it('serves a runtime that keeps one connection for everything', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    const results = [emulator.invoke({ payload: '1' }), emulator.invoke({ payload: '2' })];
    for (const expected of ['1', '2']) {
      const next = await call(`${runtime}/invocation/next`, { agent });
      assert.equal(next.body, expected);
      assert.notEqual(next.headers.connection, 'close');
      assert.equal(next.headers['keep-alive'], undefined, 'no limit to silence is announced');
      await call(`${runtime}/invocation/${requestIdOf(next)}/response`, { method: 'POST', body: '1', agent });
    }
    call(`${runtime}/invocation/next`, { agent }).catch(() => undefined);
    await Promise.all(results);
    agent.destroy();
  });

  it('answers ping, unknown paths and wrong methods as the official emulator does', async () => {
    const { runtime } = await emulators.start(new AttachedRuntime());
    const root = runtime.replace('/runtime', '');
    const ping = await call(`${root}/ping`);
    assert.deepEqual([ping.status, ping.body], [200, 'pong']);
    const unknown = await call(`${runtime}/restore/next`);
    assert.deepEqual([unknown.status, unknown.body], [404, '404 page not found\n']);
    const wrong = await call(`${runtime}/invocation/next`, { method: 'POST' });
    assert.deepEqual([wrong.status, wrong.body], [405, '']);
  });

  it('announces an invocation as queued, running and done', async () => {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    const records = new Recorder(emulator.onInvocation);
    const result = emulator.invoke({ payload: '{}' });
    const next = await call(`${runtime}/invocation/next`);
    await call(`${runtime}/invocation/${requestIdOf(next)}/response`, { method: 'POST', body: '1' });
    call(`${runtime}/invocation/next`).catch(() => undefined);
    await result;
    assert.deepEqual(
      records.values.map(({ state, coldStart }) => [state, coldStart]),
      [
        ['queued', undefined],
        ['running', true],
        ['done', true],
      ],
    );
    assert.deepEqual(records.values.at(-1)?.result, await result);
  });
});
