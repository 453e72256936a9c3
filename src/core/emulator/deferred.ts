/** A promise settled from outside. The first settlement counts; a rejection nobody awaits is not reported. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  #settle: { resolve: (value: T) => void; reject: (error: Error) => void } | undefined;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.promise.catch(() => undefined);
  }

  get settled(): boolean {
    return this.#settle === undefined;
  }

  resolve(value: T): void {
    this.#settle?.resolve(value);
    this.#settle = undefined;
  }

  reject(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = undefined;
  }
}
