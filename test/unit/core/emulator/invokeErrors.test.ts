import assert from 'node:assert/strict';
import { head, RawClient } from './rawClient.ts';
import { Stage } from './stage.ts';
import { call, Emulators, type Call } from './support.ts';

const path = '/2015-03-31/functions/thumbnails/invocations';
const enumText = (name: string, values: string): string =>
  `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${values}]`;

interface Row extends Call {
  readonly what: string;
  readonly path?: string;
  readonly status: number;
  readonly error: string;
  readonly text: string;
}

/** Requests that do not reach the function, in the words of the Invoke API. */
const rows: readonly Row[] = [
  {
    what: 'a payload that is not JSON',
    body: '{',
    status: 400,
    error: 'InvalidRequestContentException',
    text: 'Could not parse request body into json.',
  },
  {
    what: 'a payload that is not UTF-8',
    body: Buffer.from([0x22, 0xff, 0x22]),
    status: 400,
    error: 'InvalidRequestContentException',
    text: 'Could not parse request body into json.',
  },
  {
    what: 'a client context that is not an object',
    headers: { 'X-Amz-Client-Context': 'MQ==' },
    status: 400,
    error: 'InvalidRequestContentException',
    text: 'Client context must be a valid Base64-encoded JSON object.',
  },
  {
    what: 'a client context that is not base64',
    headers: { 'X-Amz-Client-Context': '{}' },
    status: 400,
    error: 'InvalidRequestContentException',
    text: 'Client context must be a valid Base64-encoded JSON object.',
  },
  {
    what: 'a client context that is too long',
    headers: { 'X-Amz-Client-Context': 'A'.repeat(3584) },
    status: 400,
    error: 'InvalidParameterValueException',
    text: 'The client context must be no more than 3583 bytes when base64-encoded.',
  },
  {
    what: 'an unknown invocation type',
    headers: { 'X-Amz-Invocation-Type': 'Sync' },
    status: 400,
    error: 'InvalidParameterValueException',
    text: enumText('invocationType', 'DryRun, Event, RequestResponse'),
  },
  {
    what: 'an unknown log type',
    headers: { 'X-Amz-Log-Type': 'All' },
    status: 400,
    error: 'InvalidParameterValueException',
    text: enumText('logType', 'None, Tail'),
  },
  {
    what: 'a malformed tenant id',
    headers: { 'X-Amz-Tenant-Id': 'a|b' },
    status: 400,
    error: 'InvalidParameterValueException',
    text: 'The tenant id is malformed.',
  },
  {
    what: 'a malformed function name',
    path: '/2015-03-31/functions/a%20b/invocations',
    status: 400,
    error: 'InvalidParameterValueException',
    text: 'The function name or ARN is malformed.',
  },
  {
    what: 'a function name that is not decodable',
    path: '/2015-03-31/functions/%E0%A4%A/invocations',
    status: 400,
    error: 'InvalidParameterValueException',
    text: 'The function name is not properly percent-encoded.',
  },
  {
    what: 'a malformed qualifier',
    path: `${path}?Qualifier=a%20b`,
    status: 400,
    error: 'InvalidParameterValueException',
    text: 'The qualifier is malformed.',
  },
  {
    what: 'two qualifiers',
    path: '/2015-03-31/functions/thumbnails%3Alive/invocations?Qualifier=test',
    status: 400,
    error: 'InvalidParameterValueException',
    text: 'The derived qualifier from the function name does not match the specified qualifier.',
  },
  {
    what: 'another function',
    path: '/2015-03-31/functions/other/invocations',
    status: 404,
    error: 'ResourceNotFoundException',
    text: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:other',
  },
  {
    what: 'an event that is too large',
    body: Buffer.alloc(6_291_457, '1'),
    status: 413,
    error: 'RequestTooLargeException',
    text: '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
  },
  {
    what: 'an asynchronous event that is too large',
    headers: { 'X-Amz-Invocation-Type': 'Event' },
    body: Buffer.alloc(1_048_577, '1'),
    status: 413,
    error: 'RequestTooLargeException',
    text: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
  },
];

describe('the errors of the Invoke API', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  for (const { what, path: other, status, error, text, ...request } of rows) {
    it(`answer ${what} with ${error}, and nothing runs`, async () => {
      const stage = await Stage.start(emulators);
      const reply = await call(stage.invokeUrl + (other ?? path), { method: 'POST', ...request });
      assert.equal(reply.status, status);
      assert.equal(reply.headers['x-amzn-errortype'], error);
      assert.equal(reply.headers['content-type'], 'application/json');
      assert.match(String(reply.headers['x-amzn-requestid']), /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
      const member = error === 'ResourceNotFoundException' ? 'Message' : 'message'; // the SDK's schema has both
      assert.equal(reply.body, `{"Type":"User","${member}":"${text}"}\n`);
      assert.deepEqual([stage.records.values, stage.attached.signals], [[], []]);
    });
  }

  it('say when to come again while too many events wait', async () => {
    const stage = await Stage.start(emulators, [], { maxQueuedBytes: 10 });
    const running = stage.emulator.invoke({ payload: '"running"' });
    const id = await stage.runtime.take();
    const waiting = stage.emulator.invoke({ payload: '"waiting"' });
    for (const type of ['RequestResponse', 'Event']) {
      const headers = { 'X-Amz-Invocation-Type': type };
      const reply = await call(stage.invokeUrl + path, { method: 'POST', headers, body: '{}' });
      assert.deepEqual(
        [reply.status, reply.headers['x-amzn-errortype'], reply.headers['retry-after']],
        [429, 'TooManyRequestsException', '1'],
      );
      assert.equal(
        reply.body,
        '{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Too many events wait for the function."}\n',
      );
    }
    await assert.rejects(stage.emulator.invoke({ payload: '{}' }), { code: 'LimitExceeded' });
    await stage.runtime.respond(id);
    await stage.runtime.serveOne();
    for (const { status } of await Promise.all([running, waiting])) assert.equal(status, 'success');
  });

  it('say that the emulator was stopped', async () => {
    const stage = await Stage.start(emulators);
    const reply = call(stage.invokeUrl + path, { method: 'POST' });
    await stage.records.until(({ state }) => state === 'queued');
    await stage.emulator.stop();
    const { status, headers, body } = await reply;
    assert.deepEqual([status, headers['x-amzn-errortype']], [500, 'ServiceException']);
    assert.match(body, /^\{"Type":"Service","Message":".+"\}\n$/);
  });

  it('answer a request that ends in its middle', async () => {
    const stage = await Stage.start(emulators);
    const client = await RawClient.open(stage.invokeUrl);
    client.send(`${head(`POST ${path}`, 'Content-Length: 100')}{"half":`);
    const received = await client.finish();
    assert.match(
      received,
      /^HTTP\/1\.1 400 .*\{"Type":"User","message":"The request ended in its middle\."\}\n$/s,
    );
    assert.deepEqual(stage.records.values, []);
  });
});
