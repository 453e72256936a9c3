/**
 * The account model against the SDK's own paginators in a plain loop, on a moto server with 300 layers of 20 versions
 * and 2,000 functions. `node bench/account.ts [--runs=3] [--only=usedBy] [--layers=300] [--versions=20]
 * [--functions=2000]`
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startFaultProxy, type FaultProxy } from '../test/support/faultProxy.ts';
import { startMoto } from '../test/support/moto.ts';
import { MotoSeed } from '../test/support/motoSeed.ts';
import { jobs, region } from './accountJobs.ts';
import { measureApart, measureHere, type Measurement } from './measure.ts';

/** A measurement with the memory that the result holds once garbage is gone, in MB. */
interface KeptMeasurement extends Measurement {
  readonly keptMB: number;
}

const titles: Readonly<Record<string, string>> = {
  firstRows: 'first rows of layers, functions and one layer’s versions',
  usedBy: 'who uses which version, all functions read',
  wholeAccount: 'everything: layers, all versions, functions, users',
};

const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
    layers: { type: 'string', default: '300' },
    versions: { type: 'string', default: '20' },
    functions: { type: 'string', default: '2000' },
  },
  allowPositionals: true,
});
const [job, peer, endpoint] = positionals;
if (job !== undefined && peer !== undefined && endpoint !== undefined) {
  console.log(JSON.stringify(await runOne(job, peer, endpoint)));
  process.exit(); // connections that are kept alive
} else await compareAll();

async function compareAll(): Promise<void> {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  const moto = await startMoto();
  const proxy = await startFaultProxy(moto.endpoint);
  try {
    await seed(proxy);
    for (const name of Object.keys(jobs)) {
      if (values.only === undefined || values.only === name) await compare(name, proxy);
    }
  } finally {
    await proxy.stop();
    await moto.stop();
  }
}

/** Fills the account through the API itself; a function has up to five layers. */
async function seed(proxy: FaultProxy): Promise<void> {
  const started = performance.now();
  const [layers, versions, functions] = [values.layers, values.versions, values.functions].map(Number) as [
    number,
    number,
    number,
  ];
  const seeder = new MotoSeed(proxy.endpoint, region);
  const arns: string[][] = [];
  await inParallel(layers, async (index) => {
    arns[index] = await seeder.versions(`layer-${index}`, versions);
  });
  await inParallel(functions, async (index) => {
    const count = index % 6;
    const own = Array.from({ length: count }, (_, place) => {
      const of = arns[(index * 7 + place * 31) % layers] ?? [];
      return of[(index + place) % versions] ?? '';
    });
    await seeder.function({ name: `function-${index}`, layers: [...new Set(own)] });
  });
  console.log(
    `${layers} layers × ${versions} versions, ${functions} functions made in ${Math.round((performance.now() - started) / 1000)} s`,
  );
}

async function inParallel(count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function compare(name: string, proxy: FaultProxy): Promise<void> {
  console.log(titles[name] ?? name);
  const runs = Number(values.runs);
  let ours: KeptMeasurement | undefined;
  const program = fileURLToPath(import.meta.url);
  await measureApart(program, [name, 'ours', proxy.endpoint], 1); // the server's first answer is its slowest
  for (const each of Object.keys(jobs[name] ?? {})) {
    proxy.clear();
    const measurement = (await measureApart(program, [name, each, proxy.endpoint], runs)) as KeptMeasurement;
    ours ??= measurement;
    console.log(line(each, measurement, ours, proxy.operations.length / runs));
  }
}

function line(
  name: string,
  { ms, keptMB, peakMB, result }: KeptMeasurement,
  ours: KeptMeasurement,
  calls: number,
): string {
  const cost = `${ms.toFixed(0)} ms, ${calls} calls, kept ${keptMB.toFixed(1)} MB, peak ${peakMB.toFixed(0)} MB (${result} found)`;
  if (name === 'ours') return `  ours ${cost}`;
  const less = (keptMB / Math.max(0.1, ours.keptMB)).toFixed(1);
  return `  ${name} ${cost}: ours ${(ms / ours.ms).toFixed(1)}× faster, keeps ${less}× less`;
}

async function runOne(name: string, wanted: string, address: string): Promise<KeptMeasurement> {
  const run = jobs[name]?.[wanted];
  if (run === undefined) throw new Error(`There is no job "${name}" of ${wanted}.`);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapMB = (): number => {
    collect();
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  await import('@aws-sdk/client-lambda'); // both need it; its memory is nobody's result
  const before = heapMB();
  const kept: unknown[] = [];
  const measurement = await measureHere(async () => {
    const found = await run(address);
    kept.push(found.kept);
    return found.count;
  });
  const keptMB = heapMB() - before;
  if (kept.length !== 1) throw new Error('The result was not kept.');
  return { ...measurement, keptMB };
}
