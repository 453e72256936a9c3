/**
 * Builds what is missing of the programs on AWS's runtime clients, then runs the conformance tests with them; further
 * arguments are Mocha's, such as `--grep TEXT`. `npm run test:conformance` does the same and counts.
 */
import { prepare } from './lib/prepare.mjs';

await prepare();
const { conformanceMain } = await import('./lib/conformanceMain.ts');
try {
  process.exitCode = await conformanceMain(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
