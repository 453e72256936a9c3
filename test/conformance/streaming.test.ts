import type { InvokeWithResponseStreamCompleteEvent } from '@aws-sdk/client-lambda';
import assert from 'node:assert/strict';
import { useConformanceFunctions } from './support/conformanceFunction.ts';
import { runtimeClients } from './support/runtimeClients.ts';

const chunks = ['first', 'second', 'third'];

/** The clients that stream, with the handler that does so. */
const streaming = [
  { client: runtimeClients.bash, handler: 'app.handler' },
  { client: runtimeClients.node, handler: 'app.stream' },
  { client: runtimeClients.nodeHttp, handler: 'app.stream' },
  { client: runtimeClients.go, handler: 'app.handler' },
  { client: runtimeClients.rust, handler: 'app.handler' },
];

for (const { client, handler } of streaming) {
  describe(`A streamed response on ${client.name}`, () => {
    const open = useConformanceFunctions();

    it('reaches the invoker piece by piece while the function still writes', async () => {
      const conformance = await open({ ...client.options(), handler });
      const reply = await conformance.stream({ action: 'stream', chunks });
      for (const chunk of chunks) {
        const writer = await conformance.meeting.next(chunk); // it goes on only when this has come
        await reply.until(chunk);
        writer.leave();
      }
      const complete = await reply.end();
      assert.ok(reply.text.endsWith(chunks.join('')), reply.text);
      assert.equal(complete?.ErrorCode, undefined);
    });

    it('comes in one piece to an invoker who does not stream', async () => {
      const conformance = await open({ ...client.options(), handler, letThrough: chunks });
      const { text, functionError } = await conformance.invoke({ action: 'stream', chunks });
      assert.equal(functionError, undefined, text);
      assert.ok(text.endsWith(chunks.join('')), text);
    });

    it('may be longer than a response for an invoker who does not stream', async () => {
      const conformance = await open(client.options());
      const reply = await conformance.stream({ action: 'respond', bytes: 7_000_000 });
      assert.equal((await reply.end())?.ErrorCode, undefined);
      assert.equal(reply.text.length, 7_000_000);
    });

    it('may follow another one in the same process', async () => {
      const conformance = await open({ ...client.options(), handler, letThrough: chunks });
      for (let round = 0; round < 5; round++) {
        const reply = await conformance.stream({ action: 'stream', chunks });
        await reply.end();
        assert.ok(reply.text.endsWith(chunks.join('')), `round ${round}: ${reply.text}`);
      }
      assert.equal(conformance.starts(), 1);
    });
  });
}

describe('A streamed response that fails in its middle', () => {
  const open = useConformanceFunctions();

  for (const client of [runtimeClients.node, runtimeClients.nodeHttp]) {
    it(`ends with the error that the trailers of ${client.name} tell`, async () => {
      const conformance = await open({ ...client.options(), handler: 'app.stream' });
      const reply = await conformance.stream({ action: 'streamFail', chunks: ['first'] });
      const writer = await conformance.meeting.next('first');
      await reply.until('first');
      writer.leave();
      const complete = await reply.end();
      assert.equal(reply.text, 'first');
      assertFailed(complete);
    });

    it(`fails the invocation for an invoker who does not stream, on ${client.name}`, async () => {
      const conformance = await open({ ...client.options(), handler: 'app.stream', letThrough: ['first'] });
      const { errorMessage } = await conformance.fail({ action: 'streamFail', chunks: ['first'] });
      assert.equal(errorMessage, 'failed in the stream');
    });
  }

  it('ends with what lambda_runtime writes into the body instead of trailers', async () => {
    const conformance = await open({ ...runtimeClients.rust.options(), letThrough: ['first'] });
    const reply = await conformance.stream({ action: 'streamFail', chunks: ['first'] });
    const complete = await reply.end();
    assert.match(reply.text, /firstLambda-Runtime-Function-Error-Type: Runtime\.StreamError/);
    assert.equal(complete?.ErrorCode, undefined);
  });

  it('does not disturb the next one', async () => {
    const options = runtimeClients.node.options();
    const conformance = await open({ ...options, handler: 'app.stream', letThrough: ['first'] });
    for (const action of ['streamFail', 'stream', 'streamFail', 'stream']) {
      const reply = await conformance.stream({ action, chunks: ['first'] });
      const complete = await reply.end();
      if (action === 'streamFail') assertFailed(complete);
      else assert.equal(complete?.ErrorCode, undefined);
    }
    assert.equal(conformance.starts(), 1);
  });
});

describe('A streamed response of aws-lambda-go that fails in its middle', () => {
  const open = useConformanceFunctions();

  it('is a function error when the reader fails, as its trailers say', async () => {
    const conformance = await open({ ...runtimeClients.go.options(), letThrough: chunks });
    const { errorType, errorMessage } = await conformance.fail({ action: 'streamFail', chunks });
    assert.equal(errorType, 'errorString');
    assert.equal(errorMessage, 'failed in the stream');
    assert.deepEqual(await conformance.ask({ after: 'that' }), { after: 'that' });
  });

  it('ends with the error for an invoker who streams', async () => {
    const conformance = await open({ ...runtimeClients.go.options(), letThrough: chunks });
    const reply = await conformance.stream({ action: 'streamFail', chunks });
    assertFailed(await reply.end());
  });
});

/** How the code of an error is named is the platform's business; the details are the function's. */
function assertFailed(complete: InvokeWithResponseStreamCompleteEvent | undefined): void {
  assert.notEqual(complete?.ErrorCode ?? '', '');
  assert.match(complete?.ErrorDetails ?? '', /failed in the stream/);
}
