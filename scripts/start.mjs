/** `npm start`: installs what is missing, builds, and opens VS Code with the extension on `samples/`. */
import { prepare } from './lib/prepare.mjs';

await prepare();
const { startMain } = await import('./lib/startMain.ts');
try {
  await startMain(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
