/**
 * From F5 to the first response, and from a change to the next response under hot reload: a debug run of the sample
 * runtimes, beside the same bootstrap started by hand with the same calls. `node bench/debug.ts [--runs=10]`.
 * The editor's own part (its file watcher waits 200 ms for more changes) is not in it, nor is a debugger, whose own
 * start each language decides, nor the unpacking of a zip, which happens once.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { silentLogger } from '../src/core/base/logger.ts';
import { noDebuggers } from '../src/core/debug/debuggers/editorDebuggers.ts';
import { FunctionRun } from '../src/core/debug/functionRun.ts';
import { readLaunchConfiguration } from '../src/core/debug/launchConfiguration.ts';
import { LayerStore } from '../src/core/opt/layerStack.ts';
import { LayerCache } from '../src/core/run/layerCache.ts';
import { BareEmulator } from './bareEmulator.ts';

interface Sample {
  readonly name: string;
  readonly handler: string;
  readonly layers: readonly string[];
}

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' } } });
const runs = Number(values.runs);
/** The samples' Node.js runtime borrows the one that runs this. */
const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/opt/bin`;
const event = '{"name":"Grace"}';

for (const sample of [
  { name: 'hello-bash', handler: 'hello.handler', layers: ['greetings', 'german', 'bash-runtime'] },
  { name: 'hello-node', handler: 'index.handler', layers: ['greetings', 'node-runtime'] },
] satisfies Sample[]) {
  const scratch = mkdtempSync(join(tmpdir(), 'debug-bench-'));
  try {
    await compare(sample, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function compare(sample: Sample, scratch: string): Promise<void> {
  const times = { started: [] as number[], reloaded: [] as number[], byHand: [] as number[] };
  for (let round = 0; round < runs; round++) {
    const { startedMs, reloadedMs } = await debug(sample, scratch);
    times.started.push(startedMs);
    times.reloaded.push(reloadedMs);
    times.byHand.push(await byHand(sample, scratch));
  }
  const byHandMs = median(times.byHand);
  const more = (ms: number): string =>
    `${ms.toFixed(0)} ms, ${(ms - byHandMs).toFixed(0)} ms more than by hand`;
  console.log(`${sample.name}, by hand: ${byHandMs.toFixed(0)} ms from start to response`);
  console.log(`  F5 to the first response: ${more(median(times.started))}`);
  console.log(`  change to the next response: ${more(median(times.reloaded))}`);
}

async function debug(
  { name, handler, layers }: Sample,
  scratch: string,
): Promise<{ startedMs: number; reloadedMs: number }> {
  const startedAt = performance.now();
  const configuration = readLaunchConfiguration({
    code: join(samples, 'functions', name),
    layers: [...layers],
    handler,
    env: { PATH: path },
    debugger: 'none',
    isolation: 'namespace',
  });
  const files = {
    code: join(samples, 'functions', name),
    layers: layers.map((layer) => join(samples, 'layers', layer)),
    envFile: undefined,
  };
  const services = {
    store: new LayerStore(),
    cache: new LayerCache(join(scratch, 'cache')),
    temporaryParent: scratch,
    logger: silentLogger,
  };
  const listener = { editor: noDebuggers, notice: () => undefined, problem: fail };
  const run = await FunctionRun.open(configuration, files, services, listener);
  run.begin();
  check((await run.invoke(event)).status);
  const startedMs = performance.now() - startedAt;
  const changedAt = performance.now();
  run.reload();
  check((await run.invoke(event)).status);
  const reloadedMs = performance.now() - changedAt;
  await run.stop();
  return { startedMs, reloadedMs };
}

/** What somebody without this product would do: layers copied together, the bootstrap started in a shell. */
async function byHand({ name, handler, layers }: Sample, scratch: string): Promise<number> {
  const opt = join(scratch, 'opt');
  rmSync(opt, { recursive: true, force: true });
  for (const layer of layers) cpSync(join(samples, 'layers', layer), opt, { recursive: true });
  const code = join(samples, 'functions', name);
  const startedAt = performance.now();
  const emulator = new BareEmulator();
  const { invokeUrl, runtimeApi } = await emulator.start();
  const script =
    'mount --bind "$1" /opt && mount -t tmpfs t /var && mkdir /var/task && mount --bind "$2" /var/task && cd /var/task && exec /opt/bootstrap';
  const child = spawn(
    'unshare',
    ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', opt, code],
    {
      env: {
        ...{ AWS_LAMBDA_RUNTIME_API: runtimeApi, _HANDLER: handler, LAMBDA_TASK_ROOT: '/var/task' },
        PATH: path,
        LD_LIBRARY_PATH: '/opt/lib',
      },
      stdio: 'ignore',
    },
  );
  const response = await fetch(`${invokeUrl}/2015-03-31/functions/bench/invocations`, {
    method: 'POST',
    body: event,
  });
  if (!(await response.text()).includes('GRACE') && name === 'hello-bash') throw new Error('Wrong answer.');
  const ms = performance.now() - startedAt;
  child.kill('SIGKILL');
  emulator.stop();
  return ms;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function check(status: string): void {
  if (status !== 'success') throw new Error(`The function ended with ${status}.`);
}

function fail(text: string): never {
  throw new Error(text);
}
