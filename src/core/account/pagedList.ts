import { abortable } from '../base/abortable.ts';
import { UserError } from '../base/errors.ts';
import type { Page, PageRequest } from './ports.ts';

/** Asks for one page of a listing. */
export type FetchPage<T> = (request: PageRequest) => Promise<Page<T>>;

/**
 * A listing that is read as far as somebody looks. What was read stays; a failed or cancelled page can be asked for
 * again and loses nothing.
 */
export class PagedList<T> {
  readonly #fetch: FetchPage<T>;
  #items: T[] = [];
  #next: string | undefined;
  #isComplete = false;
  #generation = 0;
  /** Settles when the page that is under way, if any, has come or failed. Never rejects. */
  #busy: Promise<void> | undefined;

  constructor(fetch: FetchPage<T>) {
    this.#fetch = fetch;
  }

  /** What has been read. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Whether that is all. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /**
   * Reads on until there are so many items, or no more. `onPage` hears of the number of items after each page.
   * Rejects as the gateway does, or with the signal's reason.
   */
  async ensure(
    count: number,
    {
      signal,
      onPage,
    }: { readonly signal?: AbortSignal | undefined; readonly onPage?: (items: number) => void } = {},
  ): Promise<readonly T[]> {
    while (!this.#isComplete && this.#items.length < count) {
      signal?.throwIfAborted();
      if (this.#busy !== undefined) {
        await abortable(this.#busy, signal); // somebody else's page serves us too; its failure is theirs
        continue;
      }
      await this.#load(signal);
      onPage?.(this.#items.length);
    }
    return this.#items;
  }

  /** Reads to the end. */
  all(
    options: { readonly signal?: AbortSignal | undefined; readonly onPage?: (items: number) => void } = {},
  ) {
    return this.ensure(Infinity, options);
  }

  /** Reads one page more. */
  async more(signal?: AbortSignal): Promise<readonly T[]> {
    return this.ensure(this.#items.length + 1, { signal });
  }

  /** Forgets everything; a page that is under way is thrown away. */
  reset(): void {
    this.#generation++;
    this.#items = [];
    this.#next = undefined;
    this.#isComplete = false;
    this.#busy = undefined;
  }

  /** Changes what has been read, for a change that is known without asking. */
  update(change: (items: readonly T[]) => readonly T[]): void {
    this.#items = [...change(this.#items)];
  }

  async #load(signal: AbortSignal | undefined): Promise<void> {
    const generation = this.#generation;
    const page = this.#fetch({ marker: this.#next, signal });
    const busy = page.then(nothing, nothing);
    this.#busy = busy;
    try {
      const { items, next } = await page;
      if (generation !== this.#generation) return;
      if (next !== undefined && next === this.#next) throw repeated();
      this.#items.push(...items);
      this.#next = next;
      this.#isComplete = next === undefined;
    } finally {
      if (this.#busy === busy) this.#busy = undefined;
    }
  }
}

/** Reads a whole listing that nobody needs to keep. */
export async function* eachItem<T>(
  fetch: FetchPage<T>,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  let marker: string | undefined;
  do {
    const page: Page<T> = await fetch({ marker, signal });
    yield* page.items;
    if (page.next !== undefined && page.next === marker) throw repeated();
    marker = page.next;
  } while (marker !== undefined);
}

/** Without this, a server that answers the same page for ever would be asked for ever. */
function repeated(): UserError {
  return new UserError(
    'ServiceFailed',
    'The server answered the same page of a listing twice.',
    'Refresh the view.',
  );
}

function nothing(): void {
  // whoever asked hears of it
}
