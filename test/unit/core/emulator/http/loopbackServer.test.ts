import assert from 'node:assert/strict';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { silentLogger } from '../../../../../src/core/base/logger.ts';
import { LoopbackServer } from '../../../../../src/core/emulator/http/loopbackServer.ts';
import { call } from '../support.ts';

describe('a loopback server', () => {
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
