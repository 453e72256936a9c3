import type { PagedList } from './pagedList.ts';

/** The part of a listing that is shown. */
export interface Matching<T> {
  readonly rows: readonly T[];
  /** Whether there are, or may be, more that match. */
  readonly hasMore: boolean;
}

/**
 * Reads a listing as far as it takes to show so many of the items that match, and no further.
 * Rejects as the gateway, or with the signal's reason.
 */
export async function readMatching<T>(
  list: PagedList<T>,
  request: {
    readonly count: number;
    readonly matches: (item: T) => boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Matching<T>> {
  const { count, matches, signal } = request;
  let rows: readonly T[];
  for (;;) {
    // All of them every time: what was read before may have been forgotten or changed meanwhile.
    rows = list.items.filter(matches);
    if (rows.length >= count || list.isComplete) break;
    await list.more(signal);
  }
  return { rows: rows.slice(0, count), hasMore: rows.length > count || !list.isComplete };
}
