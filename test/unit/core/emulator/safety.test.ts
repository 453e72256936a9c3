import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { refusalReason } from '../../../../src/core/emulator/http/loopbackGuard.ts';
import type { Logger } from '../../../../src/core/base/logger.ts';
import { AttachedRuntime, call, Emulators, requestIdOf } from './support.ts';

describe('the safety of the emulator', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  it('refuses what a web page may have sent, on both servers, before anything else', async () => {
    const { runtime, invokeUrl } = await emulators.start(new AttachedRuntime());
    const hostile = [
      { Origin: 'https://example.com' },
      { Origin: 'null' },
      { Host: 'example.com' },
      { Host: '127.0.0.1.example.com' },
      { Host: 'localhost:1@example.com' },
    ];
    for (const headers of hostile) {
      for (const url of [`${runtime}/invocation/next`, `${runtime}/nowhere`, `${invokeUrl}/anything`]) {
        assert.equal((await call(url, { headers })).status, 403, JSON.stringify(headers));
      }
    }
  });

  it('refuses a request that names no host', async () => {
    const { invokeUrl } = await emulators.start(new AttachedRuntime());
    assert.equal((await call(invokeUrl, { setHost: false })).status, 403);
  });

  it('does not invite the body of a refused request', async () => {
    const { invokeUrl } = await emulators.start(new AttachedRuntime());
    const headers = { Expect: '100-continue', Origin: 'https://example.com' };
    const outgoing = request(invokeUrl, { method: 'POST', headers, agent: false });
    let invited = false;
    outgoing.on('continue', () => (invited = true));
    outgoing.flushHeaders();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 403);
    assert.equal(invited, false);
    outgoing.destroy();
  });

  it('accepts the names of this computer', async () => {
    const { runtime } = await emulators.start(new AttachedRuntime());
    const ping = runtime.replace('/runtime', '/ping');
    for (const Host of ['127.0.0.1', 'localhost:3000', 'LOCALHOST', '[::1]', '[::1]:9001']) {
      assert.equal((await call(ping, { headers: { Host } })).status, 200, Host);
    }
  });

  it('accepts no host that is not one of those names', () => {
    const names = ['127.0.0.1', 'localhost', '[::1]'];
    fc.assert(
      fc.property(fc.oneof(fc.webAuthority(), fc.string()), (host) => {
        const known = names.includes(host.replace(/:\d{1,5}$/, '').toLowerCase());
        assert.equal(refusalReason({ headersDistinct: { host: [host] } }) === undefined, known);
      }),
    );
  });

  it('listens on the loopback address alone', async () => {
    const { runtime } = await emulators.start(new AttachedRuntime());
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    for (const host of ['127.0.0.2', ...others.map(({ address }) => address)]) {
      await assert.rejects(call(runtime.replace('127.0.0.1', host)), { code: 'ECONNREFUSED' });
    }
  });

  it('says which port is in use, and closes what it had opened', async () => {
    const { invokeUrl } = await emulators.start(new AttachedRuntime());
    const port = Number(new URL(invokeUrl).port);
    const clash = emulators.start(new AttachedRuntime(), {}, { ports: { invoke: port } });
    await assert.rejects(clash, (error: Error & { code?: string }) => {
      return error.code === 'PortInUse' && error.message.includes(String(port));
    });
  });

  it('uses the ports it is given', async () => {
    const { runtime } = await emulators.start(new AttachedRuntime());
    const { port } = new URL(runtime);
    await emulators.stop();
    const again = await emulators.start(new AttachedRuntime(), {}, { ports: { runtimeApi: Number(port) } });
    assert.equal(again.runtime, runtime);
  });

  it('writes no payload to the diagnostics', async () => {
    const lines: string[] = [];
    const keep = (line: string): void => void lines.push(line);
    const logger: Logger = { trace: keep, info: keep, warn: keep, error: keep };
    const { emulator, runtime, invokeUrl } = await emulators.start(new AttachedRuntime(), {}, { logger });
    const url = `${invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
    await call(url, { method: 'POST', body: '{"secret-event": tru' });
    const result = emulator.invoke({ payload: '"secret-event"' });
    const next = await call(`${runtime}/invocation/next`);
    await call(`${runtime}/invocation/${requestIdOf(next)}/error`, { method: 'POST', body: 'secret-error' });
    call(`${runtime}/invocation/next`).catch(() => undefined);
    await result;
    await call(url, { headers: { Origin: 'x' }, method: 'POST', body: 'secret-page' });
    assert.equal(lines.length, 1);
    assert.deepEqual(
      lines.filter((line) => line.includes('secret')),
      [],
    );
  });
});
