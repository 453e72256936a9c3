/**
 * Packaging a folder: this product against `jszip`'s `generateAsync`, at deflate level 6, each run in a process of
 * its own. `node bench/packaging.ts [--full] [--runs=3]`: without `--full` the trees have a tenth of their size.
 */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import JSZip from 'jszip';
import { packageLayer } from '../src/core/packaging/packageLayer.ts';
import { measureApart, measureHere, type Measurement } from './measure.ts';
import { benchTrees } from './packagingTrees.ts';

type Packager = (folder: string, output: string) => Promise<number>;

/** Each packages a folder into a file and answers the file's size in bytes. */
const packagers: Readonly<Record<string, Packager>> = {
  ours: async (path, output) => (await packageLayer({ path, output })).zippedBytes,
  jszip: packageWithJSZip,
};

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const [packager, ...paths] = positionals;
if (packager === undefined) await compareAll(values.full ? 1 : 0.1, Number(values.runs));
else await runOne(packager, paths);

async function compareAll(scale: number, runs: number): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'packaging-bench-'));
  try {
    for (const tree of benchTrees) {
      const folder = join(scratch, tree.name);
      mkdirSync(folder);
      tree.generate(folder, scale);
      const measure = (name: string): Promise<Measurement> =>
        measureApart(fileURLToPath(import.meta.url), [name, folder, join(scratch, 'layer.zip')], runs);
      print(tree.name, await measure('ours'), await measure('jszip'));
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runOne(name: string, [folder = '', output = '']: readonly string[]): Promise<void> {
  const run = packagers[name];
  if (run === undefined) throw new Error(`There is no packager "${name}".`);
  console.log(JSON.stringify(await measureHere(() => run(folder, output))));
}

function print(tree: string, ours: Measurement, peer: Measurement): void {
  console.log(
    `${tree}: ${ratio(peer.ms, ours.ms)} faster, ${ratio(peer.peakMB, ours.peakMB)} less memory than jszip`,
  );
  for (const [name, { ms, peakMB, stallMs, result }] of Object.entries({ ours, jszip: peer })) {
    const size = `${(result / 1e6).toFixed(2)} MB (${((result / peer.result - 1) * 100).toFixed(1)} %)`;
    console.log(
      `  ${name.padEnd(6)} ${ms.toFixed(0)} ms, peak +${peakMB.toFixed(0)} MB, longest stall ${stallMs.toFixed(0)} ms, ${size}`,
    );
  }
}

function ratio(peer: number, ours: number): string {
  return `${(peer / ours).toFixed(1)}×`;
}

async function packageWithJSZip(folder: string, output: string): Promise<number> {
  const zip = new JSZip();
  const date = new Date(Date.UTC(1980, 0, 1));
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) continue;
    const content = stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    zip.file(name, content, { date, createFolders: false, unixPermissions: stats.mode });
  }
  const compressionOptions = { level: 6 };
  const bytes = await zip.generateAsync({
    type: 'nodebuffer',
    platform: 'UNIX',
    compression: 'DEFLATE',
    compressionOptions,
  });
  writeFileSync(output, bytes);
  return bytes.length;
}
