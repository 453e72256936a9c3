import { toDisposable } from '../base/disposable.ts';
import { describeError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { systemTime, type PausableClock } from './clock.ts';
import { Deferred } from './deferred.ts';
import type { EnvironmentLauncher, RuntimeProcess } from './environmentLauncher.ts';
import type { ExecutionLog } from './log/executionLog.ts';
import { exitFailure, initFailure, launchFailure, type Failure } from './failure.ts';
import type { FunctionSettings } from './functionSettings.ts';
import type { Invocation } from './invocation.ts';
import { killWaitMs } from './limits.ts';
import { initReportLine, initStartLine } from './log/logLines.ts';
import { nextTurn } from './nextTurn.ts';
import { RuntimeSession } from './runtime/runtimeSession.ts';

/** How init, or an invocation, ended for the environment. Only `ready` leaves it usable. */
export type PhaseEnd =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'stopped' };

/** What an execution environment works with. */
export interface EnvironmentContext {
  readonly settings: FunctionSettings;
  readonly launcher: EnvironmentLauncher;
  /** `host:port` of the Runtime API, once that listens. */
  readonly runtimeApi: () => string;
  readonly clock: PausableClock;
  readonly log: ExecutionLog;
  readonly logger: Logger;
  /** Called when the processes of an environment are gone: connections to them are stale. */
  readonly closed: () => void;
}

/**
 * One start of bootstrap, from launch to end. It goes through phases one at a time: init, then one invocation after
 * the other; the runtime's `next`, its exit, or an interruption from outside ends the phase under way.
 */
export class ExecutionEnvironment {
  readonly session: RuntimeSession;
  readonly #context: EnvironmentContext;
  readonly #abort = new AbortController();
  readonly #launched = new Deferred<RuntimeProcess | undefined>();
  #phase = new Deferred<PhaseEnd>();
  #process: RuntimeProcess | undefined;
  #initFailure: Failure | undefined;
  #exitFailure: Failure | undefined;
  #stopped = false;
  #peakMemoryBytes = 0;
  #closed: Promise<void> | undefined;

  constructor(context: EnvironmentContext) {
    this.#context = context;
    this.session = new RuntimeSession({
      ready: () => {
        this.#phase.resolve({ kind: 'ready' });
      },
      initError: (answer) => {
        this.#initFailure = initFailure(answer); // the phase ends when the process does
      },
    });
  }

  /** Whether the runtime may still be asked to do something. */
  get alive(): boolean {
    return this.#exitFailure === undefined && this.#closed === undefined;
  }

  /**
   * Launches bootstrap and waits for its first `next`. `limitMs` is the limit of the phase; a repeated init during an
   * invocation has none of its own. Returns the end of the phase and its length in milliseconds.
   */
  async init(phase: 'init' | 'invoke', limitMs?: number): Promise<{ end: PhaseEnd; durationMs: number }> {
    const { clock, log, settings } = this.#context;
    const startMs = clock.elapsedMs();
    log.platform(initStartLine(settings));
    const timer =
      limitMs === undefined
        ? toDisposable(() => undefined)
        : clock.startTimer(limitMs, () => this.interrupt('timeout'));
    if (this.#phase.settled)
      this.#launched.resolve(undefined); // interrupted before it began
    else void this.#launch();
    const end = await this.#phase.promise;
    timer.dispose();
    const durationMs = clock.elapsedMs() - startMs;
    if (end.kind !== 'ready') await this.close();
    if (end.kind === 'failed') {
      log.platform(initReportLine(phase, durationMs, { kind: 'error', errorType: end.failure.errorType }));
    }
    if (end.kind === 'timeout') log.platform(initReportLine(phase, durationMs, { kind: 'timeout' }));
    return { end, durationMs };
  }

  /** Hands an invocation to the runtime and waits until that has answered and called `next` again. */
  invoke(invocation: Invocation, deadlineMs: number): Promise<PhaseEnd> {
    this.#phase = new Deferred();
    if (this.#exitFailure !== undefined) this.#phase.resolve({ kind: 'failed', failure: this.#exitFailure });
    if (this.#stopped) this.#phase.resolve({ kind: 'stopped' });
    if (!this.#phase.settled) {
      this.session.assign(invocation);
      this.session.dispatch(deadlineMs);
    }
    return this.#phase.promise;
  }

  /** Ends the phase under way. An init that already reported its error ends with that error. */
  interrupt(kind: 'timeout' | 'stopped'): void {
    if (kind === 'stopped') this.#stopped = true;
    const reported = kind === 'timeout' ? this.#initFailure : undefined;
    this.#phase.resolve(reported === undefined ? { kind } : { kind: 'failed', failure: reported });
  }

  /** The most memory the processes used so far, in bytes. */
  peakMemoryBytes(): number {
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, this.#process?.peakMemoryBytes() ?? 0);
    return this.#peakMemoryBytes;
  }

  /** Ends the processes and waits until they are gone, though not for ever. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #launch(): Promise<void> {
    try {
      const process = await this.#context.launcher.launch({
        runtimeApi: this.#context.runtimeApi(),
        onOutput: (line) => {
          this.#context.log.function(line);
        },
        signal: this.#abort.signal,
      });
      this.#process = process;
      this.#launched.resolve(process);
      await this.#watch(process);
    } catch (error) {
      this.#launched.resolve(undefined);
      this.#lost(launchFailure(error));
    }
  }

  async #watch(process: RuntimeProcess): Promise<void> {
    const exit = await process.exited;
    await nextTurn(); // what the runtime posted just before its end may still be in a socket
    this.#lost(this.#initFailure ?? exitFailure(exit));
  }

  #lost(failure: Failure): void {
    this.#exitFailure = failure;
    this.#phase.resolve({ kind: 'failed', failure });
    void this.close(); // what bootstrap started may have outlived it
  }

  async #end(): Promise<void> {
    this.peakMemoryBytes(); // may not be known any more afterwards
    this.#abort.abort();
    this.session.close();
    const waited = new Deferred<'late'>();
    const timer = systemTime.schedule(killWaitMs, () => waited.resolve('late'));
    const outcome = await Promise.race([this.#kill(), waited.promise]);
    timer.dispose();
    if (outcome === 'late') this.#context.logger.warn('The processes of the function did not end in time.');
    this.#context.closed();
  }

  async #kill(): Promise<void> {
    const process = await this.#launched.promise;
    try {
      await process?.kill();
    } catch (error) {
      this.#context.logger.warn(`Ending the processes of the function failed: ${describeError(error)}`);
    }
  }
}
