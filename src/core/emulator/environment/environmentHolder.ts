import { Deferred } from '../deferred.ts';
import type { EnvironmentContext, PhaseEnd } from './environmentContext.ts';
import { ExecutionEnvironment, type InitOutcome } from './executionEnvironment.ts';
import type { InitPhase } from '../log/platformEvents.ts';

/** An execution environment and the init it went, or is going, through. */
export interface Warm {
  readonly environment: ExecutionEnvironment;
  readonly init: Promise<InitOutcome>;
  /** How init ended, once it has. */
  initEnd: PhaseEnd | undefined;
  /** Whether it has served an invocation; the first one reports the init duration. */
  used: boolean;
  /** To be replaced before the next invocation: something it was made of has changed. */
  stale: boolean;
}

/** Keeps the one execution environment of a function, and replaces it when needed. */
export class EnvironmentHolder {
  readonly #context: EnvironmentContext;
  #warm: Warm | undefined;
  #ready = new Deferred<void>();
  #stopped = false;

  constructor(context: EnvironmentContext) {
    this.#context = context;
  }

  /** The current one, also while it is being shut down. */
  get current(): Warm | undefined {
    return this.#warm;
  }

  /** The environment that the Runtime API talks to, while there is one. */
  get alive(): ExecutionEnvironment | undefined {
    return this.#warm?.environment.alive === true ? this.#warm.environment : undefined;
  }

  /** See `Emulator.whenReady`. */
  whenReady(): Promise<void> {
    const warm = this.#warm;
    const lost = warm?.initEnd?.kind === 'ready' && !warm.environment.alive;
    if (lost && this.#ready.settled && !this.#stopped) this.#ready = new Deferred();
    return this.#ready.promise;
  }

  /** The environment to use. A failed init is used up by the invocation that waits for it, or repeats it. */
  usable(): Warm {
    const warm = this.#warm;
    if (warm === undefined || warm.stale) return this.start('init');
    const failedInit = !warm.used && warm.initEnd?.kind !== 'ready';
    return warm.environment.alive || failedInit ? warm : this.start('init');
  }

  /** Launches a new environment once the previous one is gone. */
  start(phase: InitPhase): Warm {
    const environment = new ExecutionEnvironment(this.#context);
    const limitMs = phase === 'init' ? this.#context.settings.initTimeoutMs : undefined;
    if (this.#ready.settled) this.#ready = new Deferred();
    const previous = this.#warm?.environment.close('SPINDOWN');
    const init = (previous ?? Promise.resolve()).then(() => environment.init(phase, limitMs));
    const warm: Warm = { environment, init, initEnd: undefined, used: false, stale: false };
    this.#warm = warm;
    void this.#announce(warm);
    return warm;
  }

  /** Nothing will be ready any more: whoever waits gets `error`. */
  async stop(error: Error): Promise<void> {
    this.#stopped = true;
    if (this.#ready.settled) this.#ready = new Deferred();
    this.#ready.reject(error);
    await this.#warm?.environment.close('SPINDOWN');
  }

  async #announce(warm: Warm): Promise<void> {
    const { end } = await warm.init;
    warm.initEnd = end;
    if (warm !== this.#warm) return;
    if (end.kind === 'ready') this.#ready.resolve();
    if (end.kind !== 'failed') return;
    this.#ready.reject(end.failure.error);
    if (this.#context.keepReady && !this.#stopped) this.start('init');
  }
}
