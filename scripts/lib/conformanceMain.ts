import { runCommand, toolFile } from './command.ts';
import { ensureConformancePrograms } from './conformancePrograms.ts';
import { node24 } from './prepare.mjs';
import { exitOnSignals } from './step.mjs';

/** What Mocha is told for the conformance tests: a slow machine may take long for a call, a test may not be skipped. */
export const conformanceMochaArguments: readonly string[] = [
  ...['--no-config', '--timeout', '120000', '--forbid-only', '--forbid-pending'],
  ...['--spec', 'test/conformance/**/*.test.ts'],
];

/** Builds the programs and runs the tests. `--verbose` shows the output of the builds. Returns the exit code. */
export async function conformanceMain(args: readonly string[]): Promise<number> {
  exitOnSignals();
  await ensureConformancePrograms(args.includes('--verbose'));
  const mocha = toolFile('mocha', 'bin', 'mocha.js');
  const rest = args.filter((each) => each !== '--verbose');
  const { code } = await runCommand(node24, [mocha, ...conformanceMochaArguments, ...rest], {
    output: 'show',
  });
  return code;
}
