import type { PausableClock } from '../clock.ts';
import { Deferred } from '../deferred.ts';
import type { Invocation } from '../invocation.ts';
import type { PlatformEvent } from '../log/platformEvents.ts';
import type { PhaseEnd } from './environmentContext.ts';
import { runtimeDone } from './runtimeDone.ts';

/** An invocation that an environment is at work on. */
export class InvocationTask {
  readonly invocation: Invocation;
  readonly end = new Deferred<PhaseEnd>();
  readonly #clock: PausableClock;
  readonly #startMs: number;
  #told = false;

  constructor(invocation: Invocation, clock: PausableClock) {
    this.invocation = invocation;
    this.#clock = clock;
    this.#startMs = clock.elapsedMs();
  }

  /** What to tell of the end of the runtime's part; nothing the second time. */
  done(end: PhaseEnd): PlatformEvent | undefined {
    if (this.#told) return undefined;
    this.#told = true;
    return runtimeDone(this.invocation, end, this.#startMs, this.#clock);
  }
}
