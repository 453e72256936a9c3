import { PausableClock } from '../emulator/clock.ts';
import { Emulator } from '../emulator/emulator.ts';
import { attachedLauncher } from '../run/attachedLauncher.ts';
import { openCode } from '../run/functionCode.ts';
import { FunctionLauncher } from '../run/functionLauncher.ts';
import type { Isolation } from '../run/isolation.ts';
import { Attachment } from './attachment.ts';
import { PathMapping } from './pathMapping.ts';
import { PauseReasons } from './pauseReasons.ts';
import type { RunParts } from './runParts.ts';
import { identityOf } from './runSettings.ts';

/** How much later a function is told to end than it will be while a debugger can stop it: Lambda's longest timeout. */
const deadlineAllowanceMs = 15 * 60 * 1000;

/** The emulator of a run, with reasons why its clock stands still. */
export interface RunEmulator {
  readonly emulator: Emulator;
  readonly pauses: PauseReasons;
}

/** Makes the emulator of a run and, unless the user starts the runtime, what starts that with its debugger. */
export function createEmulator(parts: RunParts): RunEmulator {
  const { configuration, files, isolation, services, settings } = parts;
  const clock = new PausableClock();
  const pauses = new PauseReasons(clock);
  const common = {
    ...{ settings, clock },
    ports: { runtimeApi: configuration.runtimeApiPort, invoke: configuration.invokePort },
    logger: services.logger,
    eventStream: services.eventStream,
    traceCalls: services.traceCalls,
  };
  if (files.code === undefined || isolation === undefined) {
    return {
      pauses,
      emulator: new Emulator({ ...common, environment: attachedLauncher(), keepReady: true }),
    };
  }
  const options = { ...configuration, variables: parts.variables };
  const attachment = new Attachment(options, parts.listener, pauses);
  const environment = createLauncher(parts, files.code, isolation, attachment);
  const allowance = () => allowanceOf(attachment);
  return { pauses, emulator: new Emulator({ ...common, environment, deadlineAllowanceMs: allowance }) };
}

function createLauncher(
  parts: RunParts,
  code: string,
  isolation: Isolation,
  attachment: Attachment,
): FunctionLauncher {
  const { configuration, files, listener, services, settings, variables } = parts;
  const { cache, store } = services;
  return new FunctionLauncher({
    identity: identityOf(configuration, settings),
    architecture: configuration.architecture,
    variables,
    files: { code: () => openCode(code, store, cache), view: () => store.view(files.layers) },
    isolation,
    cache,
    sessionFolder: parts.folder,
    runExtensions: configuration.extensions,
    ...(configuration.limitMemory ? { memoryLimitBytes: configuration.memorySize * 2 ** 20 } : {}),
    prepareDebugger: (bootstrap, place) => attachment.prepare(bootstrap, place),
    isTalk: (line) => attachment.isTalk(line),
    onStarted: (started) => {
      listener.mapped?.(new PathMapping(started.view, started.code, started.root));
      attachment.attach(started);
    },
    onProblem: (problem) => listener.problem(problem.help),
  });
}

function allowanceOf(attachment: Attachment): number {
  if (!attachment.isAttached) return 0;
  attachment.tell(
    'While a debugger is attached, the deadline that the function is told is 15 minutes later than its timeout.',
  );
  return deadlineAllowanceMs;
}
