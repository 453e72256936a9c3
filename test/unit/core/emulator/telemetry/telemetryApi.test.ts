import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { silentLogger } from '../../../../../src/core/base/logger.ts';
import { route } from '../../../../../src/core/emulator/http/apiRouter.ts';
import { LoopbackServer } from '../../../../../src/core/emulator/http/loopbackServer.ts';
import { telemetryRoutes } from '../../../../../src/core/emulator/telemetry/telemetryApi.ts';
import type { TelemetryHub } from '../../../../../src/core/emulator/telemetry/telemetryHub.ts';
import { body, Hubs, line } from './hubs.ts';

const hubs = new Hubs();
const identifier = '5d6e9f0c-6a35-4d0c-9d0a-0e7ea1c7e1ce';

describe('The endpoints of the Telemetry API and the Logs API', () => {
  let server: LoopbackServer;
  let port = 0;
  let hub: TelemetryHub | undefined;

  beforeEach(async () => {
    const routes = telemetryRoutes({
      hub: () => hub,
      subscriber: (id) =>
        id === identifier
          ? { id, name: 'tracer' }
          : {
              errorType: 'Extension.UnknownExtensionIdentifier',
              errorMessage: `Unknown extension ${String(id)}`,
            },
    });
    const service = {
      name: 'Runtime API',
      truncatedBody: '',
      handle: route.bind(undefined, routes),
      internalError: () => undefined,
    };
    server = new LoopbackServer(service, silentLogger);
    port = await server.listen(0);
    hub = hubs.start({ runtimeApiPort: () => port });
  });

  afterEach(async () => {
    await hubs.end();
    await server.close();
  });

  async function put(
    path: string,
    content: Buffer,
    headers: Record<string, string> = { 'Lambda-Extension-Identifier': identifier },
  ): Promise<{ status: number; type: string | null; text: string }> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'PUT',
      headers,
      body: content,
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  }

  for (const [path, schemaVersion] of [
    ['/2022-07-01/telemetry', '2022-12-13'],
    ['/2022-07-01/telemetry/', '2022-12-13'],
    ['/2020-08-15/logs', '2020-08-15'],
  ] as const) {
    it(`subscribe at ${path}`, async () => {
      const receiver = await hubs.http();
      const answer = await put(path, body({ http: receiver.port }, { schemaVersion }));
      assert.deepEqual(answer, { status: 200, type: 'application/json', text: '"OK"' });
      hub?.publish(line('hello'));
      await hub?.flush(30_000);
      assert.deepEqual(receiver.events.values, [line('hello')]);
    });
  }

  it('answer 400 to a wrong body', async () => {
    assert.deepEqual(await put('/2022-07-01/telemetry', Buffer.from('<>')), {
      status: 400,
      type: 'application/json',
      text: '{"errorMessage":"request body should be a JSON object","errorType":"ValidationError"}\n',
    });
    const logs = await put('/2020-08-15/logs', Buffer.alloc(0));
    assert.equal(logs.status, 400);
    assert.match(logs.text, /"Logs.ValidationError"/);
  });

  it('answer 400 to a subscription of their own port', async () => {
    const answer = await put('/2022-07-01/telemetry', body({ http: port }));
    assert.equal(answer.status, 400);
    assert.match(answer.text, /reserved/);
  });

  it('answer 403 to an extension that is not known, whatever it sends', async () => {
    for (const headers of [{}, { 'Lambda-Extension-Identifier': 'me' }]) {
      const answer = await put('/2022-07-01/telemetry', Buffer.from('<>'), headers);
      assert.equal(answer.status, 403);
      assert.match(answer.text, /^{"errorMessage":"Unknown extension .*","errorType":"Extension.Unknown/);
    }
  });

  it('answer 403 after init', async () => {
    hub?.closeSubscriptions();
    assert.deepEqual(await put('/2022-07-01/telemetry', body({ tcp: 4243 })), {
      status: 403,
      type: 'application/json',
      text: '{"errorMessage":"Telemetry API subscription is closed","errorType":"Telemetry.SubscriptionClosed"}\n',
    });
  });

  it('answer 413 to more than a mebibyte', async () => {
    const largest = Buffer.alloc(1024 * 1024, ' ');
    assert.equal((await put('/2022-07-01/telemetry', largest)).status, 400);
    const answer = await put('/2022-07-01/telemetry', Buffer.concat([largest, Buffer.from(' ')]));
    assert.equal(answer.status, 413);
    assert.match(answer.text, /"RequestEntityTooLarge"/);
  });

  it('answer 405 to other methods', async () => {
    for (const path of ['/2022-07-01/telemetry', '/2020-08-15/logs']) {
      assert.equal(
        (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: '' })).status,
        405,
      );
    }
  });

  it('answer 403 when the environment ends before the request does', async () => {
    const outgoing = request({
      port,
      host: '127.0.0.1',
      method: 'PUT',
      path: '/2022-07-01/telemetry',
      headers: { 'Lambda-Extension-Identifier': identifier, Expect: '100-continue' },
    });
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    hub?.dispose();
    hub = hubs.start({ runtimeApiPort: () => port });
    outgoing.end(body({ tcp: 4243 }));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    assert.equal(response.statusCode, 403);
    assert.match(Buffer.concat(chunks).toString(), /"errorType":"Forbidden"/);
  });

  it('go on after a client that breaks off in the middle', async () => {
    const outgoing = request({
      port,
      host: '127.0.0.1',
      method: 'PUT',
      path: '/2022-07-01/telemetry',
      headers: { 'Lambda-Extension-Identifier': identifier, Expect: '100-continue', 'Content-Length': 1000 },
    });
    outgoing.on('error', () => undefined);
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.write('{"schemaVersion"');
    outgoing.destroy();
    const receiver = await hubs.http();
    assert.equal((await put('/2022-07-01/telemetry', body({ http: receiver.port }))).status, 200);
  });
});
