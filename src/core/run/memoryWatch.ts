import { treeMemory, type TreeMemory } from './memory.ts';

/** How much of the time may be spent on looking, and how many milliseconds may be saved for when it matters. */
const share = 0.02;
const savedMs = 10;

/**
 * The most memory that a process and its descendants used, found by looking now and then. A look reads files of
 * `/proc` for each process, which takes longer than an invocation of a quick function: looks that would take more than
 * their share of the time are left out.
 */
export class MemoryWatch {
  readonly pid: number;
  readonly #look: (pid: number) => TreeMemory;
  readonly #nowMs: () => number;
  #peakBytes = 0;
  #budgetMs = savedMs;
  #lookedAtMs: number;

  /** Tests bring what is looked at, and the time. */
  constructor(pid: number, look = treeMemory, nowMs = () => performance.now()) {
    this.pid = pid;
    this.#look = look;
    this.#nowMs = nowMs;
    this.#lookedAtMs = nowMs();
  }

  /** In bytes. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Looks, unless that was done too often recently. */
  glance(): void {
    const now = this.#nowMs();
    this.#budgetMs = Math.min(savedMs, this.#budgetMs + (now - this.#lookedAtMs) * share);
    this.#lookedAtMs = now;
    if (this.#budgetMs > 0) this.look();
  }

  /** Looks at the tree and returns the resident memory of all together now, in bytes. */
  look(): number {
    const startMs = this.#nowMs();
    const { residentBytes, highestBytes } = this.#look(this.pid);
    this.#budgetMs -= this.#nowMs() - startMs;
    this.#peakBytes = Math.max(this.#peakBytes, residentBytes, highestBytes);
    return residentBytes;
  }
}
