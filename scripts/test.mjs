/**
 * `npm test`: installs what is missing and runs all stages of the tests; `node scripts/test.mjs STAGE` runs one.
 * Ends with a line `N passed, N failed`.
 */
import { prepare } from './lib/prepare.mjs';

await prepare();
const { testMain } = await import('./lib/testMain.ts');
try {
  await testMain(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
