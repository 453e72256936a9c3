import type { Disposable } from '../base/disposable.ts';
import type { PausableClock } from './clock.ts';
import type { FunctionSettings } from './functionSettings.ts';
import type { Invocation } from './invocation.ts';

/**
 * The `Event` invocations that failed and wait to be tried again: twice, under the same id (developer guide, "Error
 * handling").
 */
export class EventRetries {
  readonly #settings: Pick<FunctionSettings, 'eventRetryDelaysMs'>;
  readonly #clock: PausableClock;
  readonly #again: (invocation: Invocation) => void;
  readonly #waiting = new Map<Invocation, Disposable>();
  #isStopped = false;

  /** `again` is called when an invocation's time has come. */
  constructor(
    settings: Pick<FunctionSettings, 'eventRetryDelaysMs'>,
    clock: PausableClock,
    again: (invocation: Invocation) => void,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#again = again;
  }

  /** The invocation failed: there will be another attempt, unless it was the last one. */
  failed(invocation: Invocation): void {
    const delayMs = this.#settings.eventRetryDelaysMs[invocation.attempt - 1];
    if (delayMs === undefined || this.#isStopped) return;
    const retry = invocation.retry();
    retry.completed.promise.catch(() => undefined); // nobody waits for it
    const timer = this.#clock.startTimer(delayMs, () => {
      this.#waiting.delete(retry);
      this.#again(retry);
    });
    this.#waiting.set(retry, timer);
  }

  /** Fails those that wait, with this error; there are no more. */
  stop(error: Error): void {
    this.#isStopped = true;
    for (const [invocation, timer] of this.#waiting) {
      timer.dispose();
      invocation.fail(error);
    }
    this.#waiting.clear();
  }
}
