/** Runs the built integration tests in the VS Code server; part of `npm run test:integration`, which builds them. */
import { prepare } from './lib/prepare.mjs';

await prepare();
const { runIntegration } = await import('./lib/runIntegration.ts');
try {
  process.exitCode = await runIntegration(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
