import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { Event } from '../base/emitter.ts';
import { systemErrorCode, UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { PausableClock } from '../emulator/clock.ts';
import { Emulator, type EmulatorAddresses } from '../emulator/emulator.ts';
import type { EnvironmentLauncher } from '../emulator/environmentLauncher.ts';
import type { EventStreamLoader } from '../emulator/invoke/invokeApi.ts';
import type { InvocationTelemetry, LogLine } from '../emulator/log/executionLog.ts';
import { functionSettings, type FunctionSettings, initializationType } from '../emulator/functionSettings.ts';
import type { InvocationRecord, InvokeResult } from '../emulator/invocation.ts';
import type { LayerStore } from '../opt/layerStack.ts';
import { chooseIsolation } from '../run/chooseIsolation.ts';
import {
  bootstrapEnvironment,
  checkFunctionVariables,
  type FunctionIdentity,
} from '../run/environmentVariables.ts';
import { attachedLauncher } from '../run/attachedLauncher.ts';
import { openCode } from '../run/functionCode.ts';
import { FunctionLauncher } from '../run/functionLauncher.ts';
import type { Isolation } from '../run/isolation.ts';
import type { LayerCache } from '../run/layerCache.ts';
import { createSessionFolder, removeSessionFolder } from '../run/sessionFolder.ts';
import { Attachment, type RunListener } from './attachment.ts';
import type { LaunchConfiguration } from './launchConfiguration.ts';
import { PathMapping } from './pathMapping.ts';
import { PauseReasons } from './pauseReasons.ts';

/** What a run takes from its surroundings. */
export interface RunServices {
  readonly store: LayerStore;
  readonly cache: LayerCache;
  /** Where the run's temporary folder is made. */
  readonly temporaryParent: string;
  readonly eventStream?: EventStreamLoader;
  /** Whether every call of the emulator's APIs is noted in the log. */
  readonly traceCalls?: boolean;
  readonly logger: Logger;
}

/** Variables of a run that are paths or references, resolved by the caller. */
export interface RunFiles {
  /** Absolute path of the code folder or zip; absent only for a runtime that the user starts. */
  readonly code?: string | undefined;
  /** Absolute paths of the layers, in order. */
  readonly layers: readonly string[];
  readonly envFile: string | undefined;
}

/** One function behind an emulator, from F5 to stop. */
export class FunctionRun {
  readonly addresses: EmulatorAddresses;
  /** `undefined` for a runtime that the user starts. */
  readonly isolation: Isolation | undefined;
  /** Reasons why the function's clock stands still; a debugger that is stopped adds one. */
  readonly pauses: PauseReasons;
  /** What a runtime that the user starts needs in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #emulator: Emulator;
  readonly #parts: OpenParts;
  #stopping: Promise<void> | undefined;

  private constructor(
    parts: OpenParts,
    pauses: PauseReasons,
    emulator: Emulator,
    addresses: EmulatorAddresses,
  ) {
    const { configuration, files, isolation } = parts;
    this.#parts = parts;
    this.isolation = isolation;
    this.pauses = pauses;
    this.#emulator = emulator;
    this.addresses = addresses;
    const access = { runtimeApi: addresses.runtimeApi, metadataToken: emulator.metadataToken };
    const paths = { opt: '/opt', task: files.code ?? '/var/task' };
    this.variables = bootstrapEnvironment(
      identityOf(configuration, parts.settings),
      access,
      paths,
      parts.variables,
    );
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
    const settings = settingsOf(configuration, variables);
    if (files.code !== undefined) await openCode(files.code, services.store, services.cache);
    const isolation =
      configuration.request === 'attach'
        ? undefined
        : await chooseIsolation(configuration.isolation, listener.notice);
    const folder = await createSessionFolder(services.temporaryParent);
    try {
      const clock = new PausableClock();
      const pauses = new PauseReasons(clock);
      const parts = {
        configuration,
        settings,
        files,
        services,
        listener,
        isolation,
        folder,
        variables,
      };
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

  get onTelemetry(): Event<InvocationTelemetry> {
    return this.#emulator.onTelemetry;
  }

  /** Folders and zips that the execution environment is made of. */
  get watched(): readonly string[] {
    const { code, layers } = this.#parts.files;
    return code === undefined ? layers : [code, ...layers];
  }

  /** Starts the execution environment ahead of the first event, as Lambda does. */
  begin(): void {
    this.#emulator.prewarm();
  }

  /** Takes changed code and layers: the environment is replaced, after the invocation under way if there is one. */
  reload(): void {
    const { files, services } = this.#parts;
    for (const path of files.layers) services.store.invalidate(path);
    this.#emulator.restart();
  }

  /** Sends one event (JSON text) and waits for the answer. @throws UserError `EventInvalid`, `NoSession` */
  invoke(event: string): Promise<InvokeResult> {
    const { clientContext, tenantId, traceHeader } = this.#parts.configuration;
    return this.#emulator.invoke({ payload: event, clientContext, tenantId, traceHeader });
  }

  /** Ends everything that the run started, and removes its folder. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#emulator.stop().then(() => removeSessionFolder(this.#parts.folder));
    return this.#stopping;
  }
}

interface OpenParts {
  readonly configuration: LaunchConfiguration;
  readonly settings: FunctionSettings;
  readonly files: RunFiles;
  readonly services: RunServices;
  readonly listener: RunListener;
  readonly isolation: Isolation | undefined;
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

function createEmulator(parts: OpenParts, clock: PausableClock, pauses: PauseReasons): Emulator {
  const { configuration, services, settings } = parts;
  const environment = createLauncher(parts, pauses);
  const ports = { runtimeApi: configuration.runtimeApiPort, invoke: configuration.invokePort };
  const { eventStream, logger, traceCalls } = services;
  const keepReady = configuration.request === 'attach';
  return new Emulator({ settings, environment, logger, ports, clock, eventStream, traceCalls, keepReady });
}

function createLauncher(parts: OpenParts, pauses: PauseReasons): EnvironmentLauncher {
  const { configuration, files, isolation, listener, services, settings, variables } = parts;
  const { code } = files;
  if (code === undefined || isolation === undefined) return attachedLauncher();
  const { cache, store } = services;
  const attachment = new Attachment(configuration.debugger, listener, pauses, variables);
  return new FunctionLauncher({
    identity: identityOf(configuration, settings),
    variables,
    files: { code: () => openCode(code, store, cache), view: () => store.view(files.layers) },
    isolation,
    cache,
    sessionFolder: parts.folder,
    runExtensions: configuration.extensions,
    ...(configuration.limitMemory ? { memoryLimitBytes: configuration.memorySize * 2 ** 20 } : {}),
    prepareDebugger: (bootstrap, place) => attachment.prepare(bootstrap, place),
    isChatter: (line) => attachment.isChatter(line),
    onStarted: (started) => {
      listener.mapped?.(new PathMapping(started.view, started.code, started.root));
      attachment.attach(started);
    },
    onProblem: (problem) => listener.problem(problem.help),
  });
}

function settingsOf(
  configuration: LaunchConfiguration,
  variables: Readonly<Record<string, string>>,
): FunctionSettings {
  const {
    cognitoIdentity,
    functionName,
    handler,
    initTimeout,
    limitBandwidth,
    memorySize,
    request,
    runtime,
    timeout,
  } = configuration;
  return functionSettings({
    functionName,
    handler,
    memorySizeMb: memorySize,
    timeoutMs: timeout * 1000,
    ...(request === 'attach' ? { initTimeoutMs: undefined } : {}),
    ...(request !== 'attach' && initTimeout !== undefined ? { initTimeoutMs: initTimeout * 1000 } : {}),
    runtimeLabel: runtime.replace('.', ':'),
    limitBandwidth,
    cognitoIdentity,
    ...behaviourOf(variables),
  });
}

function identityOf({ handler }: LaunchConfiguration, settings: FunctionSettings): FunctionIdentity {
  return { ...settings, handler, initializationType: initializationType(settings) };
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
