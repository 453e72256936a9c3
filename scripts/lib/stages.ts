import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, toolFile, type CommandResult } from './command.ts';
import { conformanceMochaArguments } from './conformanceMain.ts';
import { ensureConformancePrograms } from './conformancePrograms.ts';
import { ensureTools } from './conformanceTools.ts';
import { ensureServer } from './installServer.ts';
import { ensureMoto } from './moto.ts';
import { node24, root } from './prepare.mjs';
import { browserPackages, buildPackages, ensureSystemPackages, testPackages } from './systemPackages.ts';
import { countMochaRun, type StageResult } from './testSummary.ts';
import { conformanceParts, type ConformancePart } from '../../test/conformance/support/programs.ts';
import { debugPackages, ensureDebugTools } from '../../test/support/installDebugTools.ts';
import { resultVariable } from '../../test/support/countingReporter.ts';

/** How the stages run. */
export interface StageOptions {
  /** `show` streams the output of the tools, `capture` shows that of failing stages only. */
  readonly output: 'show' | 'capture';
  readonly verbose: boolean;
  /** Further arguments for Mocha, such as `--grep TEXT`. */
  readonly mochaArguments: readonly string[];
}

type Counted = Omit<StageResult, 'stage' | 'milliseconds'>;
type Stage = (options: StageOptions) => Promise<Counted>;

/** Milliseconds after which a stage that still runs tests is taken for hung. */
const stageLimit = 15 * 60_000;

/** The stages of the tests. */
export const stages = {
  types: (options) => {
    const tsc = toolFile('typescript', 'bin', 'tsc');
    return asOneTest(options, [
      [tsc, '--noEmit'],
      [tsc, '--noEmit', '--project', 'src/vscode/sizeMap/page'], // the browser's part has other globals
    ]);
  },
  lint: (options) =>
    asOneTest(options, [
      [toolFile('eslint', 'bin', 'eslint.js'), '.'],
      [toolFile('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'],
    ]),
  unit: async (options) => {
    await ensureSystemPackages(testPackages, options);
    await ensureMoto(options);
    const files = globSync('test/unit/**/*.test.ts', { cwd: root }).sort();
    if (options.output === 'show') return runMocha(options, files);
    // Two processes, of which each has every other file, since large and small ones lie beside each other.
    const half = (which: 0 | 1) => files.filter((_, index) => index % 2 === which);
    const [first, second] = await Promise.all([runMocha(options, half(0)), runMocha(options, half(1))]);
    return addCounts(first, second);
  },
  conformance: async (options) => {
    await ensureSystemPackages(testPackages, options);
    await ensureConformancePrograms(options.verbose);
    return runMocha(options, conformanceMochaArguments);
  },
  integration: async (options) => {
    await prepareHost(options);
    if (!(await build(options, ['--tests']))) return didNotBuild;
    const file = join(root, 'scripts', 'integration.mjs');
    const run = (...more: string[]): Promise<Counted> =>
      counted(options, [file, ...(options.verbose ? ['--verbose'] : []), ...more]);
    const { mochaArguments } = options;
    const chosen = await run(...mochaArguments);
    if (mochaArguments.length > 0 || process.platform !== 'linux' || process.getuid?.() !== 0) return chosen;
    return addCounts(chosen, await run('--ordinary-user'));
  },
  ui: async (options) => {
    await prepareHost(options);
    if (!(await build(options, []))) return didNotBuild;
    // A real browser on a busy machine loses a click now and then; what fails three times is broken.
    const limit = ['--no-config', '--timeout', '120000', '--forbid-only', '--retries', '2'];
    return runMocha(options, [...limit, '--spec', 'test/ui/**/*.test.ts']);
  },
} as const satisfies Record<string, Stage>;

/** What two runs came to together. */
function addCounts(first: Counted, second: Counted): Counted {
  return {
    passed: first.passed + second.passed,
    failed: first.failed + second.failed,
    problem: first.problem ?? second.problem,
    triedAgain: [...(first.triedAgain ?? []), ...(second.triedAgain ?? [])],
  };
}

/** The name of a stage. */
export type StageName = keyof typeof stages;

const didNotBuild: Counted = { passed: 0, failed: 1, problem: 'the extension does not build' };

/**
 * Installs what the stages need at once, which is faster than one after the other when a machine has none of it. What
 * fails here is tried again, and told, by the stage that needs it.
 */
export async function prepareAllStages({ verbose }: StageOptions): Promise<void> {
  try {
    // The package manager does one thing at a time.
    const packages = [...buildPackages, ...browserPackages, ...testPackages, ...debugPackages()];
    await ensureSystemPackages(packages, { verbose });
    await ensureTools(Object.keys(conformanceParts) as ConformancePart[], verbose);
  } catch {
    return;
  }
  await Promise.allSettled([
    ensureServer(verbose),
    ensureConformancePrograms(verbose).then(() => ensureDebugTools(verbose)),
    ensureMoto({ verbose }),
  ]);
}

/** Installs what is needed to open a workbench, to run runtimes in it and to stand in for AWS. */
async function prepareHost({ verbose }: StageOptions): Promise<void> {
  await ensureSystemPackages([...browserPackages, ...testPackages], { verbose });
  await ensureServer(verbose);
  await ensureMoto({ verbose });
}

async function build(options: StageOptions, flags: readonly string[]): Promise<boolean> {
  const result = await runCommand(node24, [join(root, 'esbuild.mjs'), ...flags], { output: options.output });
  if (result.code !== 0) showOutput(options, result);
  return result.code === 0;
}

async function asOneTest(options: StageOptions, commands: readonly (readonly string[])[]): Promise<Counted> {
  let failed = 0;
  for (const args of commands) {
    const result = await runCommand(node24, args, { output: options.output });
    if (result.code === 0) continue;
    showOutput(options, result);
    failed = 1;
  }
  return { passed: 1 - failed, failed };
}

function runMocha(options: StageOptions, args: readonly string[]): Promise<Counted> {
  const mocha = toolFile('mocha', 'bin', 'mocha.js');
  const support = join(root, 'test', 'support');
  const reporter = [
    '--reporter',
    join(support, 'countingReporter.ts'),
    '--require',
    join(support, 'endOfRun.ts'),
  ];
  return counted(options, [mocha, ...reporter, '--forbid-pending', ...args, ...options.mochaArguments]);
}

/**
 * Runs a program that leaves its counts in a file, and counts. The program's temporary folder is its own: what it
 * leaves there is removed, and counts as a failure.
 */
async function counted(options: StageOptions, args: readonly string[]): Promise<Counted> {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-layers-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', removeFolder);
  try {
    const [file, temporary] = [join(folder, 'counts.json'), join(folder, 'tmp')];
    mkdirSync(temporary);
    chmodSync(folder, 0o711); // some tests run programs as another user, who has to get in there
    chmodSync(temporary, 0o1777);
    const env = { [resultVariable]: file, TMPDIR: temporary };
    const result = await runCommand(node24, args, { output: options.output, env, limit: stageLimit });
    const outcome = countMochaRun({ counts: readIfThere(file), leftFiles: leftFiles(temporary), ...result });
    if (outcome.failed > 0) showOutput(options, result);
    return outcome;
  } finally {
    removeFolder();
    process.off('exit', removeFolder);
  }
}

/** What the tests forgot to remove, with what is in it. Tools of others keep caches there, which is their right. */
function leftFiles(temporary: string): readonly string[] {
  const names = readdirSync(temporary).filter((name) => name.startsWith('lambda-'));
  return names.map((name) => [name, ...contentOf(join(temporary, name))].join(' '));
}

/** Some names of what is in a folder, in brackets; nothing for a file. */
function contentOf(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return [`(${names.slice(0, 10).join(' ')})`];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // the run ended before it could write it
  }
}

function showOutput({ output }: StageOptions, result: CommandResult): void {
  if (output === 'capture') console.log(result.output.trimEnd());
}
