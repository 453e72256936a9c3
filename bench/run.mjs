/**
 * `npm run bench -- opt|packaging|emulator|debug [flags]`: installs what is missing and measures this product against its peers.
 * The flags are those of `bench/opt.ts`, `bench/packaging.ts`,
 * `bench/emulator.ts` and `bench/debug.ts`.
 */
import { prepare } from '../scripts/lib/prepare.mjs';

const benches = ['opt', 'packaging', 'emulator', 'debug'];

await prepare();
const [bench] = process.argv.splice(2, 1);
if (benches.includes(bench)) await import(`./${bench}.ts`);
else {
  console.error(`Say what to measure: npm run bench -- ${benches.join('|')} [flags]`);
  process.exitCode = 1;
}
