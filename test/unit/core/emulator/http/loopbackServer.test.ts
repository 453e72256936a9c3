import assert from 'node:assert/strict';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { silentLogger } from '../../../../../src/core/base/logger.ts';
import { LoopbackServer } from '../../../../../src/core/emulator/http/loopbackServer.ts';
import { head, RawClient } from '../rawClient.ts';
import { call } from '../support.ts';

describe('a loopback server', () => {
  for (const [target, served] of [
    ['http://127.0.0.1:1234/a?b=http://localhost/c', '/a?b=http://localhost/c'],
    ['http://LOCALHOST/a', '/a'],
    ['http://[::1]:1/a', '/a'],
    ['http://example.com/a', 'http://example.com/a'],
    ['http://localhost.example.com/a', 'http://localhost.example.com/a'],
    ['//localhost/a', '//localhost/a'],
  ] as const) {
    it(`serves ${target} as ${served}`, async () => {
      const server = new LoopbackServer(
        {
          name: 'Test',
          truncatedBody: '',
          internalError: () => undefined,
          handle: ({ url }, response) => {
            response.end(`served ${url ?? ''}\n`);
            return Promise.resolve();
          },
        },
        silentLogger,
      );
      const client = await RawClient.open(`http://127.0.0.1:${await server.listen(0)}`);
      client.send(head(`GET ${target}`, 'Connection: close'));
      const received = await client.closed();
      await server.close();
      assert.ok(received.includes(`served ${served}\n`), received);
    });
  }

  it('ends no connection for being silent: not before, within or after a request', async () => {
    let socket: Socket | undefined;
    const server = new LoopbackServer(
      {
        name: 'Test',
        truncatedBody: '',
        internalError: () => undefined,
        handle: (request: IncomingMessage, response: ServerResponse) => {
          socket = request.socket;
          response.end();
          return Promise.resolve();
        },
      },
      silentLogger,
    );
    await call(`http://127.0.0.1:${await server.listen(0)}`);
    await server.close();
    assert.ok(socket !== undefined && 'server' in socket, 'a socket knows its server');
    const { headersTimeout, keepAliveTimeout, requestTimeout, timeout } = socket.server as Server;
    assert.deepEqual([headersTimeout, keepAliveTimeout, requestTimeout, timeout], [0, 0, 0, 0]);
    assert.equal(socket.timeout ?? 0, 0);
  });
});
