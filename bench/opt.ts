/**
 * Layers and the merged view against `jszip.loadAsync` and `yauzl`, each run in a process of its own.
 * `node bench/opt.ts [--full] [--runs=5] [--only=open]`: without `--full` the layers of 250 MB are left out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measureApart, measureHere, type Measurement } from './measure.ts';
import { binaries, manyFiles, writeBenchZip } from './optLayers.ts';
import { jobs, listCount, statCount } from './optJobs.ts';

/** A measurement with the memory that the result holds once garbage is gone, in MB. */
interface KeptMeasurement extends Measurement {
  readonly keptMB: number;
}

interface Scenario {
  readonly title: string;
  readonly job: keyof typeof jobs;
  readonly layers: readonly string[];
  /** Times that the job does the same thing, for figures of one. */
  readonly repeats?: number;
}

const { values, positionals } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
  allowPositionals: true,
});
const [job, peer, ...paths] = positionals;
if (job !== undefined && peer !== undefined) console.log(JSON.stringify(await runOne(job, peer, paths)));
else await compareAll();

async function compareAll(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'opt-bench-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1));
  for (const scenario of generate(scratch)) {
    if (values.only === undefined || scenario.job === values.only) await compare(scenario);
  }
}

/** Makes the layers and says what is measured on them. */
function generate(scratch: string): Scenario[] {
  const zip = (name: string, files: Parameters<typeof writeBenchZip>[1]): string => {
    const path = join(scratch, `${name}.zip`);
    writeBenchZip(path, files);
    return path;
  };
  const large = zip('many', manyFiles(0, 50_934, 1_200));
  const five = [0, 1, 2, 3, 4].map((index) => zip(`half-${index}`, manyFiles(index * 25_000, 50_000, 100)));
  const scenarios: Scenario[] = [
    { title: 'open a layer of 50,934 entries', job: 'open', layers: [large] },
    { title: 'read one file of it, opening included', job: 'readOne', layers: [large] },
    { title: 'merge five layers of 50,000 entries, half the same', job: 'merge', layers: five },
    { title: 'rebuild after one of them changed', job: 'rebuild', layers: five },
    { title: 'stat in the merged view', job: 'stat', layers: five, repeats: statCount },
    { title: 'read a directory of 50 files there', job: 'readDirectory', layers: five, repeats: listCount },
    { title: 'read a directory of 3,000 folders there', job: 'largestDirectory', layers: five },
  ];
  if (!values.full) return scenarios;
  const worst = zip('worst', manyFiles(0, 50_000, 5_000));
  const programs = zip('programs', binaries(125_000_000));
  return [
    ...scenarios,
    { title: 'open a layer of 250 MB in 50,000 files', job: 'open', layers: [worst] },
    { title: 'read one file of it, opening included', job: 'readOne', layers: [worst] },
    { title: 'open a layer of 250 MB in two programs', job: 'open', layers: [programs] },
  ];
}

async function compare({ title, job, layers, repeats = 1 }: Scenario): Promise<void> {
  console.log(title);
  let ours: KeptMeasurement | undefined;
  for (const peer of Object.keys(jobs[job] ?? {})) {
    const measurement = (await measureApart(
      fileURLToPath(import.meta.url),
      [job, peer, ...layers],
      Number(values.runs),
    )) as KeptMeasurement;
    ours ??= measurement;
    console.log(line(peer, measurement, ours, repeats));
  }
}

function line(
  peer: string,
  { ms, stallMs, keptMB }: KeptMeasurement,
  ours: KeptMeasurement,
  repeats: number,
): string {
  const each = repeats === 1 ? '' : `, ${((ms / repeats) * 1000).toFixed(1)} µs each`;
  const cost = `${ms.toFixed(1)} ms${each}, stall ${stallMs.toFixed(0)} ms, kept ${keptMB.toFixed(1)} MB`;
  if (peer === 'ours') return `  ours   ${cost}`;
  const less = (keptMB / Math.max(0.1, ours.keptMB)).toFixed(1);
  return `  ${peer.padEnd(6)} ${cost}: ours ${(ms / ours.ms).toFixed(1)}× faster, keeps ${less}× less`;
}

async function runOne(name: string, peer: string, layers: readonly string[]): Promise<KeptMeasurement> {
  const prepare = jobs[name]?.[peer];
  if (prepare === undefined) throw new Error(`There is no job "${name}" of ${peer}.`);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const run = await prepare(layers);
  const residentMB = (): number => {
    collect();
    collect();
    return process.memoryUsage.rss() / 1e6;
  };
  const before = residentMB();
  const kept: unknown[] = [];
  const measurement = await measureHere(async () => kept.push(await run()));
  const keptMB = residentMB() - before;
  if (kept.length !== 1) throw new Error('The result was not kept.');
  return { ...measurement, keptMB };
}
