/** The steps of packaging, in their order. */
export type PackagingPhase = 'scan' | 'compress' | 'write';

/**
 * How far packaging is. `scan` counts entries (its `total` is 0, as nobody knows it), `compress` bytes of content,
 * `write` bytes of the finished archive.
 */
export interface PackagingProgress {
  readonly phase: PackagingPhase;
  readonly done: number;
  readonly total: number;
  /** The entry being worked on, where there is one. */
  readonly path?: string;
}

/** The shortest time between two reports of one phase, in milliseconds. */
const interval = 100;

/** Passes on the first and the last report of each phase and, between them, at most ten a second. */
export class ProgressReporter {
  readonly #listener: ((progress: PackagingProgress) => void) | undefined;
  #phase: PackagingPhase | undefined;
  #reportedAt = 0;

  constructor(listener: ((progress: PackagingProgress) => void) | undefined) {
    this.#listener = listener;
  }

  report(progress: PackagingProgress): void {
    const now = performance.now();
    const isEdge = progress.phase !== this.#phase || progress.done === progress.total;
    if (!isEdge && now - this.#reportedAt < interval) return;
    this.#phase = progress.phase;
    this.#reportedAt = now;
    this.#listener?.(progress);
  }
}
