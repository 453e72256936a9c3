/** `npm run package`: builds for production and makes the VSIX. `--out FILE` puts it elsewhere. */
import { prepare } from './lib/prepare.mjs';

await prepare();
const { packageMain } = await import('./lib/packageMain.ts');
try {
  await packageMain(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
