import assert from 'node:assert/strict';
import type { Logger } from '../../../../src/core/base/logger.ts';
import { silentLogger } from '../../../../src/core/base/logger.ts';
import { PausableClock } from '../../../../src/core/emulator/clock.ts';
import { extensionRoutes } from '../../../../src/core/emulator/extensions/extensionsApi.ts';
import { functionSettings } from '../../../../src/core/emulator/functionSettings.ts';
import type { Route } from '../../../../src/core/emulator/http/apiRouter.ts';
import { metadataRoutes } from '../../../../src/core/emulator/runtime/metadataApi.ts';
import { RuntimeApi } from '../../../../src/core/emulator/runtime/runtimeApi.ts';
import { telemetryRoutes } from '../../../../src/core/emulator/telemetry/telemetryApi.ts';
import { inside, type Endpoint } from './endpoints.ts';
import { HandExtension } from './handExtension.ts';
import { HandTime } from './handTime.ts';
import { Stage } from './stage.ts';
import { call, Emulators, requestIdOf, rootOf } from './support.ts';

const outside: readonly Endpoint[] = [
  { method: 'POST', path: '/2015-03-31/functions/thumbnails/invocations' },
  { method: 'POST', path: '/2021-11-15/functions/thumbnails/response-streaming-invocations' },
  { method: 'GET', path: '/lambda-url/thumbnails' },
  { method: 'POST', path: '/lambda-url/thumbnails/a/b?c=d' },
  { method: 'OPTIONS', path: '/lambda-url/thumbnails/' },
  { method: 'GET', path: '/nowhere' },
];

/** What browsers say of pages that are not the function's own. */
const hostile: readonly Record<string, string>[] = [
  { Origin: 'https://example.com' },
  { Origin: 'null' },
  { Origin: 'http://127.0.0.1:1' },
  { Origin: 'http://localhost' },
  { Origin: 'vscode-webview://abc' },
  { Host: 'example.com' },
  { Host: 'localhost.example.com:80' },
  { Host: '0.0.0.0' },
  { Host: '127.0.0.1.nip.io' },
  { Host: '2130706433' },
  { Host: '[::]' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Host: 'rebound.example.com', Origin: 'http://rebound.example.com' },
];

describe('every endpoint', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  it('is in the list of this test', () => {
    const settings = functionSettings({ functionName: 'thumbnails' });
    const nobody = () => undefined;
    const routes: readonly Route[] = [
      ...new RuntimeApi(settings, new PausableClock(), nobody).routes,
      ...extensionRoutes(settings, nobody),
      ...telemetryRoutes({ hub: nobody, subscriber: () => ({ errorType: '', errorMessage: '' }) }),
      ...metadataRoutes(settings, 'token'),
    ];
    for (const route of routes) {
      const listed = inside.some(({ method, path }) => method === route.method && route.path.test(path));
      assert.ok(listed, `${route.method} ${route.path.source}`);
    }
  });

  for (const headers of hostile) {
    it(`refuses ${JSON.stringify(headers)}, and nothing happens`, async () => {
      const stage = await Stage.start(emulators, ['agent']);
      stage.emulator.prewarm();
      await stage.started('agent');
      for (const [base, endpoints] of [
        [rootOf(stage.url), inside],
        [stage.invokeUrl, outside],
      ] as const) {
        for (const { method, path } of endpoints) {
          const { status, body, headers: answered } = await call(base + path, { method, headers });
          assert.equal(status, 403, `${method} ${path}`);
          assert.match(body, /^(Requests|The Host header) .*\n$/);
          assert.equal(answered['access-control-allow-origin'], undefined);
        }
      }
      assert.deepEqual(stage.records.values, []);
      const agent = await HandExtension.register(stage.url, 'agent');
      agent.park();
      const result = stage.emulator.invoke({ payload: '{}' });
      await stage.started('bootstrap');
      await stage.runtime.serveOne();
      assert.equal((await result).status, 'success');
    });
  }
});

describe('the diagnostics', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  it('contain neither tokens nor anything of a payload, whatever happens', async () => {
    const lines: string[] = [];
    const keep = (line: string): void => void lines.push(line);
    const logger: Logger = { trace: keep, info: keep, warn: keep, error: keep };
    const time = new HandTime();
    const options = { logger, clock: new PausableClock(time), traceCalls: true };
    const stage = await Stage.start(emulators, ['agent'], {}, options);
    const [agent] = await stage.warmUp({ agent: ['INVOKE'] });
    assert.ok(agent !== undefined);
    await agent.subscribe(9, ['platform', 'function', 'extension']);
    const { metadataToken } = await stage.started('bootstrap');
    (await stage.started('bootstrap')).onOutput('secret-line');
    const event = agent.next();
    const next = stage.runtime.next();
    await stage.emulator.whenReady();
    const clientContext = '{"custom":"secret-context"}';
    const invoked = stage.emulator.invoke({
      payload: '"secret-event"',
      clientContext,
      tenantId: 'secret-tenant',
    });
    const id = requestIdOf(await next);
    await event;
    await stage.runtime.fail(id, 'Function.Odd', 'secret-error');
    await agent.report('exit', 'secret-type');
    stage.runtime.park();
    time.pass(3000); // the extension, which reported an error, goes on
    await invoked;
    const headers = { Cookie: 'secret-cookie', Authorization: 'secret-authorization' };
    const web = call(`${stage.invokeUrl}/lambda-url/thumbnails/reset/secret-token?secret-query`, {
      method: 'POST',
      headers,
      body: 'secret-body',
    });
    await stage.started('agent', 2);
    await HandExtension.register(stage.url, 'agent').then((again) => again.park());
    await stage.started('bootstrap', 2);
    await stage.runtime.serveOne('{"statusCode":"secret-status"}');
    await web;
    const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
    await call(url, { method: 'POST', body: '{"secret": ' });
    await call(url, { method: 'POST', body: 'secret', headers: { Origin: 'secret' } });
    await call(rootOf(stage.url) + '/2026-01-15/metadata/execution-environment', {
      headers: { Authorization: 'Bearer secret' },
    });
    await emulators.stop();
    assert.ok(lines.some((line) => line.includes('POST /lambda-url/thumbnails/… → 502')));
    for (const secret of ['secret', metadataToken, agent.id]) {
      assert.deepEqual(
        lines.filter((line) => line.includes(secret)),
        [],
      );
    }
  });

  it('are silent in an ordinary life', async () => {
    const lines: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (line) => void lines.push(line),
      error: (line) => void lines.push(line),
    };
    const stage = await Stage.start(emulators, [], {}, { logger });
    const result = stage.emulator.invoke({ payload: '{}' });
    await stage.runtime.serveOne();
    await result;
    await emulators.stop();
    assert.deepEqual(lines, []);
  });
});
