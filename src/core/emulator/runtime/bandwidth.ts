import type { PausableClock } from '../clock.ts';

/** Lambda's rule for streams: 6 MiB at once, then 2 MiB a second, granted every 125 ms (Runtime Interface Emulator). */
const burstBytes = 6 * 1024 * 1024;
const bytesPerSecond = 2 * 1024 * 1024;
const refillMs = 125;

/** Says when the next part of a streamed response may be sent. Time is that of the function: a debugger stops it. */
export class Bandwidth {
  readonly #clock: PausableClock;
  #credit = burstBytes;
  #refilledAtMs: number;

  constructor(clock: PausableClock) {
    this.#clock = clock;
    this.#refilledAtMs = clock.elapsedMs();
  }

  /** Resolves when that many bytes may be sent. */
  async take(bytes: number): Promise<void> {
    this.#refill();
    while (this.#credit <= 0) {
      await new Promise<void>((resolve) => void this.#clock.startTimer(refillMs, resolve));
      this.#refill();
    }
    this.#credit -= bytes;
  }

  #refill(): void {
    const now = this.#clock.elapsedMs();
    const granted = ((now - this.#refilledAtMs) / 1000) * bytesPerSecond;
    this.#credit = Math.min(burstBytes, this.#credit + granted);
    this.#refilledAtMs = now;
  }
}
