import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What one job cost in a process of its own. */
export interface Measurement {
  /** Wall time of the job alone, in milliseconds. */
  readonly ms: number;
  /** How far the process's resident memory rose above what it held before the job, in MB. */
  readonly peakMB: number;
  /** The longest time for which the event loop did not turn, in milliseconds. */
  readonly stallMs: number;
  /** What the job says of its result. */
  readonly result: number;
}

/** Runs a job in this process and measures it. To be called once a process: peak memory never falls. */
export async function measureHere(job: () => Promise<number>): Promise<Measurement> {
  const before = process.memoryUsage.rss();
  let stallMs = 0;
  let turnedAt = performance.now();
  const startedAt = turnedAt;
  const turn = (): void => {
    const now = performance.now();
    stallMs = Math.max(stallMs, now - turnedAt - 1);
    turnedAt = now;
  };
  const timer = setInterval(turn, 1);
  const result = await job();
  turn();
  const ms = turnedAt - startedAt;
  clearInterval(timer);
  return { ms, peakMB: (process.resourceUsage().maxRSS * 1024 - before) / 1e6, stallMs, result };
}

/** Runs a Node program that prints a `Measurement` as JSON, `runs` times, and returns the median by time. */
export async function measureApart(
  program: string,
  args: readonly string[],
  runs: number,
): Promise<Measurement> {
  const results: Measurement[] = [];
  while (results.length < runs) results.push(JSON.parse(await runNode(program, args)) as Measurement);
  const median = results.sort((a, b) => a.ms - b.ms)[Math.floor(runs / 2)];
  if (median === undefined) throw new Error('A measurement needs at least one run.');
  return median;
}

async function runNode(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code ?? 'a signal'}.`);
  return output;
}
