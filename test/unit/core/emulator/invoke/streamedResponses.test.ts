import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  InvokeWithResponseStreamCommand,
  LambdaClient,
  type InvokeWithResponseStreamResponseEvent,
} from '@aws-sdk/client-lambda';
import { silentLogger } from '../../../../../src/core/base/logger.ts';
import type { FunctionSettings } from '../../../../../src/core/emulator/functionSettings.ts';
import { payloadText } from '../../../../../src/core/emulator/invocation.ts';
import type { ResponseSink } from '../../../../../src/core/emulator/invoke/responseSink.ts';
import { AttachedRuntime, call, Emulators, requestIdOf } from '../support.ts';
import { awsEventStream } from './support.ts';

const integration = 'application/vnd.awslambda.http-integration-response';

/** From the runtime's calls, played by hand, to what an invoker sees. */
describe('a response that a runtime streams', () => {
  const emulators = new Emulators();
  const clients: LambdaClient[] = [];
  const posts: ClientRequest[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const post of posts.splice(0)) post.destroy();
    await emulators.stop();
  });

  async function start(
    settings: Partial<FunctionSettings> = {},
  ): Promise<{ runtime: string; invokeUrl: string; client: LambdaClient }> {
    const options = { logger: silentLogger, ...{ eventStream: awsEventStream } };
    const { emulator, runtime, invokeUrl } = await emulators.start(
      new AttachedRuntime(),
      { timeoutMs: 60_000, ...settings },
      options,
    );
    emulator.prewarm();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new LambdaClient({
      endpoint: invokeUrl,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    });
    clients.push(client);
    return { runtime, invokeUrl, client };
  }

  /** Takes the next event and begins a streamed response to it, and says so. */
  function respond(runtime: string, headers: OutgoingHttpHeaders = {}): Promise<ClientRequest> {
    return respondAsGo(runtime, { 'Lambda-Runtime-Function-Response-Mode': 'streaming', ...headers });
  }

  /** The same as AWS's client for Go: every response is in chunks, and none says that it is streamed. */
  async function respondAsGo(runtime: string, more: OutgoingHttpHeaders): Promise<ClientRequest> {
    const next = await call(`${runtime}/invocation/next`);
    const headers = {
      'Transfer-Encoding': 'chunked',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
      ...more,
    };
    const url = `${runtime}/invocation/${requestIdOf(next)}/response`;
    const post = request(url, { method: 'POST', agent: false, headers });
    post.on('error', () => undefined);
    posts.push(post);
    return post;
  }

  async function replyTo(post: ClientRequest): Promise<{ status: number | undefined; body: string }> {
    const [response] = (await once(post, 'response')) as [IncomingMessage];
    return { status: response.statusCode, body: await text(response) };
  }

  async function eventsOf(
    client: LambdaClient,
  ): Promise<AsyncIterator<InvokeWithResponseStreamResponseEvent>> {
    const command = new InvokeWithResponseStreamCommand({ FunctionName: 'thumbnails' });
    const { EventStream } = await client.send(command);
    assert.ok(EventStream !== undefined);
    return EventStream[Symbol.asyncIterator]();
  }

  for (const [who, begin] of [
    ['says that it streams', respond],
    ['says so by its type alone', respondAsGo],
  ] as const) {
    it(`reaches a browser before a runtime that ${who} has ended it`, async () => {
      const { runtime, invokeUrl } = await start();
      const browser = request(`${invokeUrl}/lambda-url/thumbnails/page?x=1`, { agent: false }).end();
      const answered = once(browser, 'response');
      const post = await begin(runtime, { 'Content-Type': integration });
      post.write(`{"statusCode":203,"headers":{"Content-Type":"text/html"}}${'\0'.repeat(8)}<p>`);
      const [incoming] = (await answered) as [IncomingMessage];
      assert.equal(incoming.statusCode, 203);
      assert.equal(incoming.headers['content-type'], 'text/html');
      const accepted = replyTo(post);
      post.end('done');
      assert.equal(await text(incoming), '<p>done');
      assert.equal((await accepted).status, 202);
    });
  }

  it('reaches an invoker who streams although the runtime does not say that it does', async () => {
    const { runtime, client } = await start();
    const opened = eventsOf(client);
    const post = await respondAsGo(runtime, { 'Content-Type': 'application/octet-stream' });
    post.write('first');
    const events = await opened;
    assert.equal(await payloadOf(events), 'first');
    const accepted = replyTo(post);
    const long = 'x'.repeat(7_000_000); // more than a response that is not streamed may have
    post.end(long);
    assert.equal(await restOf(events), long);
    assert.equal((await accepted).status, 202);
  });

  it('is cut at the limit, of which the invoker is told before the runtime has ended', async () => {
    const { runtime, client } = await start({ maxStreamedBytes: 10 });
    const opened = eventsOf(client);
    const post = await respond(runtime);
    post.write('12345678');
    const events = await opened;
    assert.equal(await payloadOf(events), '12345678');
    post.write('90 and more');
    assert.equal(await payloadOf(events), '90');
    const { InvokeComplete } = (await events.next()).value as InvokeWithResponseStreamResponseEvent;
    assert.equal(InvokeComplete?.ErrorCode, 'Function.ResponseSizeTooLarge');
    assert.match(InvokeComplete.ErrorDetails ?? '', /payload size \(19 bytes\) exceeded .* \(10 bytes\)/);
    const refused = replyTo(post);
    post.end(' for nobody');
    assert.deepEqual(await refused, {
      status: 413,
      body: '{"errorMessage":"Exceeded maximum allowed payload size (10 bytes).","errorType":"RequestEntityTooLarge"}\n',
    });
  });

  it('is kept as far as a whole one may go, without a gap', async () => {
    const { emulator, runtime } = await emulators.start(new AttachedRuntime());
    const arrived: string[] = [];
    const sink: ResponseSink = {
      wants: () => true,
      start: () => undefined,
      write: (chunk) => Promise.resolve(void arrived.push(chunk.toString().slice(-2))),
    };
    const result = emulator.invoke({ payload: '{}', sink });
    const post = await respond(runtime);
    post.write('x'.repeat(6_291_556 - 3));
    for (const part of ['0123456789', 'ab']) {
      post.write(part);
      while (arrived.at(-1) !== part.slice(-2)) await call(runtime.replace('/runtime', '/ping'));
    }
    post.end();
    call(`${runtime}/invocation/next`).catch(() => undefined);
    const kept = payloadText(await result);
    assert.equal(kept.length, 6_291_556);
    assert.equal(kept.slice(-4), 'x012');
  });

  it('is cut off for a browser when the runtime reports an error at its end', async () => {
    const { runtime, invokeUrl } = await start();
    const browser = request(`${invokeUrl}/lambda-url/thumbnails`, { agent: false }).end();
    const answered = once(browser, 'response');
    const post = await respond(runtime, { 'Content-Type': 'text/plain' });
    post.write('half');
    const [incoming] = (await answered) as [IncomingMessage];
    post.addTrailers({ 'Lambda-Runtime-Function-Error-Type': 'Function.Oops' });
    post.end();
    await assert.rejects(text(incoming), { code: 'ECONNRESET' });
  });

  it('is whole for a browser when it is not streamed', async () => {
    const { runtime, invokeUrl } = await start();
    const reply = call(`${invokeUrl}/lambda-url/thumbnails`, { method: 'POST', body: 'x' });
    const next = await call(`${runtime}/invocation/next`);
    const body = JSON.stringify({ statusCode: 200, body: next.body });
    await call(`${runtime}/invocation/${requestIdOf(next)}/response`, { method: 'POST', body });
    const event = JSON.parse((await reply).body) as { body: string; isBase64Encoded: boolean };
    assert.equal(Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8').toString(), 'x');
  });

  it("reaches AWS's SDK as events, with the error at its end", async () => {
    const { runtime, client } = await start();
    const opened = eventsOf(client);
    const post = await respond(runtime, { 'Content-Type': 'text/plain' });
    post.write('first');
    const events = await opened;
    assert.equal(await payloadOf(events), 'first');
    post.write('second');
    assert.equal(await payloadOf(events), 'second');
    const error = '{"errorMessage":"no"}';
    post.addTrailers({
      'Lambda-Runtime-Function-Error-Type': 'Function.Oops',
      'Lambda-Runtime-Function-Error-Body': Buffer.from(error).toString('base64'),
    });
    post.end();
    const InvokeComplete = { ErrorCode: 'Function.Oops', ErrorDetails: error };
    assert.deepEqual((await events.next()).value, { InvokeComplete });
    assert.equal((await events.next()).done, true);
  });

  it("ends for AWS's SDK when the runtime breaks it off", async () => {
    const { runtime, client } = await start();
    const opened = eventsOf(client);
    const post = await respond(runtime);
    post.write('half');
    const events = await opened;
    assert.equal(await payloadOf(events), 'half');
    post.destroy();
    const last = (await events.next()).value as InvokeWithResponseStreamResponseEvent;
    assert.equal(last.InvokeComplete?.ErrorCode, 'Runtime.TruncatedResponse');
  });
});

/** The payload of all events to the end, which must be a good one. */
async function restOf(events: AsyncIterator<InvokeWithResponseStreamResponseEvent>): Promise<string> {
  let whole = '';
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    whole += Buffer.from(next.value.PayloadChunk?.Payload ?? []).toString();
    assert.equal(next.value.InvokeComplete?.ErrorCode, undefined);
  }
  return whole;
}

async function payloadOf(events: AsyncIterator<InvokeWithResponseStreamResponseEvent>): Promise<string> {
  const next = await events.next();
  assert.ok(next.done !== true, 'the stream has ended');
  return Buffer.from(next.value.PayloadChunk?.Payload ?? []).toString();
}
