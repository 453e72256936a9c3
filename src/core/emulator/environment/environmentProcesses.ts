import { describeError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type {
  EnvironmentLauncher,
  EnvironmentProcess,
  PreparedEnvironment,
  ProcessExit,
  StartOptions,
} from '../environmentLauncher.ts';
import { nextTurn } from '../nextTurn.ts';

/** What the processes of an environment tell. */
export interface ProcessEvents {
  /** A process ended by itself; `extension` is its name, `undefined` for the runtime. */
  exited(extension: string | undefined, exit: ProcessExit): void;
  /** A line that a process wrote. */
  output(extension: string | undefined, line: string): void;
}

/** The bootstrap and the extensions of one execution environment, and the file system they run on. */
export class EnvironmentProcesses {
  readonly #launcher: EnvironmentLauncher;
  readonly #start: Omit<StartOptions, 'onOutput'>;
  readonly #events: ProcessEvents;
  readonly #logger: Logger;
  readonly #extensions = new Map<string, EnvironmentProcess>();
  #prepared: PreparedEnvironment | undefined;
  #runtime: EnvironmentProcess | undefined;

  constructor(
    launcher: EnvironmentLauncher,
    start: Omit<StartOptions, 'onOutput'>,
    events: ProcessEvents,
    logger: Logger,
  ) {
    this.#launcher = launcher;
    this.#start = start;
    this.#events = events;
    this.#logger = logger;
  }

  /** Makes the file system and returns the programs in `/opt/extensions`, `undefined` when those are switched off. */
  async prepare(signal: AbortSignal): Promise<readonly string[] | undefined> {
    this.#prepared = await this.#launcher.prepare(signal);
    return this.#prepared.extensions;
  }

  async startExtension(name: string): Promise<void> {
    const process = await this.#own().startExtension(name, this.#options(name));
    this.#extensions.set(name, process);
    void this.#watch(process, name);
  }

  async startRuntime(): Promise<void> {
    this.#runtime = await this.#own().startRuntime(this.#options(undefined));
    void this.#watch(this.#runtime, undefined);
  }

  /** The most memory used so far, in bytes, of all processes together. */
  peakMemoryBytes(): number {
    return this.#all().reduce((sum, process) => sum + process.peakMemoryBytes(), 0);
  }

  /** Asks the runtime to end and ends it at the latest after `graceMs` milliseconds. */
  async endRuntime(graceMs: number): Promise<void> {
    if (this.#runtime !== undefined) await this.#end([this.#runtime], graceMs, true);
  }

  /** Waits for these extensions to end by themselves, and ends them at the latest after `graceMs` milliseconds. */
  async endExtensions(names: readonly string[], graceMs: number): Promise<void> {
    const processes = names.map((name) => this.#extensions.get(name)).filter((found) => found !== undefined);
    await this.#end(processes, graceMs, false);
  }

  /** Ends everything at once and takes the file system down. */
  async release(): Promise<void> {
    try {
      await this.#prepared?.release();
    } catch (error) {
      this.#logger.warn(`Removing the file system of the function failed: ${describeError(error)}`);
    }
    await Promise.all(this.#all().map((process) => this.#kill(process)));
  }

  #all(): EnvironmentProcess[] {
    return [...this.#extensions.values(), ...(this.#runtime === undefined ? [] : [this.#runtime])];
  }

  #own(): PreparedEnvironment {
    if (this.#prepared === undefined) throw new Error('The environment has no file system yet');
    return this.#prepared;
  }

  #options(extension: string | undefined): StartOptions {
    return { ...this.#start, onOutput: (line) => this.#events.output(extension, line) };
  }

  async #watch(process: EnvironmentProcess, extension: string | undefined): Promise<void> {
    const exit = await process.exited;
    await nextTurn(); // what it posted just before its end may still be in a socket
    this.#events.exited(extension, exit);
  }

  async #end(processes: readonly EnvironmentProcess[], graceMs: number, ask: boolean): Promise<void> {
    if (ask) for (const process of processes) process.terminate();
    const timer = new AbortController();
    await Promise.race([Promise.all(processes.map(({ exited }) => exited)), delay(graceMs, timer.signal)]);
    timer.abort();
    await Promise.all(processes.map((process) => this.#kill(process)));
  }

  async #kill(process: EnvironmentProcess): Promise<void> {
    try {
      await process.kill();
    } catch (error) {
      this.#logger.warn(`Ending a process of the function failed: ${describeError(error)}`);
    }
  }
}

/** Resolves after `ms` milliseconds, or when aborted. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
