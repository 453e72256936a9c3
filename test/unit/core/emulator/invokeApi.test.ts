import assert from 'node:assert/strict';
import {
  InvokeCommand,
  LambdaClient,
  type InvokeCommandInput,
  type InvokeCommandOutput,
} from '@aws-sdk/client-lambda';
import { InvocationType, LogType } from '@aws-sdk/client-lambda';
import { AttachedRuntime, call, Emulators, forever, nodeRuntime, Recorder } from './support.ts';

const echo = nodeRuntime(`
  console.log('event', JSON.stringify(event));
  if (event.wait) return ${forever};
  if (event.exit) process.exit(event.exit);
  if (event.fail) throw new TypeError(event.fail);
  return event;`);

describe('the Invoke API', () => {
  const emulators = new Emulators();
  const clients: LambdaClient[] = [];
  let client: LambdaClient;
  let invokeUrl: string;
  let emulator: Awaited<ReturnType<Emulators['start']>>['emulator'];

  before(async () => {
    ({ invokeUrl, emulator } = await emulators.start(echo, { timeoutMs: 20_000 }));
    client = clientOf(invokeUrl);
  });

  after(async () => {
    for (const each of clients) each.destroy();
    await emulators.stop();
  });

  function clientOf(endpoint: string): LambdaClient {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const made = new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    clients.push(made);
    return made;
  }

  function invoke(event: unknown, input: Partial<InvokeCommandInput> = {}): Promise<InvokeCommandOutput> {
    return client.send(
      new InvokeCommand({ FunctionName: 'thumbnails', Payload: JSON.stringify(event), ...input }),
    );
  }

  function text(output: InvokeCommandOutput): string {
    return output.Payload?.transformToString() ?? '';
  }

  it('returns what the function returns', async () => {
    const output = await invoke({ name: 'Zoë' });
    assert.equal(output.StatusCode, 200);
    assert.equal(text(output), '{"name":"Zoë"}');
    assert.equal(output.FunctionError, undefined);
    assert.equal(output.ExecutedVersion, '$LATEST');
    assert.equal(output.LogResult, undefined);
  });

  it('marks an error of the handler', async () => {
    const output = await invoke({ fail: 'no' });
    assert.equal(output.FunctionError, 'Unhandled');
    assert.deepEqual(JSON.parse(text(output)), {
      errorMessage: 'no',
      errorType: 'TypeError',
      stackTrace: [],
    });
  });

  it('marks a crash', async () => {
    const output = await invoke({ exit: 4 });
    assert.equal(output.FunctionError, 'Unhandled');
    assert.match(
      text(output),
      /^\{"errorType":"Runtime\.ExitError","errorMessage":"RequestId: .* exit status 4"\}$/,
    );
  });

  it('marks a timeout', async () => {
    const { invokeUrl: endpoint } = await emulators.start(echo, { timeoutMs: 300 });
    const output = await clientOf(endpoint).send(
      new InvokeCommand({ FunctionName: 'thumbnails', Payload: '{"wait":true}' }),
    );
    assert.equal(output.FunctionError, 'Unhandled');
    assert.match(text(output), /Task timed out after 0\.30 seconds/);
  });

  it('hands back the end of the log when asked', async () => {
    const output = await invoke({ long: 'é'.repeat(3000) }, { LogType: LogType.Tail });
    const log = Buffer.from(output.LogResult ?? '', 'base64');
    assert.ok(log.length <= 4096 && log.length > 4090);
    const id = output.$metadata.requestId ?? '';
    assert.match(log.toString(), new RegExp(`^é+"}\nEND RequestId: ${id}\nREPORT RequestId: ${id}\t`));
  });

  it('queues an Event and answers at once', async () => {
    const records = new Recorder(emulator.onInvocation);
    const output = await invoke({ later: true }, { InvocationType: InvocationType.Event });
    assert.equal(output.StatusCode, 202);
    assert.equal(text(output), '');
    const id = output.$metadata.requestId;
    const { result } = await records.until(({ requestId, state }) => requestId === id && state === 'done');
    assert.equal(Buffer.from(result?.payload ?? []).toString(), '{"later":true}');
  });

  it('runs nothing for a DryRun', async () => {
    const records = new Recorder(emulator.onInvocation);
    const output = await invoke({}, { InvocationType: InvocationType.DryRun });
    assert.equal(output.StatusCode, 204);
    assert.deepEqual(records.values, []);
  });

  it('takes every way to name the function', async () => {
    for (const FunctionName of [
      'thumbnails:live',
      '123456789012:function:thumbnails',
      'arn:aws:lambda:us-east-1:123456789012:function:thumbnails',
      'arn:aws:lambda:us-east-1:123456789012:function:thumbnails:$LATEST',
    ]) {
      assert.equal((await invoke({}, { FunctionName })).StatusCode, 200);
    }
    assert.equal((await invoke({}, { Qualifier: '7' })).ExecutedVersion, '7');
    assert.equal((await invoke({}, { Qualifier: 'live' })).ExecutedVersion, '$LATEST');
  });

  it('does not know another function', async () => {
    const elsewhere = 'arn:aws:lambda:eu-west-1:123456789012:function:thumbnails';
    for (const [FunctionName, arn] of [
      ['other', 'arn:aws:lambda:us-east-1:123456789012:function:other'],
      [elsewhere, elsewhere],
    ] as const) {
      const message = `Function not found: ${arn}`;
      await assert.rejects(invoke({}, { FunctionName }), { name: 'ResourceNotFoundException', message });
    }
  });

  it('passes client context and tenant on', async () => {
    const { emulator: attached, runtime, invokeUrl: endpoint } = await emulators.start(new AttachedRuntime());
    attached.prewarm();
    const context = '{"custom":{"a":1}}';
    const output = clientOf(endpoint).send(
      new InvokeCommand({
        FunctionName: 'thumbnails',
        ClientContext: Buffer.from(context).toString('base64'),
        TenantId: 'blue',
      }),
    );
    const next = await call(`${runtime}/invocation/next`);
    assert.equal(next.headers['lambda-runtime-client-context'], context);
    assert.equal(next.headers['lambda-runtime-aws-tenant-id'], 'blue');
    const id = String(next.headers['lambda-runtime-aws-request-id']);
    await call(`${runtime}/invocation/${id}/response`, { method: 'POST', body: 'null' });
    // The runtime has not asked for the next event, but the answer is there.
    assert.equal((await output).$metadata.requestId, id);
  });

  it('knows no other operation', async () => {
    for (const path of ['/2015-03-31/functions', '/2015-03-31/functions/thumbnails/invocations', '//']) {
      const reply = await call(invokeUrl + path);
      assert.equal(reply.status, 404);
      assert.equal(reply.headers['x-amzn-errortype'], 'UnknownOperationException');
    }
  });

  it('explains a bad request made without HTTP', async () => {
    await assert.rejects(emulator.invoke({ payload: 'x' }), { code: 'EventInvalid' });
    await assert.rejects(emulator.invoke({ payload: '1', clientContext: '[]' }), { code: 'EventInvalid' });
    await assert.rejects(emulator.invoke({ payload: '1', tenantId: 'a\nb' }), { code: 'EventInvalid' });
  });
});
