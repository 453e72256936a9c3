import { Emitter } from '../base/emitter.ts';
import { describeError, UserError } from '../base/errors.ts';
import { Deferred } from './deferred.ts';
import type { EnvironmentContext, PhaseEnd } from './environment/environmentContext.ts';
import type { ExecutionEnvironment, InitOutcome } from './environment/executionEnvironment.ts';
import { extensionOverhead, invocationFields, outcomeOf, rounded } from './environment/runtimeDone.ts';
import { shutdownReason } from './environment/shutdown.ts';
import { EnvironmentHolder, type Warm } from './environment/environmentHolder.ts';
import { EventRetries } from './eventRetries.ts';
import { timeoutAnswer } from './failure.ts';
import { executedVersion, type FunctionSettings } from './functionSettings.ts';
import type { Answer, Invocation, InvocationRecord, InvokeResult } from './invocation.ts';
import { InvocationQueue } from './invocationQueue.ts';
import type { ReportMetrics } from './log/platformEvents.ts';
import { nextTurn } from './nextTurn.ts';
import type { TelemetryEvent } from './telemetry/telemetryEvent.ts';

/** An invocation under way. */
interface Run {
  readonly invocation: Invocation;
  readonly startMs: number;
  /** How long the clock had stood still before. */
  readonly pausedBeforeMs: number;
  /** What telemetry was told at the beginning. */
  readonly started: TelemetryEvent;
  readonly record: InvocationRecord;
  readonly initMs: number | undefined;
  /** The environment that serves it; another one after an init that is repeated. */
  warm: Warm;
}

/**
 * Serves invocations in one execution environment, which it starts when needed: for the first one, and after a failure
 * for the next one. One at a time, unless the function takes several.
 */
export class InvocationRunner {
  readonly #context: EnvironmentContext;
  readonly #holder: EnvironmentHolder;
  readonly #records = new Emitter<InvocationRecord>();
  readonly #queue: InvocationQueue;
  readonly #lanes = new Set<Promise<void>>();
  /** How many of the lanes still look for invocations. */
  #serving = 0;
  readonly #running = new Map<Invocation, Run>();
  readonly #retries: EventRetries;
  /** How many invocations have an environment, or wait for its init. */
  #placed = 0;
  #vacant = new Deferred<void>();
  #stopped = false;

  readonly onRecord = this.#records.event;

  constructor(context: EnvironmentContext) {
    this.#context = context;
    this.#holder = new EnvironmentHolder(context);
    this.#queue = new InvocationQueue(context.settings.maxQueuedBytes);
    this.#retries = new EventRetries(context.settings, context.clock, (invocation) => {
      this.#addAgain(invocation);
    });
  }

  /** The environment that the Runtime API talks to, while there is one. */
  get environment(): ExecutionEnvironment | undefined {
    return this.#holder.alive;
  }

  /** The same, or one whose extensions are being told of the end. */
  get lastEnvironment(): ExecutionEnvironment | undefined {
    return this.#holder.current?.environment;
  }

  /** Starts an execution environment ahead of the first invocation, unless there is one or it is being replaced. */
  prewarm(): void {
    if (this.#stopped || this.#running.size > 0 || this.environment !== undefined) return;
    this.#holder.start('init');
  }

  /** Replaces the environment: at once when it is idle, else after the invocations under way. */
  restart(): void {
    const current = this.#holder.current;
    if (this.#stopped || current === undefined) return;
    current.stale = true;
    if (this.#serving === 0) this.#holder.start('init');
  }

  /** See `Emulator.whenReady`. */
  whenReady(): Promise<void> {
    return this.#holder.whenReady();
  }

  /** Queues an invocation. Throws `InvokeError` when the queue is full. */
  add(invocation: Invocation): void {
    const { attempt, context, payload, requestId } = invocation;
    const queuedAtMs = this.#context.clock.epochMs();
    const record: InvocationRecord = { requestId, attempt, payload, context, state: 'queued', queuedAtMs };
    this.#queue.add({ invocation, record });
    this.#records.fire(record);
    this.#pump();
  }

  /** Ends the environment and fails what has not been completed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { invocation, record } of this.#queue.clear()) this.#drop(invocation, record);
    this.#retries.stop(stoppedError());
    this.#holder.current?.environment.interrupt('stopped');
    await Promise.all(this.#lanes);
    await this.#holder.stop(stoppedError());
  }

  /** Starts as many lanes as there are places and invocations for them. */
  #pump(): void {
    if (this.#serving >= this.#context.settings.maxConcurrency) return;
    this.#serving += 1;
    const lane = this.#drain().finally(() => this.#lanes.delete(lane));
    this.#lanes.add(lane);
  }

  async #drain(): Promise<void> {
    for (let entry = this.#queue.take(); entry !== undefined; entry = this.#queue.take()) {
      try {
        await this.#serve(entry.invocation, entry.record);
      } catch (error) {
        this.#context.logger.error(`Serving an invocation failed: ${describeError(error)}`);
        this.#drop(entry.invocation, entry.record);
      }
    }
    this.#serving -= 1; // at once: what is added from here on needs a new lane
    if (this.#serving > 0 || this.#stopped) return;
    const missing = this.#context.keepReady && this.environment === undefined;
    if (missing || this.#holder.current?.stale === true) this.#holder.start('init');
  }

  async #serve(invocation: Invocation, queued: InvocationRecord): Promise<void> {
    // An environment that is to be replaced first finishes what it has, if it takes several invocations.
    while (this.#holder.current?.stale === true && this.#placed > 0) await this.#vacant.promise;
    if (this.#stopped) {
      this.#drop(invocation, queued);
      return;
    }
    this.#placed += 1;
    try {
      await this.#serveIn(this.#holder.usable(), invocation, queued);
    } finally {
      this.#placed -= 1;
      if (this.#placed === 0) {
        this.#vacant.resolve();
        this.#vacant = new Deferred();
      }
    }
  }

  async #serveIn(warm: Warm, invocation: Invocation, queued: InvocationRecord): Promise<void> {
    warm.environment.conversation.assign(invocation);
    const failedBefore = warm.initEnd?.kind === 'failed';
    const init = await warm.init;
    if (init.end.kind === 'stopped' || this.#stopped) {
      this.#drop(invocation, queued);
      return;
    }
    const run = this.#begin(invocation, queued, warm, warm.used ? undefined : init);
    warm.used = true;
    const repeats = failedBefore || init.end.kind === 'timeout';
    const end = await this.#phases(run, repeats ? undefined : init.end);
    if (end.kind === 'stopped') this.#drop(invocation, run.record);
    else await this.#finish(run, end);
  }

  /**
   * The invocation proper; after an init that took too long, or failed before, preceded by another one, both within the
   * timeout. `initEnd` is how the init ended that the invocation waited for.
   */
  async #phases(run: Run, initEnd: PhaseEnd | undefined): Promise<PhaseEnd> {
    const { clock, deadlineAllowanceMs, settings } = this.#context;
    const deadlineMs = clock.epochMs() + settings.timeoutMs + deadlineAllowanceMs();
    const timer = clock.startTimer(settings.timeoutMs, () =>
      run.warm.environment.interrupt('timeout', run.invocation),
    );
    try {
      const end = initEnd ?? (await this.#initAgain(run));
      if (end.kind !== 'ready') return end;
      return await run.warm.environment.invoke(run.invocation, deadlineMs);
    } finally {
      timer.dispose();
    }
  }

  async #initAgain(run: Run): Promise<PhaseEnd> {
    const current = this.#holder.current;
    // Another invocation, of a function that takes several, may have been here first.
    run.warm = current === undefined || current === run.warm ? this.#holder.start('invoke') : current;
    run.warm.used = true;
    run.warm.environment.telemetry.publish(run.started); // its extensions were not there yet
    run.warm.environment.conversation.assign(run.invocation);
    return (await run.warm.init).end;
  }

  #begin(invocation: Invocation, queued: InvocationRecord, warm: Warm, init: InitOutcome | undefined): Run {
    const { clock, log, settings } = this.#context;
    const record: InvocationRecord = {
      ...queued,
      state: 'running',
      startedAtMs: clock.epochMs(),
      coldStart: init !== undefined,
    };
    const initMs = init?.end.kind === 'ready' ? rounded(init.durationMs) : undefined;
    const [startMs, pausedBeforeMs] = [clock.elapsedMs(), clock.pausedMs()];
    log.begin(invocation);
    this.#records.fire(record);
    const version = executedVersion(settings, invocation.request.qualifier);
    const start = { ...invocationFields(invocation), version };
    const started = warm.environment.tell({ type: 'platform.start', record: start }, invocation);
    const run: Run = { invocation, record, initMs, warm, startMs, pausedBeforeMs, started };
    this.#running.set(invocation, run);
    return run;
  }

  async #finish(run: Run, end: PhaseEnd): Promise<void> {
    const { clock, settings } = this.#context;
    const { invocation, warm } = run;
    const { environment } = warm;
    const durationMs = reportedMs(clock.elapsedMs() - run.startMs, end, settings);
    const outcome = outcomeOf(invocation, end);
    const overhead = extensionOverhead(invocation, end, clock);
    const pausedMs = clock.pausedMs() - run.pausedBeforeMs;
    const answer = this.#conclude(invocation, end);
    const closed = environment.alive ? undefined : environment.close(shutdownReason(end));
    await (closed === undefined ? nextTurn() : environment.runtimeEnded);
    const metrics: ReportMetrics = {
      durationMs,
      billedDurationMs: Math.ceil(durationMs + (run.initMs ?? 0)), // init is billed too, since August 2025
      memorySizeMB: settings.memorySizeMb,
      maxMemoryUsedMB: Math.ceil(environment.peakMemoryBytes() / 2 ** 20),
      ...(run.initMs === undefined ? {} : { initDurationMs: run.initMs }),
    };
    const record = { ...invocationFields(invocation), ...outcome, metrics, ...overhead };
    environment.tell({ type: 'platform.report', record }, invocation);
    this.#context.log.end(invocation); // what extensions write while they end is not part of it
    await closed;
    this.#release(invocation);
    const result = resultOf(invocation, answer, metrics, pausedMs);
    invocation.completed.resolve(result);
    this.#records.fire({ ...run.record, state: 'done', result });
    if (invocation.asynchronous && answer.status !== 'success') this.#retries.failed(invocation);
  }

  #addAgain(invocation: Invocation): void {
    try {
      this.add(invocation);
    } catch (error) {
      this.#context.logger.warn(`Event invocation ${invocation.requestId}: ${describeError(error)}`);
    }
  }

  /** The answer that stands: what the runtime said before the phase ended, or what the end says. */
  #conclude(invocation: Invocation, end: PhaseEnd): Answer {
    const { currentAnswer, requestId } = invocation;
    if (currentAnswer !== undefined) return currentAnswer;
    const found =
      end.kind === 'failed'
        ? end.failure.answer(requestId)
        : timeoutAnswer(requestId, this.#context.settings.timeoutMs);
    return invocation.answer(found);
  }

  #drop(invocation: Invocation, record: InvocationRecord): void {
    this.#release(invocation);
    invocation.fail(stoppedError());
    this.#records.fire({ ...record, state: 'dropped' });
  }

  #release(invocation: Invocation): void {
    this.#running.delete(invocation);
    this.#context.log.end(invocation);
  }
}

/** Why an invocation that was not completed before the end never will be. */
export function stoppedError(): UserError {
  return new UserError('NoSession', 'The emulator was stopped before the invocation was completed.');
}

/** The duration that is reported and billed: after a timeout just that, however much later it was noticed. */
function reportedMs(elapsedMs: number, end: PhaseEnd, { timeoutMs }: FunctionSettings): number {
  return rounded(end.kind === 'timeout' ? Math.min(elapsedMs, timeoutMs) : elapsedMs);
}

function resultOf(
  { requestId, tail }: Invocation,
  answer: Answer,
  metrics: ReportMetrics,
  pausedMs: number,
): InvokeResult {
  const { billedDurationMs, durationMs, initDurationMs, maxMemoryUsedMB } = metrics;
  return {
    ...answer,
    ...(answer.status === 'success' ? {} : { functionError: 'Unhandled' as const }),
    ...(initDurationMs === undefined ? {} : { initMs: initDurationMs }),
    ...(pausedMs === 0 ? {} : { pausedMs }),
    requestId,
    logTail: tail.text(),
    durationMs,
    billedMs: billedDurationMs,
    maxMemoryMb: maxMemoryUsedMB,
  };
}
