/**
 * `npm run test:electron`: the integration tests in the desktop's VS Code, downloaded, or the installed one that
 * `VSCODE_PATH` names. `--grep TEXT` chooses tests.
 */
import { prepare } from './lib/prepare.mjs';

await prepare();
const { electronMain } = await import('./lib/electronMain.ts');
try {
  process.exitCode = await electronMain(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
