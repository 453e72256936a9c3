import { toDisposable, type Disposable } from '../../../../src/core/base/disposable.ts';
import type { TimeSource } from '../../../../src/core/emulator/clock.ts';

/** Time that passes when told to; timers fire in order of their due time. */
export class HandTime implements TimeSource {
  #nowMs = 0;
  readonly #timers = new Set<{ dueMs: number; callback: () => void }>();

  get armed(): number {
    return this.#timers.size;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  schedule(ms: number, callback: () => void): Disposable {
    const timer = { dueMs: this.#nowMs + ms, callback };
    this.#timers.add(timer);
    return toDisposable(() => void this.#timers.delete(timer));
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let timer = this.#due(endMs); timer !== undefined; timer = this.#due(endMs)) {
      this.#nowMs = timer.dueMs;
      this.#timers.delete(timer);
      timer.callback();
    }
    this.#nowMs = endMs;
  }

  #due(untilMs: number): { dueMs: number; callback: () => void } | undefined {
    return [...this.#timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}
