import { readFile, stat } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { Event } from '../base/emitter.ts';
import { systemErrorCode, UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { PausableClock } from '../emulator/clock.ts';
import { Emulator, type EmulatorAddresses } from '../emulator/emulator.ts';
import type { LogLine } from '../emulator/log/executionLog.ts';
import { functionSettings, type FunctionSettings, initializationType } from '../emulator/functionSettings.ts';
import type { InvocationRecord, InvokeResult } from '../emulator/invocation.ts';
import { openLayer } from '../layer/layerSource.ts';
import { LayerTree } from '../opt/layerTree.ts';
import type { LayerStore } from '../opt/layerStack.ts';
import { chooseIsolation } from '../run/chooseIsolation.ts';
import { checkFunctionVariables } from '../run/environmentVariables.ts';
import { FunctionLauncher } from '../run/functionLauncher.ts';
import type { Isolation } from '../run/isolation.ts';
import type { LayerCache } from '../run/layerCache.ts';
import { createSessionFolder, removeSessionFolder } from '../run/sessionFolder.ts';
import { Attachment, type RunListener } from './attachment.ts';
import type { LaunchConfiguration } from './launchConfiguration.ts';
import { PauseReasons } from './pauseReasons.ts';

/** What a run takes from its surroundings. */
export interface RunServices {
  readonly store: LayerStore;
  readonly cache: LayerCache;
  /** Where the run's temporary folder is made. */
  readonly temporaryParent: string;
  readonly logger: Logger;
}

/** Variables of a run that are paths or references, resolved by the caller. */
export interface RunFiles {
  /** Absolute path of the code folder or zip. */
  readonly code: string;
  /** Absolute paths of the layers, in order. */
  readonly layers: readonly string[];
  readonly envFile: string | undefined;
}

/** One function behind an emulator, from F5 to stop. */
export class FunctionRun {
  readonly addresses: EmulatorAddresses;
  readonly isolation: Isolation;
  /** Reasons why the function's clock stands still; a debugger that is stopped adds one. */
  readonly pauses: PauseReasons;
  readonly #emulator: Emulator;
  readonly #folder: string;
  readonly #configuration: LaunchConfiguration;
  #stopping: Promise<void> | undefined;

  private constructor(
    parts: OpenParts,
    pauses: PauseReasons,
    emulator: Emulator,
    addresses: EmulatorAddresses,
  ) {
    this.#configuration = parts.configuration;
    this.isolation = parts.isolation;
    this.pauses = pauses;
    this.#folder = parts.folder;
    this.#emulator = emulator;
    this.addresses = addresses;
  }

  /**
   * Checks what the configuration names, then opens the emulator. Nothing runs before `begin`.
   * @throws UserError naming what is wrong; nothing is left behind then
   */
  static async open(
    configuration: LaunchConfiguration,
    files: RunFiles,
    services: RunServices,
    listener: RunListener,
  ): Promise<FunctionRun> {
    await services.store.view(files.layers); // a layer that cannot be opened is told now, not at the first event
    const variables = { ...(await readEnvFile(files.envFile)), ...configuration.env };
    checkFunctionVariables(variables);
    const codeFolder = await openCode(files.code, services.cache);
    const isolation = await chooseIsolation(configuration.isolation, listener.notice);
    const folder = await createSessionFolder(services.temporaryParent);
    try {
      const clock = new PausableClock();
      const pauses = new PauseReasons(clock);
      const parts = { configuration, files, services, listener, codeFolder, isolation, folder, variables };
      const emulator = createEmulator(parts, clock, pauses);
      return new FunctionRun(parts, pauses, emulator, await emulator.start());
    } catch (error) {
      await removeSessionFolder(folder);
      throw error;
    }
  }

  get onLog(): Event<LogLine> {
    return this.#emulator.onLog;
  }

  get onInvocation(): Event<InvocationRecord> {
    return this.#emulator.onInvocation;
  }

  /** Starts the execution environment ahead of the first event, as Lambda does. */
  begin(): void {
    this.#emulator.prewarm();
  }

  /** Sends one event (JSON text) and waits for the answer. @throws UserError `EventInvalid`, `NoSession` */
  invoke(event: string): Promise<InvokeResult> {
    const { clientContext, tenantId, traceHeader } = this.#configuration;
    return this.#emulator.invoke({ payload: event, clientContext, tenantId, traceHeader });
  }

  /** Ends everything that the run started, and removes its folder. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#emulator.stop().then(() => removeSessionFolder(this.#folder));
    return this.#stopping;
  }
}

interface OpenParts {
  readonly configuration: LaunchConfiguration;
  readonly files: RunFiles;
  readonly services: RunServices;
  readonly listener: RunListener;
  readonly codeFolder: string;
  readonly isolation: Isolation;
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

function createEmulator(parts: OpenParts, clock: PausableClock, pauses: PauseReasons): Emulator {
  const { codeFolder, configuration, files, listener, services, variables } = parts;
  const settings = functionSettings({
    functionName: configuration.functionName,
    handler: configuration.handler,
    memorySizeMb: configuration.memorySize,
    timeoutMs: configuration.timeout * 1000,
    initTimeoutMs: configuration.initTimeout * 1000,
    runtimeLabel: configuration.runtime.replace('.', ':'),
    ...behaviourOf(variables),
  });
  const attachment = new Attachment(configuration.debugger, codeFolder, listener, pauses, variables);
  const environment = new FunctionLauncher({
    identity: { ...settings, initializationType: initializationType(settings) },
    variables,
    files: { codeFolder, view: () => services.store.view(files.layers) },
    isolation: parts.isolation,
    cache: services.cache,
    sessionFolder: parts.folder,
    runExtensions: true,
    debuggerVariables: (bootstrap) => attachment.prepare(bootstrap),
    isChatter: (line) => attachment.isChatter(line),
    onStarted: (started) => attachment.attach(started),
    onProblem: (problem) => listener.problem(problem.help),
  });
  const ports = { runtimeApi: configuration.runtimeApiPort, invoke: configuration.invokePort };
  return new Emulator({ settings, environment, logger: services.logger, ports, clock });
}

/** Variables by which Lambda itself is told how to treat the function. */
function behaviourOf(
  variables: Readonly<Record<string, string>>,
): Pick<FunctionSettings, 'logFormat' | 'maxConcurrency'> {
  const concurrency = Number(variables['AWS_LAMBDA_MAX_CONCURRENCY'] ?? 1);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > maxConcurrency) {
    throw new UserError(
      'ConfigurationInvalid',
      `The environment variable AWS_LAMBDA_MAX_CONCURRENCY is not a whole number from 1 to ${maxConcurrency}.`,
      'Correct it in "env" or "envFile".',
    );
  }
  return {
    logFormat: variables['AWS_LAMBDA_LOG_FORMAT'] === 'JSON' ? 'JSON' : 'Text',
    maxConcurrency: concurrency,
  };
}

/** More at a time than Lambda allows would only hide a mistake. */
const maxConcurrency = 1000;

async function openCode(path: string, cache: LayerCache): Promise<string> {
  const stats = await stat(path).catch((error: unknown) => {
    throw new UserError(
      'PathNotFound',
      `The code ${path} cannot be read (${systemErrorCode(error) ?? String(error)}).`,
      'Correct "code" in the launch configuration.',
      { cause: error },
    );
  });
  return stats.isDirectory() ? path : cache.folderOf(await LayerTree.build(await openLayer(path)));
}

async function readEnvFile(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  try {
    const parsed = parseEnv(await readFile(path, 'utf8'));
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, value ?? '']));
  } catch (error) {
    throw new UserError(
      'PathNotFound',
      `The file ${path} cannot be read (${systemErrorCode(error) ?? String(error)}).`,
      'Correct "envFile" in the launch configuration.',
      { cause: error },
    );
  }
}
