/**
 * Makes many calls and prints how much memory is in use before and after, in bytes; to be run with `--expose-gc`.
 */
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { head, RawClient } from '../rawClient.ts';
import { Stage } from '../stage.ts';
import { call, Emulators } from '../support.ts';

const emulators = new Emulators();
const stage = await Stage.start(emulators);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const body = JSON.stringify('x'.repeat(1000));

/** A runtime on one connection, without an HTTP library, which would take most of the time. */
function serve(socket: Socket): void {
  const next = head('GET /2018-06-01/runtime/invocation/next');
  let received = '';
  socket.on('data', (data) => {
    received += data.toString('latin1');
    const id = /^Lambda-Runtime-Aws-Request-Id: (.*)\r\n/m.exec(received)?.[1];
    if (id === undefined ? !received.includes('{"status":"OK"}') : !received.endsWith(body)) return;
    received = '';
    const response = head(
      `POST /2018-06-01/runtime/invocation/${id ?? ''}/response`,
      `Content-Length: ${body.length}`,
    );
    socket.write(id === undefined ? next : response + body);
  });
  socket.write(next);
}

async function invoke(times: number): Promise<void> {
  const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
  for (let count = 0; count < times; count += 1) {
    // Four in five without HTTP in between, which takes most of the time.
    if (count % 5 > 0) await stage.emulator.invoke({ payload: body });
    else await call(url, { method: 'POST', body, agent });
    if (count % 100 === 0) await misbehave();
    stage.log.values.length = 0;
    stage.records.values.length = 0;
  }
}

/** Clients that hang up in the middle of a request, on both servers, and one that answers what nobody asked. */
async function misbehave(): Promise<void> {
  for (const address of [stage.url, stage.invokeUrl]) {
    const client = await RawClient.open(address);
    client.send(`POST /2015-03-31/functions/thumbnails/invocations HTTP/1.1\r\nHost: localhost\r\nConte`);
    await client.destroy();
  }
  await stage.runtime.respond('00000000-0000-4000-8000-000000000000', body);
}

async function usedBytes(): Promise<number> {
  for (let turns = 0; turns < 5; turns += 1) {
    await setImmediate();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

stage.emulator.prewarm();
await stage.started('bootstrap');
const runtime = await RawClient.open(stage.url);
runtime.socket.removeAllListeners('data');
serve(runtime.socket);
await invoke(1000);
const before = await usedBytes();
await invoke(10_000);
const after = await usedBytes();
console.log(JSON.stringify({ before, after }));
await emulators.stop();
await runtime.finish();
agent.destroy();
