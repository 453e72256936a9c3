import { exitOnSignals } from './step.mjs';
import { prepareAllStages, stages, type StageName, type StageOptions } from './stages.ts';
import { describeStage, describeTotal, type StageResult } from './testSummary.ts';

const names = Object.keys(stages) as StageName[];

/** Stages that leave a processor idle, or have one to themselves, so that they run beside the others. */
const stagesBeside: ReadonlySet<StageName> = new Set<StageName>(['types', 'lint', 'conformance']);

/** The command line of `scripts/test.mjs`. */
export interface TestArguments {
  readonly chosen: readonly StageName[];
  readonly options: StageOptions;
}

/**
 * Reads `[STAGE] [--verbose] [arguments for Mocha]`. Without a stage all of them run and only failing ones show
 * their output. Throws an `Error` that names an unknown stage.
 */
export function readTestArguments(args: readonly string[]): TestArguments {
  const verbose = args.includes('--verbose');
  const rest = args.filter((each) => each !== '--verbose');
  const [first] = rest;
  if (first === undefined || first.startsWith('-')) {
    return {
      chosen: names,
      options: { output: verbose ? 'show' : 'capture', verbose, mochaArguments: rest },
    };
  }
  const stage = names.find((each) => each === first);
  if (stage === undefined) throw new Error(`There is no stage "${first}". There are: ${names.join(', ')}.`);
  return { chosen: [stage], options: { output: 'show', verbose, mochaArguments: rest.slice(1) } };
}

/** Runs the chosen stages, also after a failing one, and sets the exit code. */
export async function testMain(args: readonly string[]): Promise<void> {
  exitOnSignals();
  const { chosen, options } = readTestArguments(args);
  if (chosen.length > 1) await prepareAllStages(options);
  const results = (
    await Promise.all(lanesOf(chosen, options).map((lane) => runInOrder(lane, options)))
  ).flat();
  console.log(describeTotal(results));
  if (results.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

/** What runs one after the other; all in one row when more would write to the terminal at a time. */
function lanesOf(chosen: readonly StageName[], { output }: StageOptions): (readonly StageName[])[] {
  if (output === 'show') return [chosen];
  return [chosen.filter((name) => stagesBeside.has(name)), chosen.filter((name) => !stagesBeside.has(name))];
}

async function runInOrder(names: readonly StageName[], options: StageOptions): Promise<StageResult[]> {
  const results: StageResult[] = [];
  for (const name of names) {
    const result = await runStage(name, options);
    console.log(describeStage(result));
    results.push(result);
  }
  return results;
}

async function runStage(stage: StageName, options: StageOptions): Promise<StageResult> {
  const started = performance.now();
  const result = (counted: Omit<StageResult, 'stage' | 'milliseconds'>): StageResult => {
    return { stage, ...counted, milliseconds: performance.now() - started };
  };
  try {
    return result(await stages[stage](options));
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return result({ passed: 0, failed: 1, problem: 'could not run' });
  }
}
