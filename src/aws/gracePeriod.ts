/** A signal that follows another one some milliseconds later. */
export class GracePeriod {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #begin: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(caller: AbortSignal | undefined, milliseconds: number) {
    this.#caller = caller;
    this.#begin = () => {
      this.#timer = setTimeout(() => this.#controller.abort(), milliseconds);
    };
    if (caller?.aborted === true) this.#begin();
    else caller?.addEventListener('abort', this.#begin, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** To be called when nobody listens to the signal any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#begin);
  }
}
