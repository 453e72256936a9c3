import { toDisposable, type Disposable } from '../base/disposable.ts';

/** Where time comes from; tests put their own in. */
export interface TimeSource {
  /** Milliseconds since an arbitrary moment; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since 1970, as the `Lambda-Runtime-Deadline-Ms` header counts them. */
  epochMs(): number;
  /** Calls once, `ms` milliseconds from now, unless disposed before. */
  schedule(ms: number, callback: () => void): Disposable;
}

/** The computer's own time. */
export const systemTime: TimeSource = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  schedule: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return toDisposable(() => {
      clearTimeout(timer);
    });
  },
};

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
  armed: Disposable | undefined;
}

/**
 * A stopwatch with timers that a debugger can stop: while paused no time passes, so neither the init limit nor
 * the function's timeout runs out while somebody looks at a breakpoint, and reported durations leave the pause out.
 */
export class PausableClock {
  readonly #source: TimeSource;
  readonly #timers = new Set<Timer>();
  #pausedAtMs: number | undefined;
  #pausedTotalMs = 0;

  constructor(source: TimeSource = systemTime) {
    this.#source = source;
  }

  get paused(): boolean {
    return this.#pausedAtMs !== undefined;
  }

  /** Running milliseconds: only differences mean anything. */
  elapsedMs(): number {
    return (this.#pausedAtMs ?? this.#source.monotonicMs()) - this.#pausedTotalMs;
  }

  /** How long the clock has stood still, in milliseconds. */
  pausedMs(): number {
    const current = this.#pausedAtMs === undefined ? 0 : this.#source.monotonicMs() - this.#pausedAtMs;
    return this.#pausedTotalMs + current;
  }

  /** The wall clock, which no debugger stops, in milliseconds since 1970. */
  epochMs(): number {
    return this.#source.epochMs();
  }

  /** Stops time. Pausing a paused clock changes nothing. */
  pause(): void {
    if (this.#pausedAtMs !== undefined) return;
    this.#pausedAtMs = this.#source.monotonicMs();
    for (const timer of this.#timers) timer.armed?.dispose();
  }

  /** Lets time go on; each timer has left what it had when the clock was paused. */
  resume(): void {
    if (this.#pausedAtMs === undefined) return;
    this.#pausedTotalMs += this.#source.monotonicMs() - this.#pausedAtMs;
    this.#pausedAtMs = undefined;
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Calls once after `ms` running milliseconds, unless disposed before. */
  startTimer(ms: number, callback: () => void): Disposable {
    const timer: Timer = { dueMs: this.elapsedMs() + ms, callback, armed: undefined };
    this.#timers.add(timer);
    if (!this.paused) this.#arm(timer);
    return toDisposable(() => {
      this.#timers.delete(timer);
      timer.armed?.dispose();
    });
  }

  #arm(timer: Timer): void {
    timer.armed = this.#source.schedule(Math.max(0, timer.dueMs - this.elapsedMs()), () => {
      this.#fire(timer);
    });
  }

  #fire(timer: Timer): void {
    if (this.elapsedMs() < timer.dueMs) {
      this.#arm(timer); // Node's timers may come up to a millisecond early
      return;
    }
    this.#timers.delete(timer);
    timer.callback();
  }
}
