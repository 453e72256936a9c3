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

  async function start(): Promise<{ runtime: string; invokeUrl: string; client: LambdaClient }> {
    const options = { logger: silentLogger, ...{ eventStream: awsEventStream } };
    const { emulator, runtime, invokeUrl } = await emulators.start(
      new AttachedRuntime(),
      { timeoutMs: 60_000 },
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

  /** Takes the next event and begins a streamed response to it. */
  async function respond(runtime: string, headers: OutgoingHttpHeaders = {}): Promise<ClientRequest> {
    const next = await call(`${runtime}/invocation/next`);
    const post = request(`${runtime}/invocation/${requestIdOf(next)}/response`, {
      method: 'POST',
      agent: false,
      headers: {
        'Lambda-Runtime-Function-Response-Mode': 'streaming',
        'Transfer-Encoding': 'chunked',
        Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
        ...headers,
      },
    });
    post.on('error', () => undefined);
    posts.push(post);
    return post;
  }

  async function statusOf(post: ClientRequest): Promise<number | undefined> {
    const [response] = (await once(post, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  }

  it('reaches a browser before the runtime has ended it', async () => {
    const { runtime, invokeUrl } = await start();
    const browser = request(`${invokeUrl}/lambda-url/thumbnails/page?x=1`, { agent: false }).end();
    const answered = once(browser, 'response');
    const post = await respond(runtime, { 'Content-Type': integration });
    post.write(`{"statusCode":203,"headers":{"Content-Type":"text/html"}}${'\0'.repeat(8)}<p>`);
    const [incoming] = (await answered) as [IncomingMessage];
    assert.equal(incoming.statusCode, 203);
    assert.equal(incoming.headers['content-type'], 'text/html');
    const accepted = statusOf(post);
    post.end('done');
    assert.equal(await text(incoming), '<p>done');
    assert.equal(await accepted, 202);
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
    const sent = client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'thumbnails' }));
    const post = await respond(runtime, { 'Content-Type': 'text/plain' });
    post.write('first');
    const { EventStream } = await sent;
    assert.ok(EventStream !== undefined);
    const events = EventStream[Symbol.asyncIterator]();
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
    const sent = client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'thumbnails' }));
    const post = await respond(runtime);
    post.write('half');
    const { EventStream } = await sent;
    assert.ok(EventStream !== undefined);
    const events = EventStream[Symbol.asyncIterator]();
    assert.equal(await payloadOf(events), 'half');
    post.destroy();
    const last = (await events.next()).value as InvokeWithResponseStreamResponseEvent;
    assert.equal(last.InvokeComplete?.ErrorCode, 'Runtime.TruncatedResponse');
  });
});

async function payloadOf(events: AsyncIterator<InvokeWithResponseStreamResponseEvent>): Promise<string> {
  const next = await events.next();
  assert.ok(next.done !== true, 'the stream has ended');
  return Buffer.from(next.value.PayloadChunk?.Payload ?? []).toString();
}
