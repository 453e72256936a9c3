import { toDisposable } from '../../base/disposable.ts';
import { Deferred } from '../deferred.ts';
import type { ProcessExit } from '../environmentLauncher.ts';
import type { ShutdownReason } from '../extensions/extensionEvents.ts';
import { ExtensionRegistry } from '../extensions/extensionRegistry.ts';
import {
  exitFailure,
  extensionExitFailure,
  type ExtensionErrorType,
  type Failure,
  initFailure,
} from '../failure.ts';
import { functionArn } from '../functionSettings.ts';
import type { Invocation } from '../invocation.ts';
import { killWaitMs, shutdownMs } from '../limits.ts';
import { nextTurn } from '../nextTurn.ts';
import { initStart, type InitPhase, type PlatformEvent } from '../log/platformEvents.ts';
import { ConcurrentSession } from '../runtime/concurrentSession.ts';
import type { ConversationEvents, RuntimeConversation } from '../runtime/runtimeConversation.ts';
import { RuntimeSession } from '../runtime/runtimeSession.ts';
import type { TelemetryEvent } from '../telemetry/telemetryEvent.ts';
import { TelemetryHub } from '../telemetry/telemetryHub.ts';
import type { EnvironmentContext, PhaseEnd } from './environmentContext.ts';
import { EnvironmentLaunch } from './environmentLaunch.ts';
import { EnvironmentProcesses } from './environmentProcesses.ts';
import { EnvironmentLife } from './environmentStates.ts';
import { initReport, type EndedInit } from './initReport.ts';
import { InvocationTask } from './invocationTask.ts';
import { shutDown, shutdownReason } from './shutdown.ts';

/** How init ended, and its length in milliseconds. */
export interface InitOutcome {
  readonly end: PhaseEnd;
  readonly durationMs: number;
}

/**
 * One execution environment, from launch to end: the extensions, then the bootstrap. It goes through phases: init,
 * then invocations; one that is ready ends a phase, and so does the end of a process, or an interruption from outside.
 * Its states are in `environmentStates.ts`.
 */
export class ExecutionEnvironment {
  readonly conversation: RuntimeConversation;
  readonly extensions: ExtensionRegistry;
  readonly telemetry: TelemetryHub;
  readonly #context: EnvironmentContext;
  readonly #processes: EnvironmentProcesses;
  readonly #launch: EnvironmentLaunch;
  readonly #abort = new AbortController();
  readonly #init = new Deferred<PhaseEnd>();
  readonly #runtimeEnded = new Deferred<void>();
  readonly #tasks = new Map<Invocation, InvocationTask>();
  readonly #life = new EnvironmentLife();
  #launching: Promise<void> | undefined;
  /** Whether the runtime has called `next` since its last event. */
  #runtimeReady = false;
  #reported: Failure | undefined;
  #extensionError: ExtensionErrorType | undefined;
  /** Why the environment cannot be used any more, once that is so. */
  #lostBy: PhaseEnd = { kind: 'stopped' };
  #peakMemoryBytes = 0;
  #closing: Promise<void> | undefined;

  constructor(context: EnvironmentContext) {
    this.#context = context;
    const { launcher, log, logger, metadataToken, runtimeApi, settings } = context;
    this.conversation =
      settings.maxConcurrency > 1
        ? new ConcurrentSession(this.#conversationEvents())
        : new RuntimeSession(this.#conversationEvents());
    this.extensions = new ExtensionRegistry({
      changed: () => {
        if (this.extensions.allRegistered) this.#launch.proceed();
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
    this.#launch = new EnvironmentLaunch({
      processes: this.#processes,
      extensions: this.extensions,
      life: this.#life,
      initializing: () => {
        this.#check(); // a runtime that somebody else starts may have been here before
      },
      failed: (failure) => {
        this.#lost(failure);
      },
    });
  }

  /** Whether the runtime may still be asked to do something. */
  get alive(): boolean {
    return this.#life.allows('lose');
  }

  /** Whether the Extensions API answers; a layer can switch it off. */
  get extensionsEnabled(): boolean {
    return this.#launch.extensionsEnabled;
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
    // Unless it was interrupted before it began.
    if (this.#life.take('begin')) this.#launching = this.#launch.run(this.#abort.signal);
    const end = await this.#init.promise;
    timer.dispose();
    this.telemetry.closeSubscriptions();
    const durationMs = clock.elapsedMs() - startMs;
    if (end.kind !== 'stopped') this.#reportInit({ phase, end, durationMs });
    const closed = end.kind === 'ready' ? undefined : this.close(shutdownReason(end));
    // An init that took too long is repeated: that waits for the end of this one, outside the time of the invocation.
    if (phase === 'init' && end.kind === 'timeout') await closed;
    return { end, durationMs };
  }

  /** Hands an invocation to the runtime and waits until that, and whoever else gets it, is ready for the next one. */
  async invoke(invocation: Invocation, deadlineMs: number): Promise<PhaseEnd> {
    if (!this.#life.take('invoke')) return this.#lostBy;
    const task = new InvocationTask(invocation, this.#context.clock);
    this.#tasks.set(invocation, task);
    this.conversation.assign(invocation);
    if (!this.#takesSeveral) this.#announce(invocation, deadlineMs);
    this.conversation.dispatch(invocation, deadlineMs);
    const end = await task.end.promise;
    this.#tasks.delete(invocation);
    if (this.#takesSeveral && this.#tasks.size === 0) this.#life.take('ready');
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
    this.#lose(reported === undefined ? { kind } : { kind: 'failed', failure: reported });
  }

  /** The most memory the processes used so far, in bytes. */
  peakMemoryBytes(): number {
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, this.#processes.peakMemoryBytes());
    return this.#peakMemoryBytes;
  }

  /** Goes through the shutdown phase and waits until the processes are gone, though not for ever. Idempotent. */
  close(reason: ShutdownReason): Promise<void> {
    this.#closing ??= this.#end(reason);
    return this.#closing;
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
        for (const task of this.#takesSeveral ? [] : this.#tasks.values()) {
          this.#tellDone(task, { kind: 'ready' });
          if (this.extensions.extensions.length > 0) task.invocation.runtimeReadyMs ??= now();
        }
        this.#check();
      },
      initError: (answer) => {
        this.#reported = initFailure(answer);
        // The phase ends when the process does; of one that the user started that is not known.
        if (this.#context.keepReady) this.#lost(this.#reported);
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

  /** Whether everybody is ready, which ends the phase under way; of several invocations each ends by itself. */
  #check(): void {
    if (!this.#runtimeReady || !this.extensions.allReady) return;
    if (this.#tasks.size > 0 && this.#takesSeveral) return;
    if (!this.#life.take('ready')) return;
    this.#init.resolve({ kind: 'ready' });
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

  #exited(extension: string | undefined, exit: ProcessExit): void {
    if (!this.alive) return;
    if (extension === undefined) this.#lost(this.#reported ?? exitFailure(exit, this.#extensionError));
    else this.#lost(extensionExitFailure(extension, exit, this.#extensionError ?? 'Extension.Crash'));
  }

  #lost(failure: Failure): void {
    this.#lose({ kind: 'failed', failure });
    void this.close('FAILURE'); // what bootstrap started may have outlived it
  }

  /** Ends everything that is under way, and all that comes. */
  #lose(end: PhaseEnd): void {
    if (!this.#life.take('lose')) return;
    this.#lostBy = end;
    this.#init.resolve(end);
    this.#launch.proceed();
    for (const task of this.#tasks.values()) {
      if (!task.end.settled && end.kind !== 'stopped') this.#tellDone(task, end);
      task.end.resolve(end);
    }
  }

  #tellDone(task: InvocationTask, end: PhaseEnd): void {
    const event = this.#takesSeveral ? undefined : task.done(end); // Managed Instances have no such event
    if (event !== undefined) this.tell(event, task.invocation);
  }

  #reportInit(init: Pick<EndedInit, 'phase' | 'end' | 'durationMs'>): void {
    const { extensions } = this.extensions;
    const ended = { ...init, extensions, bootstrapStarted: this.#launch.bootstrapStarted };
    for (const event of initReport(this.#context.settings, ended)) this.tell(event);
  }

  async #end(reason: ShutdownReason): Promise<void> {
    const { clock, closed, logger } = this.#context;
    this.peakMemoryBytes(); // may not be known any more afterwards
    this.#lose({ kind: 'stopped' });
    this.#life.take('close');
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
    this.#life.take('closed');
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
