/** Runs something at once when it is asked for, but not more often than once in a while; the last request counts. */
export class Throttle {
  readonly #intervalMs: number;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;
  #requested = false;

  /** @param intervalMs the least time between two runs, in milliseconds */
  constructor(intervalMs: number, run: () => void) {
    this.#intervalMs = intervalMs;
    this.#run = run;
  }

  request(): void {
    this.#requested = true;
    if (this.#timer === undefined) this.#next();
  }

  /** Runs what was requested and is still to come. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#requested) return;
    this.#requested = false;
    this.#run();
  }

  /** What was requested and is still to come never does. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#requested = false;
  }

  #next(): void {
    if (!this.#requested) return;
    this.#requested = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#next();
    }, this.#intervalMs);
    this.#run();
  }
}
