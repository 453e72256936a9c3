import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LogType,
  ResponseStreamingInvocationType,
  TooManyRequestsException,
  type InvokeWithResponseStreamCommandInput,
  type InvokeWithResponseStreamCommandOutput,
  type InvokeWithResponseStreamResponseEvent,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { InvokeError } from '../../../../../src/core/emulator/invoke/invokeError.ts';
import { nextTurn } from '../../../../../src/core/emulator/nextTurn.ts';
import { answer, fetchBytes, InvokeApis, sinkOf, type HandSink } from './support.ts';

const path = '/2021-11-15/functions/web/response-streaming-invocations';

describe('InvokeWithResponseStream', () => {
  const apis = new InvokeApis();
  let url: string;
  let sink: HandSink;
  let client: LambdaClient;

  beforeEach(async () => {
    ({ url, sink, client } = await apis.start());
  });

  afterEach(() => apis.stop());

  async function send(input: Partial<InvokeWithResponseStreamCommandInput> = {}): Promise<{
    events: AsyncIterator<InvokeWithResponseStreamResponseEvent>;
    output: InvokeWithResponseStreamCommandOutput;
  }> {
    const output = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'web', ...input }));
    assert.ok(output.EventStream !== undefined);
    return { events: output.EventStream[Symbol.asyncIterator](), output };
  }

  it('hands on each chunk before the next one is written', async () => {
    const sent = send({ Payload: '{"a":1}' });
    const invocation = await sink.next();
    assert.equal(invocation.payload.toString(), '{"a":1}');
    const runtime = sinkOf(invocation);
    runtime.start('text/event-stream');
    await runtime.write(Buffer.from('zero')); // the client wants to see an event first
    const { events, output } = await sent;
    assert.equal(await payloadOf(events), 'zero');
    assert.equal(output.StatusCode, 200);
    assert.equal(output.ExecutedVersion, '$LATEST');
    assert.equal(output.ResponseStreamContentType, 'application/vnd.amazon.eventstream');
    assert.equal(output.$metadata.requestId, invocation.requestId);
    for (const text of ['one', 'zwölf', '\0']) {
      await runtime.write(Buffer.from(text));
      assert.equal(await payloadOf(events), text);
    }
    answer(invocation, {}, 'one… (the beginning that was kept)');
    assert.deepEqual((await events.next()).value, { InvokeComplete: {} });
    assert.equal((await events.next()).done, true);
  });

  it('names the type that the runtime gave beside that of the stream', async () => {
    const reply = fetchBytes(url + path, { method: 'POST', body: '{}' });
    const invocation = await sink.next();
    sinkOf(invocation).start('text/csv');
    answer(invocation, {});
    const { headers } = await reply;
    assert.equal(headers.get('content-type'), 'application/vnd.amazon.eventstream');
    assert.equal(headers.get('x-amzn-remapped-content-type'), 'text/csv');
  });

  it('sends a response that was not streamed as one', async () => {
    const sent = send();
    answer(await sink.next(), {}, '{"whole":true}');
    const { events } = await sent;
    assert.equal(await payloadOf(events), '{"whole":true}');
    assert.deepEqual((await events.next()).value, { InvokeComplete: {} });
  });

  it('cuts large chunks and loses nothing', async () => {
    const bytes = Buffer.alloc(300_001, 'abcdefg');
    const sent = send();
    const invocation = await sink.next();
    const runtime = sinkOf(invocation);
    runtime.start('application/octet-stream');
    const written = runtime.write(bytes).then(() => {
      answer(invocation, {});
    });
    const { events } = await sent;
    const parts: Uint8Array[] = [];
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      if (next.value.PayloadChunk?.Payload !== undefined) parts.push(next.value.PayloadChunk.Payload);
    }
    await written;
    assert.ok(parts.length > 1 && parts.every((part) => part.length <= 64 * 1024));
    assert.ok(Buffer.concat(parts).equals(bytes));
  });

  it('tells of an error that came instead of a response', async () => {
    const sent = send();
    answer(await sink.next(), { status: 'error', errorType: 'Function.Oops' }, '{"errorMessage":"no"}');
    const { events } = await sent;
    assert.equal(await payloadOf(events), '{"errorMessage":"no"}');
    const InvokeComplete = { ErrorCode: 'Function.Oops', ErrorDetails: '{"errorMessage":"no"}' };
    assert.deepEqual((await events.next()).value, { InvokeComplete });
  });

  it('tells of an error in the middle of a response, after what came before', async () => {
    const sent = send();
    const invocation = await sink.next();
    sinkOf(invocation).start('text/plain');
    await sinkOf(invocation).write(Buffer.from('half'));
    answer(invocation, { status: 'timeout', errorType: 'Sandbox.Timedout' }, '{"errorMessage":"late"}');
    const { events } = await sent;
    assert.equal(await payloadOf(events), 'half');
    const InvokeComplete = { ErrorCode: 'Sandbox.Timedout', ErrorDetails: '{"errorMessage":"late"}' };
    assert.deepEqual((await events.next()).value, { InvokeComplete });
    await sinkOf(invocation).write(Buffer.from('the runtime has not noticed'));
    assert.equal((await events.next()).done, true);
  });

  it('ends a stream whose invocation is given up', async () => {
    const sent = send();
    const invocation = await sink.next();
    sinkOf(invocation).start('text/plain');
    await sinkOf(invocation).write(Buffer.from('half'));
    const { events } = await sent;
    assert.equal(await payloadOf(events), 'half');
    invocation.fail(new Error('The emulator was stopped.'));
    const InvokeComplete = { ErrorCode: 'Sandbox.Failure', ErrorDetails: 'The emulator was stopped.' };
    assert.deepEqual((await events.next()).value, { InvokeComplete });
  });

  it('hands back the end of the log when asked', async () => {
    const sent = send({ LogType: LogType.Tail });
    const invocation = await sink.next();
    sinkOf(invocation).start('text/plain');
    answer(invocation, {});
    const { events } = await sent;
    const LogResult = Buffer.from('REPORT ü\n').toString('base64');
    assert.deepEqual((await events.next()).value, { InvokeComplete: { LogResult } });
  });

  it('makes the runtime wait for a reader that is slow', async () => {
    const outgoing = request(url + path, { method: 'POST', agent: false });
    outgoing.end('{}');
    const invocation = await sink.next();
    const runtime = sinkOf(invocation);
    runtime.start('application/octet-stream');
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]; // nobody reads it
    const chunk = Buffer.alloc(1024 * 1024);
    let written = 0;
    let held: Promise<void> | undefined;
    while (held === undefined && written < 256) {
      const write = runtime.write(chunk);
      if (!(await settlesSoon(write))) held = write;
      written += 1;
    }
    assert.ok(held !== undefined, 'every chunk was taken at once');
    let received = 0;
    incoming.on('data', (data: Buffer) => (received += data.length));
    await held;
    answer(invocation, {});
    await once(incoming, 'end');
    assert.ok(received > written * chunk.length);
  });

  it('lets the runtime go on when the reader is gone, and serves the next one', async () => {
    const outgoing = request(url + path, { method: 'POST', agent: false });
    outgoing.end('{}');
    const invocation = await sink.next();
    const runtime = sinkOf(invocation);
    runtime.start('application/octet-stream');
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    incoming.on('error', () => undefined);
    const held = Promise.all(Array.from({ length: 5 }, () => runtime.write(Buffer.alloc(4 * 1024 * 1024))));
    incoming.destroy();
    await held;
    await runtime.write(Buffer.from('more'));
    answer(invocation, { status: 'error' });
    const sent = send();
    answer(await sink.next(), {}, '2');
    assert.equal(await payloadOf((await sent).events), '2');
  });

  it('runs nothing for a DryRun', async () => {
    const input = { FunctionName: 'web', InvocationType: ResponseStreamingInvocationType.DryRun };
    const output = await client.send(new InvokeWithResponseStreamCommand(input));
    assert.equal(output.StatusCode, 204);
    assert.equal(sink.pending, 0);
  });

  for (const { what, input, name } of [
    { what: 'another function', input: { FunctionName: 'other' }, name: 'ResourceNotFoundException' },
    { what: 'an event that is not JSON', input: { Payload: '{' }, name: 'InvalidRequestContentException' },
    {
      what: 'an event over 6 MiB',
      input: { Payload: Buffer.alloc(6 * 2 ** 20 + 1, '1') },
      name: 'RequestTooLargeException',
    },
    { what: 'a malformed tenant', input: { TenantId: 'a|b' }, name: 'InvalidParameterValueException' },
    {
      what: 'an asynchronous invocation',
      input: { InvocationType: 'Event' as ResponseStreamingInvocationType },
      name: 'InvalidParameterValueException',
    },
  ]) {
    it(`refuses ${what} before there is a stream`, async () => {
      await assert.rejects(send(input), { name });
      assert.equal(sink.pending, 0);
    });
  }

  it('tells a caller to come again later when there is no room', async () => {
    sink.refusal = new InvokeError('TooManyRequestsException', 'The queue is full.');
    for (const attempt of [send(), client.send(new InvokeCommand({ FunctionName: 'web' }))]) {
      await assert.rejects(attempt, (error: unknown) => {
        assert.ok(error instanceof TooManyRequestsException);
        assert.equal(error.message, 'The queue is full.');
        assert.equal(error.Reason, 'ConcurrentInvocationLimitExceeded');
        assert.equal(error.retryAfterSeconds, '1');
        assert.equal(error.Type, 'User');
        return true;
      });
    }
  });

  it('answers an invocation that is given up before it streams with a service error', async () => {
    const sent = send();
    (await sink.next()).fail(new Error('stopped'));
    await assert.rejects(sent, { name: 'ServiceException', message: 'stopped' });
  });

  it('does not accept what it cannot frame', async () => {
    const { client: other, sink: unused } = await apis.start(() => Promise.reject(new Error('no codec')));
    const command = new InvokeWithResponseStreamCommand({ FunctionName: 'web' });
    await assert.rejects(other.send(command), { name: 'ServiceException', message: 'no codec' });
    assert.equal(unused.pending, 0);
  });
});

async function payloadOf(events: AsyncIterator<InvokeWithResponseStreamResponseEvent>): Promise<string> {
  const next = await events.next();
  assert.ok(next.done !== true, 'the stream has ended');
  return Buffer.from(next.value.PayloadChunk?.Payload ?? []).toString();
}

/** Whether a promise settles within some turns of the event loop. */
async function settlesSoon(promise: Promise<void>): Promise<boolean> {
  const turns = async (): Promise<boolean> => {
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    return false;
  };
  return await Promise.race([promise.then(() => true), turns()]);
}
