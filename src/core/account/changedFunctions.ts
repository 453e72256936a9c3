import type { FunctionSummary } from './ports.ts';

/**
 * What functions became by changes that are known without asking, for listings that were asked for before and come
 * after: they tell how it was.
 */
export class ChangedFunctions {
  readonly #known = new Map<string, { readonly layers: FunctionSummary['layers']; readonly time: number }>();
  #now = 0;

  /** Counts changes; to be kept when something is asked. */
  get now(): number {
    return this.#now;
  }

  note({ arn, layers }: Pick<FunctionSummary, 'arn' | 'layers'>): void {
    this.#now += 1;
    this.#known.set(arn, { layers, time: this.#now });
  }

  /** A function as it was answered to what was asked at a time, with what has changed since. */
  newer(answered: FunctionSummary, asked: number): FunctionSummary {
    const known = this.#known.get(answered.arn);
    return known !== undefined && known.time > asked ? { ...answered, layers: known.layers } : answered;
  }

  clear(): void {
    this.#known.clear();
  }
}
