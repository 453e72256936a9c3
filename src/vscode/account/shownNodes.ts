import type { AccountNode } from './accountNodes.ts';

/** The rows that the view was given last. VS Code draws only these very objects anew, others it does not know. */
export class ShownNodes {
  readonly #below = new WeakMap<AccountNode, readonly AccountNode[]>();
  #roots: readonly AccountNode[] = [];

  /** Remembers the rows below a row, at the top without one, instead of those that were there. */
  keep(parent: AccountNode | undefined, nodes: readonly AccountNode[]): void {
    if (parent === undefined) this.#roots = nodes;
    else this.#below.set(parent, nodes);
  }

  /** All rows, parents first. */
  *all(nodes: readonly AccountNode[] = this.#roots): Generator<AccountNode, void, undefined> {
    for (const node of nodes) {
      yield node;
      yield* this.all(this.#below.get(node) ?? []);
    }
  }
}
