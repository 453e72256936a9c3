/**
 * `npm run bench -- NAME [flags]`: installs what is missing and measures this product against its peers. The names
 * are those of the files `bench/opt.ts`, `packaging.ts`, `emulator.ts`, `debug.ts` and `account.ts`, which say what
 * flags they take.
 */
import { prepare } from '../scripts/lib/prepare.mjs';

const benches = ['opt', 'packaging', 'emulator', 'debug', 'account'];

await prepare();
const [bench] = process.argv.splice(2, 1);
if (benches.includes(bench)) await import(`./${bench}.ts`);
else {
  console.error(`Say what to measure: npm run bench -- ${benches.join('|')} [flags]`);
  process.exitCode = 1;
}
