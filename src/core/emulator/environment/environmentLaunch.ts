import { systemErrorCode } from '../../base/errors.ts';
import { Deferred } from '../deferred.ts';
import type { ExtensionRegistry } from '../extensions/extensionRegistry.ts';
import { extensionLaunchFailure, launchFailure, type Failure } from '../failure.ts';
import type { EnvironmentProcesses } from './environmentProcesses.ts';
import type { EnvironmentLife } from './environmentStates.ts';

/** What a launch works with, and tells. */
export interface LaunchParts {
  readonly processes: EnvironmentProcesses;
  readonly extensions: ExtensionRegistry;
  readonly life: EnvironmentLife;
  /** All extensions have registered and bootstrap is about to be started. */
  readonly initializing: () => void;
  /** A program cannot be started. */
  readonly failed: (failure: Failure) => void;
}

/** Starts the programs of an environment: the extensions, and once all have registered the bootstrap. */
export class EnvironmentLaunch {
  readonly #parts: LaunchParts;
  readonly #registered = new Deferred<void>();
  #extensionsEnabled = true;
  #bootstrapStarted = false;

  constructor(parts: LaunchParts) {
    this.#parts = parts;
  }

  /** Whether the Extensions API answers; a layer can switch it off. */
  get extensionsEnabled(): boolean {
    return this.#extensionsEnabled;
  }

  /** Whether bootstrap could be started. */
  get bootstrapStarted(): boolean {
    return this.#bootstrapStarted;
  }

  /** Settles when nothing more will be started. `signal` is aborted when the environment is no longer wanted. */
  async run(signal: AbortSignal): Promise<void> {
    const { failed, initializing, life, processes } = this.#parts;
    try {
      const names = await processes.prepare(signal);
      this.#extensionsEnabled = names !== undefined;
      if (!life.take('prepared') || !(await this.#startExtensions(names ?? []))) return;
      await this.#registered.promise;
      if (!life.take('registered')) return;
      initializing();
      await this.#startBootstrap();
    } catch (error) {
      failed(launchFailure(error));
    }
  }

  /** Goes on: all extensions have registered, or the environment is lost. */
  proceed(): void {
    this.#registered.resolve();
  }

  /** Starts the extensions, all before the runtime; whether that worked. */
  async #startExtensions(names: readonly string[]): Promise<boolean> {
    const { extensions, failed, life, processes } = this.#parts;
    for (const name of names) {
      if (!life.allows('registered')) return false;
      try {
        if (!extensions.expect(name)) throw new Error('ErrTooManyExtensions');
        await processes.startExtension(name);
      } catch (error) {
        const denied = systemErrorCode(error) === 'EACCES';
        extensions.launchFailed(name, denied ? 'PermissionDenied' : 'UnknownError');
        failed(extensionLaunchFailure(name, error));
        return false;
      }
    }
    if (names.length === 0) this.proceed();
    return true;
  }

  async #startBootstrap(): Promise<void> {
    this.#bootstrapStarted = true; // it may call before its start is known here
    try {
      await this.#parts.processes.startRuntime();
    } catch (error) {
      this.#bootstrapStarted = false;
      throw error;
    }
  }
}
