/** Keeps the order in which events were asked for, though some take longer to be read than others. */
export class SendOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves with what was prepared, after everything whose turn was taken before. Rejects as `prepared` does. */
  take<T>(prepared: Promise<T>): Promise<T> {
    const mine = this.#last.then(() => prepared);
    prepared.catch(() => undefined); // rejects through `mine`, maybe later
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
