import type { PausableClock } from '../emulator/clock.ts';

/** Keeps a clock paused while there is at least one reason for it. */
export class PauseReasons {
  readonly #clock: PausableClock;
  readonly #reasons = new Set<symbol>();

  constructor(clock: PausableClock) {
    this.#clock = clock;
  }

  /** Adds a reason; the function that is returned takes it away, once. */
  add(): () => void {
    const reason = Symbol();
    this.#reasons.add(reason);
    this.#clock.pause();
    return () => {
      if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#clock.resume();
    };
  }
}
