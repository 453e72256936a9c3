/**
 * Round trips of a real runtime client through our Invoke endpoint, beside the same through two bare Node `http`
 * servers: `node bench/emulator.ts [--calls=2000]`. The client is an echo bootstrap on AWS's library for Go.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureConformancePrograms } from '../scripts/lib/conformancePrograms.ts';
import { conformanceProgram } from '../test/conformance/support/programs.ts';

interface Host {
  readonly which: 'ours' | 'bare';
  readonly url: string;
  /** The next line it prints. */
  line(): Promise<string>;
  stop(): Promise<void>;
}

interface Figures {
  /** Round trips a second, one after the other. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Calls that are not measured, at the beginning. */
const warmUp = 200;
/** How often each is measured. */
const rounds = 7;

const { values } = parseArgs({ options: { calls: { type: 'string', default: '2000' } } });
const calls = Number(values.calls);
await ensureConformancePrograms(false, ['go']);
const program = join(conformanceProgram('go-echo'), 'bootstrap');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

for (const [label, bytes, count] of [
  ['1 B', 1, calls],
  ['100 kB', 100_000, calls / 4],
  ['6 MB', 6_000_000, 20],
] as const) {
  const payload = bytes === 1 ? '1' : JSON.stringify('x'.repeat(bytes - 2));
  const { ours, bare } = await alternate((host) => roundTrips(host, payload, count));
  console.log(`${label}: ${(bare.rate / ours.rate).toFixed(2)}× the time of bare http`);
  print('ours', ours);
  print('bare', bare);
}
await streamed();
await queued(10_000);
agent.destroy();

/** Measures both in turn and takes the medians by rate, so that neither profits from a quiet moment. */
async function alternate(job: (host: Host) => Promise<Figures>): Promise<{ ours: Figures; bare: Figures }> {
  const results = { ours: [] as Figures[], bare: [] as Figures[] };
  for (let round = 0; round < rounds; round++) {
    for (const which of ['ours', 'bare'] as const) {
      const host = await startHost(which, [program]);
      results[which].push(await job(host));
      await host.stop();
    }
  }
  return { ours: median(results.ours), bare: median(results.bare) };
}

function median(figures: Figures[]): Figures {
  const middle = figures.sort((a, b) => a.rate - b.rate)[Math.floor(figures.length / 2)];
  if (middle === undefined) throw new Error('A measurement needs at least one run.');
  return middle;
}

async function roundTrips(host: Host, payload: string, count: number): Promise<Figures> {
  for (let call = 0; call < Math.min(warmUp, count); call++) await invoke(host, payload);
  const times: number[] = [];
  const startedAt = performance.now();
  for (let call = 0; call < count; call++) {
    const at = performance.now();
    await invoke(host, payload);
    times.push(performance.now() - at);
  }
  const rate = (count / (performance.now() - startedAt)) * 1000;
  times.sort((a, b) => a - b);
  return { rate, p50: times[Math.floor(count * 0.5)] ?? 0, p99: times[Math.floor(count * 0.99)] ?? 0 };
}

/** From the call to the first byte of a response that goes on for a while after it. */
async function streamed(): Promise<void> {
  const script = `
    const http = require('node:http');
    const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
    const agent = new http.Agent({ keepAlive: true });
    const next = () => http.get({ host, port, agent, path: '/2018-06-01/runtime/invocation/next' }, (event) => {
      event.resume().on('end', () => {
        const id = event.headers['lambda-runtime-aws-request-id'];
        const path = '/2018-06-01/runtime/invocation/' + id + '/response';
        const headers = { 'Lambda-Runtime-Function-Response-Mode': 'streaming' };
        const post = http.request({ host, port, agent, path, method: 'POST', headers }, (reply) => {
          reply.resume().on('end', next);
        });
        post.write('x'.repeat(1000));
        setTimeout(() => post.end('y'), 5);
      });
    });
    next();`;
  const times = { ours: [] as number[], bare: [] as number[] };
  for (const which of ['ours', 'bare'] as const) {
    const host = await startHost(which, [process.execPath, '-e', script]);
    for (let call = 0; call < 2 * warmUp; call++) times[which].push(await firstByte(host));
    await host.stop();
    times[which].splice(0, warmUp);
    times[which].sort((a, b) => a - b);
  }
  const p50 = (list: readonly number[]): number => list[Math.floor(list.length / 2)] ?? 0;
  console.log(
    `first byte of a stream: ${p50(times.ours).toFixed(2)} ms, bare http ${p50(times.bare).toFixed(2)} ms`,
  );
}

/** Many `Event` calls at once: how long until all are taken, and until all were run. */
async function queued(count: number): Promise<void> {
  const host = await startHost('ours', [program]);
  const startedAt = performance.now();
  const done = (async () => {
    while ((await host.line()) !== `done ${count}`);
  })();
  for (let sent = 0; sent < count; sent++) await invoke(host, '1', { 'X-Amz-Invocation-Type': 'Event' });
  const takenMs = performance.now() - startedAt;
  await done;
  const runMs = performance.now() - startedAt;
  console.log(`${count} queued events: taken in ${takenMs.toFixed(0)} ms, run in ${runMs.toFixed(0)} ms`);
  await host.stop();
}

function firstByte(host: Host): Promise<number> {
  const at = performance.now();
  const path = '/2021-11-15/functions/bench/response-streaming-invocations';
  return new Promise((resolve, reject) => {
    const call = request(`${host.url}${path}`, { method: 'POST', agent }, (response) => {
      let first: { readonly ms: number; readonly bytes: Buffer } | undefined;
      response.on('data', (bytes: Buffer) => (first ??= { ms: performance.now() - at, bytes }));
      response.on('end', () => {
        if (response.statusCode === 200 && first !== undefined && isBeginning(host, first.bytes)) {
          resolve(first.ms);
        } else reject(new Error(`Answer ${response.statusCode ?? 0} instead of a stream.`));
      });
    });
    call.on('error', reject).end('{}');
  });
}

/** Whether this begins the response of the streaming program: as an event, or bare. */
function isBeginning({ which }: Host, bytes: Buffer): boolean {
  return bytes.includes(which === 'ours' ? 'PayloadChunk' : 'x') && bytes.includes('x'.repeat(1000));
}

function invoke(host: Host, payload: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${host.url}/2015-03-31/functions/bench/invocations`,
      { method: 'POST', agent, headers: { 'Content-Length': Buffer.byteLength(payload), ...headers } },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => (bytes += chunk.length));
        response.on('end', () => {
          const complete = response.statusCode === 202 || bytes === Buffer.byteLength(payload);
          if (complete) resolve(bytes);
          else reject(new Error(`Answer ${response.statusCode ?? 0} of ${bytes} bytes.`));
        });
      },
    );
    call.on('error', reject).end(payload);
  });
}

async function startHost(which: 'ours' | 'bare', command: readonly string[]): Promise<Host> {
  const script = fileURLToPath(new URL('emulatorHost.ts', import.meta.url));
  const child = spawn(process.execPath, [script, which, ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done === true) throw new Error('The emulator ended.');
    return value;
  };
  return {
    which,
    url: await line(),
    line,
    stop: async () => {
      child.stdin.end();
      await closed;
    },
  };
}

function print(name: string, { rate, p50, p99 }: Figures): void {
  console.log(`  ${name} ${rate.toFixed(0)} calls/s, p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms`);
}
