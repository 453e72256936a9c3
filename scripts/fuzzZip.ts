/**
 * Breaks sound zips at random and does with them what the product does. Fails on anything but a clear error, on a
 * hang and on growing memory. `node scripts/fuzzZip.ts [--count=10000] [--seed=N] [--seconds=300]`: the same seed
 * gives the same archives, and a failure names the one that causes it alone, with `--count=1`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { exploreZip } from './lib/exploreZip.ts';
import { mutate, soundZips } from './lib/zipMutations.ts';

/** One archive may take this long, in milliseconds, before it counts as a hang. */
const hangMs = 2000;
/** Memory that all archives together may add, in bytes. */
const maxGrowth = 400e6;
/** Archives before memory is measured for the first time: code and caches have settled by then. */
const warmUp = 200;

interface Task {
  readonly folder: string;
  readonly first: number;
  readonly count: number;
}

/** What the worker tells: the archive that it is about to try, and in the end how many could be opened. */
type Report = { readonly trying: number } | { readonly opened: number };

if (isMainThread) await main();
else await work(workerData as Task);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      seconds: { type: 'string', default: '300' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-zip-'));
  const task: Task = { folder, first: Number(values.seed), count: Number(values.count) };
  console.log(`Seed ${task.first}, ${task.count} archives.`);
  try {
    console.log(await supervise(task, performance.now() + Number(values.seconds) * 1000));
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A hang keeps the worker from answering, so that it is seen from here. */
async function supervise(task: Task, deadline: number): Promise<string> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  let trying = task.first;
  let heardAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = (why: string, cause?: unknown): void =>
        reject(new Error(`Seed ${trying}: ${why} (--seed=${trying} --count=1)`, { cause }));
      worker.on('message', (report: Report) => {
        heardAt = performance.now();
        if ('trying' in report) trying = report.trying;
        else resolve(`${task.count} archives, ${report.opened} could be opened, no failure.`);
        if (heardAt > deadline) resolve(`Out of time after ${trying - task.first} archives, no failure.`);
      });
      worker.on('error', (error: unknown) =>
        fail(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      );
      worker.on('exit', () => fail('the worker ended early'));
      timer = setInterval(() => {
        if (performance.now() - heardAt > hangMs) fail(`no answer for ${hangMs} ms`);
      }, 200);
    });
  } finally {
    clearInterval(timer);
    worker.removeAllListeners('exit');
    await worker.terminate();
  }
}

async function work({ folder, first, count }: Task): Promise<void> {
  const tell = (report: Report): void => parentPort?.postMessage(report);
  const zips = await soundZips();
  const path = join(folder, 'layer.zip');
  let opened = 0;
  let before = Infinity;
  for (let index = 0; index < count; index++) {
    tell({ trying: first + index });
    writeFileSync(path, mutate(zips, first + index));
    if (await exploreZip(path)) opened++;
    if (index === warmUp) before = process.memoryUsage.rss();
    if (process.memoryUsage.rss() - before > maxGrowth) throw new Error('memory grows without end');
  }
  tell({ opened });
}
