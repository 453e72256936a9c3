import { systemErrorCode } from '../../base/errors.ts';
import { toDisposable } from '../../base/disposable.ts';
import { Deferred } from '../deferred.ts';
import type { ProcessExit } from '../environmentLauncher.ts';
import type { ShutdownReason } from '../extensions/extensionEvents.ts';
import { ExtensionRegistry } from '../extensions/extensionRegistry.ts';
import {
  exitFailure,
  extensionExitFailure,
  extensionLaunchFailure,
  type ExtensionErrorType,
  type Failure,
  initFailure,
  launchFailure,
} from '../failure.ts';
import { functionArn, initializationType } from '../functionSettings.ts';
import type { Invocation } from '../invocation.ts';
import { killWaitMs, shutdownMs } from '../limits.ts';
import { nextTurn } from '../nextTurn.ts';
import { initStart, type InitPhase, type PhaseStatus, type PlatformEvent } from '../log/platformEvents.ts';
import { ConcurrentSession } from '../runtime/concurrentSession.ts';
import type { ConversationEvents, RuntimeConversation } from '../runtime/runtimeConversation.ts';
import { RuntimeSession } from '../runtime/runtimeSession.ts';
import type { TelemetryEvent } from '../telemetry/telemetryEvent.ts';
import { TelemetryHub } from '../telemetry/telemetryHub.ts';
import type { EnvironmentContext, PhaseEnd } from './environmentContext.ts';
import { EnvironmentProcesses } from './environmentProcesses.ts';
import { runtimeDone } from './runtimeDone.ts';
import { shutDown, shutdownReason } from './shutdown.ts';

/** How init ended, and its length in milliseconds. */
export interface InitOutcome {
  readonly end: PhaseEnd;
  readonly durationMs: number;
}

/** An invocation that the environment is at work on. */
interface Task {
  readonly invocation: Invocation;
  readonly startMs: number;
  readonly end: Deferred<PhaseEnd>;
  /** Whether the end of the runtime's part has been told. */
  told: boolean;
}

/**
 * One execution environment, from launch to end: the extensions, then the bootstrap. It goes through phases: init,
 * then invocations; one that is ready ends a phase, and so does the end of a process, or an interruption from outside.
 */
export class ExecutionEnvironment {
  readonly conversation: RuntimeConversation;
  readonly extensions: ExtensionRegistry;
  readonly telemetry: TelemetryHub;
  readonly #context: EnvironmentContext;
  readonly #processes: EnvironmentProcesses;
  readonly #abort = new AbortController();
  readonly #registered = new Deferred<void>();
  readonly #init = new Deferred<PhaseEnd>();
  readonly #runtimeEnded = new Deferred<void>();
  readonly #tasks = new Map<Invocation, Task>();
  #launching: Promise<void> | undefined;
  #runtimeReady = false;
  #extensionsEnabled = true;
  #reported: Failure | undefined;
  #extensionError: ExtensionErrorType | undefined;
  /** Why the environment cannot be used any more, once that is so. */
  #over: PhaseEnd | undefined;
  #peakMemoryBytes = 0;
  #closed: Promise<void> | undefined;

  constructor(context: EnvironmentContext) {
    this.#context = context;
    const { launcher, log, logger, metadataToken, runtimeApi, settings } = context;
    this.conversation =
      settings.maxConcurrency > 1
        ? new ConcurrentSession(this.#conversationEvents())
        : new RuntimeSession(this.#conversationEvents());
    this.extensions = new ExtensionRegistry({
      changed: () => {
        if (this.extensions.allRegistered) this.#registered.resolve();
        this.#check();
      },
      failed: (kind) => {
        this.#extensionError ??= kind; // the phase ends when the process does
      },
    });
    this.telemetry = new TelemetryHub({ runtimeApiPort: () => Number(runtimeApi().split(':')[1]), logger });
    this.telemetry.onSubscribed((record) => {
      this.tell({ type: 'platform.telemetrySubscription', record });
    });
    this.#processes = new EnvironmentProcesses(
      launcher,
      { runtimeApi: runtimeApi(), metadataToken },
      {
        exited: (extension, exit) => {
          this.#exited(extension, exit);
        },
        output: (extension, line) => {
          const writer =
            extension === undefined
              ? ({ source: 'function' } as const)
              : ({ source: 'extension', extension } as const);
          this.telemetry.publish(log.output(line, writer));
        },
      },
      logger,
    );
  }

  /** Whether the runtime may still be asked to do something. */
  get alive(): boolean {
    return this.#over === undefined && this.#closed === undefined;
  }

  /** Whether the Extensions API answers; a layer can switch it off. */
  get extensionsEnabled(): boolean {
    return this.#extensionsEnabled;
  }

  /** Writes what the platform tells to the log and to telemetry, and returns it. */
  tell(event: PlatformEvent, invocation?: Invocation): TelemetryEvent {
    const timed = this.#context.log.platform(event, invocation);
    this.telemetry.publish(timed);
    return timed;
  }

  /**
   * Launches extensions and bootstrap and waits until all have called `next`. `limitMs` is the limit of the phase; a
   * repeated init during an invocation has none of its own.
   */
  async init(phase: InitPhase, limitMs?: number): Promise<InitOutcome> {
    const { clock, settings } = this.#context;
    const startMs = clock.elapsedMs();
    this.tell(initStart(settings, phase));
    const timer =
      limitMs === undefined
        ? toDisposable(() => undefined)
        : clock.startTimer(limitMs, () => this.interrupt('timeout'));
    if (!this.#init.settled) this.#launching = this.#launch(); // else interrupted before it began
    const end = await this.#init.promise;
    timer.dispose();
    this.telemetry.closeSubscriptions();
    const durationMs = clock.elapsedMs() - startMs;
    if (end.kind !== 'stopped') this.#reportInit(phase, durationMs, end);
    const closed = end.kind === 'ready' ? undefined : this.close(shutdownReason(end));
    // Only an init that is repeated has to wait for the end of this one, outside the time of the invocation.
    if (phase === 'init' && end.kind === 'timeout') await closed;
    return { end, durationMs };
  }

  /** Hands an invocation to the runtime and waits until that, and whoever else gets it, is ready for the next one. */
  async invoke(invocation: Invocation, deadlineMs: number): Promise<PhaseEnd> {
    if (this.#over !== undefined) return this.#over;
    const startMs = this.#context.clock.elapsedMs();
    const task: Task = { invocation, startMs, end: new Deferred(), told: false };
    this.#tasks.set(invocation, task);
    this.conversation.assign(invocation);
    if (!this.#takesSeveral) this.#announce(invocation, deadlineMs);
    this.conversation.dispatch(invocation, deadlineMs);
    const end = await task.end.promise;
    this.#tasks.delete(invocation);
    return end;
  }

  /**
   * Ends the phase under way: of one invocation, or of the whole environment. An init that already reported its error
   * ends with that error.
   */
  interrupt(kind: 'timeout' | 'stopped', invocation?: Invocation): void {
    const task = invocation === undefined ? undefined : this.#tasks.get(invocation);
    if (task !== undefined && this.#takesSeveral && kind === 'timeout') {
      this.conversation.giveUp(task.invocation); // the environment goes on
      task.end.resolve({ kind });
      return;
    }
    const reported = kind === 'timeout' ? this.#reported : undefined;
    this.#finish(reported === undefined ? { kind } : { kind: 'failed', failure: reported });
  }

  /** The most memory the processes used so far, in bytes. */
  peakMemoryBytes(): number {
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, this.#processes.peakMemoryBytes());
    return this.#peakMemoryBytes;
  }

  /** Goes through the shutdown phase and waits until the processes are gone, though not for ever. Idempotent. */
  close(reason: ShutdownReason): Promise<void> {
    this.#closed ??= this.#end(reason);
    return this.#closed;
  }

  /** Settles during `close`: what the runtime wrote is in the log, and extensions may still receive telemetry. */
  get runtimeEnded(): Promise<void> {
    return this.#runtimeEnded.promise;
  }

  get #takesSeveral(): boolean {
    return this.#context.settings.maxConcurrency > 1;
  }

  #conversationEvents(): ConversationEvents {
    const now = () => this.#context.clock.elapsedMs();
    return {
      ready: () => {
        this.peakMemoryBytes();
        this.extensions.closeRegistration();
        this.#runtimeReady = true;
        for (const task of this.#takesSeveral ? [] : this.#tasks.values())
          this.#tellDone(task, { kind: 'ready' });
        this.#check();
      },
      initError: (answer) => {
        this.#reported = initFailure(answer); // the phase ends when the process does
      },
      responding: (invocation) => {
        invocation.response = { startMs: now() };
        this.peakMemoryBytes(); // now it still holds what it made of the event
      },
      responded: (invocation) => {
        invocation.response = { startMs: now(), ...invocation.response, endMs: now() };
        if (this.#takesSeveral) this.#tasks.get(invocation)?.end.resolve({ kind: 'ready' });
      },
    };
  }

  /** Whether everybody is ready, which ends the phase under way. */
  #check(): void {
    if (!this.#runtimeReady || !this.extensions.allReady) return;
    this.#init.resolve({ kind: 'ready' });
    if (this.#takesSeveral) return;
    for (const task of this.#tasks.values()) task.end.resolve({ kind: 'ready' });
  }

  #announce(invocation: Invocation, deadlineMs: number): void {
    this.#runtimeReady = false;
    const { requestId, request, traceHeader } = invocation;
    this.extensions.dispatch({
      eventType: 'INVOKE',
      deadlineMs: Math.round(deadlineMs),
      requestId,
      invokedFunctionArn: functionArn(this.#context.settings, request.qualifier),
      tracing: { type: 'X-Amzn-Trace-Id', value: traceHeader },
    });
  }

  async #launch(): Promise<void> {
    try {
      const names = await this.#processes.prepare(this.#abort.signal);
      this.#extensionsEnabled = names !== undefined;
      if (!(await this.#launchExtensions(names ?? []))) return;
      await this.#registered.promise;
      if (this.#over === undefined) await this.#processes.startRuntime();
    } catch (error) {
      this.#lost(launchFailure(error));
    }
  }

  /** Starts the extensions, all before the runtime; whether that worked. */
  async #launchExtensions(names: readonly string[]): Promise<boolean> {
    for (const name of names) {
      if (this.#over !== undefined) return false;
      try {
        if (!this.extensions.expect(name)) throw new Error('ErrTooManyExtensions');
        await this.#processes.startExtension(name);
      } catch (error) {
        const denied = systemErrorCode(error) === 'EACCES';
        this.extensions.launchFailed(name, denied ? 'PermissionDenied' : 'UnknownError');
        this.#lost(extensionLaunchFailure(name, error));
        return false;
      }
    }
    if (names.length === 0) this.#registered.resolve();
    return true;
  }

  #exited(extension: string | undefined, exit: ProcessExit): void {
    if (this.#closed !== undefined) return;
    if (extension === undefined) this.#lost(this.#reported ?? exitFailure(exit, this.#extensionError));
    else this.#lost(extensionExitFailure(extension, exit, this.#extensionError ?? 'Extension.Crash'));
  }

  #lost(failure: Failure): void {
    this.#finish({ kind: 'failed', failure });
    void this.close('FAILURE'); // what bootstrap started may have outlived it
  }

  /** Ends everything that is under way, and all that comes. */
  #finish(end: PhaseEnd): void {
    this.#over ??= end;
    this.#init.resolve(end);
    this.#registered.resolve();
    for (const task of this.#tasks.values()) {
      if (!task.end.settled && end.kind !== 'stopped') this.#tellDone(task, end);
      task.end.resolve(end);
    }
  }

  /** Tells once what became of the runtime's part in an invocation. */
  #tellDone(task: Task, end: PhaseEnd): void {
    if (this.#takesSeveral || task.told) return; // Managed Instances have no such event
    task.told = true;
    const { clock } = this.#context;
    this.tell(runtimeDone(task.invocation, end, task.startMs, clock), task.invocation);
  }

  #reportInit(phase: InitPhase, durationMs: number, end: PhaseEnd): void {
    const { settings } = this.#context;
    for (const { name, state, subscriptions: events, errorType } of this.extensions.extensions) {
      const failed = errorType === undefined ? {} : { errorType };
      this.tell({ type: 'platform.extension', record: { name, state, events, ...failed } });
    }
    const record = {
      initializationType: initializationType(settings),
      phase,
      status: initStatus(end),
      ...(end.kind === 'failed' ? { errorType: end.failure.errorType } : {}),
    };
    this.tell({ type: 'platform.initRuntimeDone', record });
    this.tell({ type: 'platform.initReport', record: { ...record, metrics: { durationMs } } });
  }

  async #end(reason: ShutdownReason): Promise<void> {
    const { clock, closed, logger } = this.#context;
    this.peakMemoryBytes(); // may not be known any more afterwards
    this.#finish({ kind: 'stopped' });
    this.#abort.abort();
    this.conversation.close();
    const late = new Deferred<'late'>();
    const timer = setTimeout(() => late.resolve('late'), shutdownMs.external + killWaitMs);
    const outcome = await Promise.race([this.#release(reason, () => clock.epochMs()), late.promise]);
    clearTimeout(timer);
    this.#runtimeEnded.resolve();
    if (outcome === 'late') logger.warn('The processes of the function did not end in time.');
    this.extensions.close();
    this.telemetry.dispose();
    closed();
  }

  async #release(reason: ShutdownReason, epochMs: () => number): Promise<void> {
    await this.#launching; // a process that is being started is waited for
    const runtimeEnded = async (): Promise<void> => {
      this.#runtimeEnded.resolve();
      await nextTurn(); // the report of an invocation that ends with the environment is written now
      void this.telemetry.flush(shutdownMs.external);
    };
    await shutDown(this.#processes, this.extensions, { reason, epochMs, runtimeEnded });
    await this.#processes.release();
  }
}

function initStatus(end: PhaseEnd): PhaseStatus {
  if (end.kind === 'ready') return 'success';
  return end.kind === 'timeout' ? 'timeout' : 'error';
}
