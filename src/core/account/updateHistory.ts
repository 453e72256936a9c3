import type { OrderChange } from './functionUpdate.ts';
import type { LambdaGateway } from './ports.ts';
import {
  applyDependents,
  undoChanges,
  type ApplyOptions,
  type DependentChange,
  type DependentResult,
} from './updateDependents.ts';

/** A change of one function that was made. */
export interface MadeChange extends OrderChange {
  readonly functionArn: string;
  /** What it was made with. */
  readonly gateway: LambdaGateway;
}

interface Entry {
  readonly gateway: LambdaGateway;
  /** What is still to be taken back. */
  changes: readonly DependentChange[];
}

/**
 * What this session did to functions' layers, so that it can be taken back: the previous ordered ARNs are kept in
 * memory only.
 */
export class UpdateHistory {
  readonly #entries: Entry[] = [];
  #made: readonly MadeChange[] = [];

  /** Every change, newest first; also those that were taken back since. */
  get made(): readonly MadeChange[] {
    return this.#made;
  }

  /** Remembers results; those that changed nothing are left out. */
  record(gateway: LambdaGateway, results: readonly DependentResult[]): void {
    const changes = undoChanges(results);
    if (changes.length === 0) return;
    this.#entries.push({ gateway, changes });
    const made = changes.map(({ function: name, functionArn, before, after }) => {
      return { function: name, functionArn, before: after, after: before, gateway };
    });
    this.#made = [...made, ...this.#made];
  }

  /** What taking back the newest update will do, for showing; `undefined` when there is nothing. */
  get next(): readonly DependentChange[] | undefined {
    return this.#entries.at(-1)?.changes;
  }

  /** What the newest update is taken back with. */
  get gateway(): LambdaGateway | undefined {
    return this.#entries.at(-1)?.gateway;
  }

  /**
   * Takes back the newest update: each function gets its previous order, unless somebody else has changed it since.
   * Never rejects. What failed, was not begun or may still be done stays to be taken back.
   */
  async undo(options: ApplyOptions): Promise<DependentResult[]> {
    const entry = this.#entries.pop();
    if (entry === undefined) return [];
    const results = await applyDependents(entry.gateway, entry.changes, options);
    const left = entry.changes.filter((_, index) =>
      ['failed', 'unknown', 'notStarted'].includes(results[index]?.status ?? ''),
    );
    if (left.length > 0) this.#entries.push({ ...entry, changes: left });
    return results;
  }
}
