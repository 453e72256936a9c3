import { setImmediate } from 'node:timers/promises';

/** Longest stretch of work, in milliseconds, before the event loop gets its turn. */
const sliceMs = 12;

/**
 * Splits long synchronous work. Call `due` often, it costs next to nothing, and `pause` when it says so:
 * `if (slices.due()) await slices.pause();`
 */
export class Slices {
  readonly #signal: AbortSignal | undefined;
  #start = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  due(): boolean {
    return performance.now() - this.#start > sliceMs;
  }

  /** Lets everything else have its turn. @throws the signal's reason once it was aborted */
  async pause(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#start = performance.now();
  }
}
