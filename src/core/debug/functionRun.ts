import type { Event } from '../base/emitter.ts';
import type { Emulator, EmulatorAddresses } from '../emulator/emulator.ts';
import type { InvocationContext, InvocationRecord, InvokeResult } from '../emulator/invocation.ts';
import type { InvocationTelemetry, LogLine } from '../emulator/log/executionLog.ts';
import { chooseIsolation } from '../run/chooseIsolation.ts';
import { bootstrapEnvironment, checkFunctionVariables } from '../run/environmentVariables.ts';
import { openCode } from '../run/functionCode.ts';
import type { Isolation } from '../run/isolation.ts';
import { createSessionFolder, removeSessionFolder } from '../run/sessionFolder.ts';
import type { RunListener } from './attachment.ts';
import { readEnvFile } from './envFile.ts';
import { hostArchitecture, type LaunchConfiguration } from './launchConfiguration.ts';
import type { PauseReasons } from './pauseReasons.ts';
import { createEmulator, type RunEmulator } from './runEmulator.ts';
import type { RunFiles, RunParts, RunServices } from './runParts.ts';
import { identityOf, settingsOf } from './runSettings.ts';

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
  readonly #parts: RunParts;
  #stopping: Promise<void> | undefined;

  private constructor(parts: RunParts, { emulator, pauses }: RunEmulator, addresses: EmulatorAddresses) {
    const { configuration, files, isolation, settings, variables } = parts;
    this.#parts = parts;
    this.isolation = isolation;
    this.pauses = pauses;
    this.#emulator = emulator;
    this.addresses = addresses;
    const access = { runtimeApi: addresses.runtimeApi, metadataToken: emulator.metadataToken };
    const paths = { opt: '/opt', task: files.code ?? '/var/task' };
    this.variables = bootstrapEnvironment(identityOf(configuration, settings), access, paths, variables);
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
    tellArchitecture(configuration, listener);
    const isolation =
      configuration.request === 'attach'
        ? undefined
        : await chooseIsolation(configuration.isolation, listener.notice);
    const folder = await createSessionFolder(services.temporaryParent);
    try {
      const parts = { configuration, settings, files, services, listener, isolation, folder, variables };
      const made = createEmulator(parts);
      return new FunctionRun(parts, made, await made.emulator.start());
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

  /**
   * Sends one event (JSON text) and waits for the answer. What comes with it is that of the configuration unless it is
   * given. @throws UserError `EventInvalid`, `NoSession`
   */
  invoke(event: string, context?: InvocationContext): Promise<InvokeResult> {
    const { clientContext, tenantId, traceHeader } = this.#parts.configuration;
    return this.#emulator.invoke({
      payload: event,
      ...(context ?? { clientContext, tenantId, traceHeader }),
    });
  }

  /** Ends everything that the run started, and removes its folder. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#emulator.stop().then(() => removeSessionFolder(this.#parts.folder));
    return this.#stopping;
  }
}

function tellArchitecture({ architecture, request }: LaunchConfiguration, { notice }: RunListener): void {
  if (request === 'attach' || architecture === hostArchitecture) return;
  notice(
    `"architecture" is ${architecture}, this machine is ${hostArchitecture}: scripts run as they are, but programs ` +
      'in code and layers have to be built for this machine to run here.',
  );
}
