import { Emitter } from '../base/emitter.ts';
import { describeError, UserError } from '../base/errors.ts';
import { Deferred } from './deferred.ts';
import { ExecutionEnvironment, type EnvironmentContext, type PhaseEnd } from './executionEnvironment.ts';
import { timeoutAnswer } from './failure.ts';
import type { Answer, Invocation, InvocationRecord, InvokeResult } from './invocation.ts';
import { endLine, reportLine, startLine, type InvocationReport, type ReportStatus } from './log/logLines.ts';
import { nextTurn } from './nextTurn.ts';

/** An execution environment and the init it went, or is going, through. */
interface Warm {
  readonly environment: ExecutionEnvironment;
  readonly init: Promise<{ end: PhaseEnd; durationMs: number }>;
  /** How init ended, once it has. */
  initEnd: PhaseEnd | undefined;
  /** Whether it has served an invocation; the first one reports the init duration. */
  used: boolean;
}

/** An invocation under way. */
interface Run {
  readonly invocation: Invocation;
  readonly startMs: number;
  readonly record: InvocationRecord;
  readonly initMs: number | undefined;
}

/**
 * Serves invocations one after the other in one execution environment, which it starts when needed: for the first
 * one, and after a failure for the next one.
 */
export class InvocationRunner {
  readonly #context: EnvironmentContext;
  readonly #records = new Emitter<InvocationRecord>();
  readonly #queue: { readonly invocation: Invocation; readonly record: InvocationRecord }[] = [];
  #warm: Warm | undefined;
  #ready = new Deferred<void>();
  #busy: Promise<void> | undefined;
  #serving: Invocation | undefined;
  #stopped = false;

  readonly onRecord = this.#records.event;

  constructor(context: EnvironmentContext) {
    this.#context = context;
  }

  /** The environment that the Runtime API talks to, while there is one. */
  get environment(): ExecutionEnvironment | undefined {
    return this.#warm?.environment.alive === true ? this.#warm.environment : undefined;
  }

  /** Starts an execution environment ahead of the first invocation, unless there is one or it is being replaced. */
  prewarm(): void {
    if (this.#stopped || this.#serving !== undefined || this.environment !== undefined) return;
    this.#start('init');
  }

  /** See `Emulator.whenReady`. */
  whenReady(): Promise<void> {
    const warm = this.#warm;
    const lost = warm?.initEnd?.kind === 'ready' && !warm.environment.alive;
    if (lost && this.#ready.settled && !this.#stopped) this.#ready = new Deferred();
    return this.#ready.promise;
  }

  /** Queues an invocation. */
  add(invocation: Invocation): void {
    const record: InvocationRecord = {
      requestId: invocation.requestId,
      state: 'queued',
      queuedAtMs: this.#context.clock.epochMs(),
    };
    this.#records.fire(record);
    this.#queue.push({ invocation, record });
    this.#busy ??= this.#drain();
  }

  /** Ends the environment and fails what has not been completed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#ready.settled) this.#ready = new Deferred();
    this.#ready.reject(stoppedError());
    for (const { invocation, record } of this.#queue.splice(0)) this.#drop(invocation, record);
    this.#warm?.environment.interrupt('stopped');
    await this.#busy;
    await this.#warm?.environment.close();
  }

  async #drain(): Promise<void> {
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      try {
        await this.#serve(entry.invocation, entry.record);
      } catch (error) {
        this.#context.logger.error(`Serving an invocation failed: ${describeError(error)}`);
        this.#drop(entry.invocation, entry.record);
      }
    }
    this.#busy = undefined;
  }

  async #serve(invocation: Invocation, queued: InvocationRecord): Promise<void> {
    const warm = this.#usable();
    warm.environment.session.assign(invocation);
    const init = await warm.init;
    if (init.end.kind === 'stopped' || this.#stopped) {
      this.#drop(invocation, queued);
      return;
    }
    const run = this.#begin(invocation, queued, warm.used ? undefined : init);
    warm.used = true;
    const end = await this.#phases(invocation, init.end);
    if (end.kind === 'stopped') this.#drop(invocation, run.record);
    else await this.#finish(run, end);
  }

  /** The environment to use. A failed init is used up by the invocation that is answered with its failure. */
  #usable(): Warm {
    const warm = this.#warm;
    const failedInit = warm?.used === false && warm.initEnd?.kind !== 'ready';
    return warm !== undefined && (warm.environment.alive || failedInit) ? warm : this.#start('init');
  }

  /** The invocation proper; after an init that took too long preceded by another one, both within the timeout. */
  async #phases(invocation: Invocation, initEnd: PhaseEnd): Promise<PhaseEnd> {
    const { clock, settings } = this.#context;
    const deadlineMs = clock.epochMs() + settings.timeoutMs;
    const timer = clock.startTimer(settings.timeoutMs, () => this.#warm?.environment.interrupt('timeout'));
    try {
      const end = initEnd.kind === 'timeout' ? await this.#initAgain(invocation) : initEnd;
      if (end.kind !== 'ready' || this.#warm === undefined) return end;
      return await this.#warm.environment.invoke(invocation, deadlineMs);
    } finally {
      timer.dispose();
    }
  }

  async #initAgain(invocation: Invocation): Promise<PhaseEnd> {
    const warm = this.#start('invoke');
    warm.used = true;
    warm.environment.session.assign(invocation);
    return (await warm.init).end;
  }

  #start(phase: 'init' | 'invoke'): Warm {
    const environment = new ExecutionEnvironment(this.#context);
    const limitMs = phase === 'init' ? this.#context.settings.initTimeoutMs : undefined;
    if (this.#ready.settled) this.#ready = new Deferred();
    const previous = this.#warm?.environment.close();
    const init = (previous ?? Promise.resolve()).then(() => environment.init(phase, limitMs));
    const warm: Warm = { environment, init, initEnd: undefined, used: false };
    this.#warm = warm;
    void this.#announce(warm);
    return warm;
  }

  async #announce(warm: Warm): Promise<void> {
    const { end } = await warm.init;
    warm.initEnd = end;
    if (warm !== this.#warm) return;
    if (end.kind === 'ready') this.#ready.resolve();
    if (end.kind === 'failed') this.#ready.reject(end.failure.error);
  }

  #begin(
    invocation: Invocation,
    queued: InvocationRecord,
    init: { end: PhaseEnd; durationMs: number } | undefined,
  ): Run {
    const { clock, log, settings } = this.#context;
    const record: InvocationRecord = {
      ...queued,
      state: 'running',
      startedAtMs: clock.epochMs(),
      coldStart: init !== undefined,
    };
    this.#serving = invocation;
    log.attribute(invocation);
    this.#records.fire(record);
    log.platform(startLine(invocation.requestId, settings.version));
    const initMs = init?.end.kind === 'ready' ? init.durationMs : undefined;
    return { invocation, record, initMs, startMs: clock.elapsedMs() };
  }

  async #finish(run: Run, end: PhaseEnd): Promise<void> {
    const { clock, log, settings } = this.#context;
    const { invocation } = run;
    const durationMs = clock.elapsedMs() - run.startMs;
    const environment = this.#warm?.environment;
    if (end.kind === 'ready') await nextTurn();
    else await environment?.close();
    const answer = this.#conclude(invocation, end);
    const report = {
      requestId: invocation.requestId,
      durationMs,
      billedMs: Math.ceil(durationMs),
      maxMemoryMb: Math.ceil((environment?.peakMemoryBytes() ?? 0) / 2 ** 20),
      initMs: run.initMs,
      status: reportStatus(answer, end),
    };
    log.platform(endLine(invocation.requestId));
    log.platform(reportLine(report, settings.memorySizeMb));
    this.#release();
    const result = resultOf(answer, report, invocation.tail.text());
    invocation.completed.resolve(result);
    this.#records.fire({ ...run.record, state: 'done', result });
  }

  /** The answer that stands: what the runtime said before the phase ended, or what the end says. */
  #conclude(invocation: Invocation, end: PhaseEnd): Answer {
    const { requestId } = invocation;
    const found =
      end.kind === 'failed'
        ? end.failure.answer(requestId)
        : timeoutAnswer(requestId, this.#context.settings.timeoutMs);
    return invocation.answer(found);
  }

  #drop(invocation: Invocation, record: InvocationRecord): void {
    this.#release();
    invocation.fail(stoppedError());
    this.#records.fire({ ...record, state: 'dropped' });
  }

  #release(): void {
    this.#serving = undefined;
    this.#context.log.attribute(undefined);
  }
}

/** Why an invocation that was not completed before the end never will be. */
export function stoppedError(): UserError {
  return new UserError('NoSession', 'The emulator was stopped before the invocation was completed.');
}

function reportStatus(answer: Answer, end: PhaseEnd): ReportStatus | undefined {
  if (end.kind === 'timeout') return { kind: 'timeout' };
  const lost = end.kind === 'failed' ? end.failure.errorType : undefined;
  const errorType = answer.errorType ?? lost;
  return errorType === undefined ? undefined : { kind: 'error', errorType };
}

function resultOf(answer: Answer, report: InvocationReport, logTail: string): InvokeResult {
  const { requestId, durationMs, billedMs, maxMemoryMb, initMs } = report;
  return {
    ...answer,
    ...(answer.status === 'success' ? {} : { functionError: 'Unhandled' as const }),
    ...(initMs === undefined ? {} : { initMs }),
    requestId,
    logTail,
    durationMs,
    billedMs,
    maxMemoryMb,
  };
}
