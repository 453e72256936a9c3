/**
 * Finds entries that share their data with others, which only a bomb needs: 60,000 of them turn one megabyte into
 * gigabytes. Nothing is looked for while all data together fits into the archive, so that one entry with a wrong
 * offset does not spoil the sound one that it points into.
 * @param offsets where each entry's local header starts; `Infinity` for entries to leave out
 * @param ends where each entry's data ends at the earliest, in the same order
 * @param room bytes that all entries have together
 */
export function findOverlaps(offsets: Float64Array, ends: Float64Array, room: number): ReadonlySet<number> {
  const order: number[] = [];
  let used = 0;
  for (let entry = 0; entry < offsets.length; entry++) {
    const offset = offsets[entry] ?? Infinity;
    if (offset === Infinity) continue;
    order.push(entry);
    used += (ends[entry] ?? 0) - offset;
  }
  return used <= room ? new Set() : overlapping(order, offsets, ends);
}

/** Of entries at one offset the first is left alone; of others, the one that reaches into the next is to blame. */
function overlapping(order: number[], offsets: Float64Array, ends: Float64Array): Set<number> {
  const offsetOf = (entry: number | undefined) =>
    entry === undefined ? Infinity : (offsets[entry] ?? Infinity);
  order.sort((left, right) => offsetOf(left) - offsetOf(right)); // stable: ties stay in the archive's order
  const found = new Set<number>();
  let next = Infinity;
  for (let index = order.length - 1; index >= 0; index--) {
    const entry = order[index] ?? 0;
    const offset = offsetOf(entry);
    if (offset === offsetOf(order[index - 1]) || (ends[entry] ?? 0) > next) found.add(entry);
    if (offset !== offsetOf(order[index - 1])) next = offset;
  }
  return found;
}
