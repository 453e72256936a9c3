import { sameContent, type LayerFile } from './compareContents.ts';
import { compareNames, type MergedView, type OptEntry } from './mergedView.ts';
import { Slices } from './slices.ts';

/** In what two entries of one path differ; times are never looked at. */
export type EntryChange = 'kind' | 'content' | 'target' | 'mode';

/** A path that both views have, differently. */
export interface ChangedEntry {
  readonly path: string;
  readonly left: OptEntry;
  readonly right: OptEntry;
  readonly changes: readonly EntryChange[];
}

/** What turns the left view into the right one. Every list is in the order of a walk: parents first, by name. */
export interface ViewComparison {
  readonly added: readonly OptEntry[];
  readonly removed: readonly OptEntry[];
  readonly changed: readonly ChangedEntry[];
  /** Bytes that the right view has more than the left one, unzipped; shadowed files do not count. */
  readonly sizeDelta: number;
}

interface Pair {
  readonly left: OptEntry | undefined;
  readonly right: OptEntry | undefined;
}

/**
 * Compares two merged views path by path. Files of zips are compared by size and checksum without inflating; files
 * of folders by their bytes, a piece at a time.
 * @throws UserError `PathNotFound` for a file of a folder that went away
 */
export async function compareViews(
  left: MergedView,
  right: MergedView,
  signal?: AbortSignal,
): Promise<ViewComparison> {
  const added: OptEntry[] = [];
  const removed: OptEntry[] = [];
  const changed: ChangedEntry[] = [];
  let sizeDelta = 0;
  for await (const pair of walkPairs(left, right, new Slices(signal))) {
    sizeDelta += (pair.right?.size ?? 0) - (pair.left?.size ?? 0);
    if (pair.left === undefined) {
      if (pair.right !== undefined) added.push(pair.right);
    } else if (pair.right === undefined) removed.push(pair.left);
    else {
      const changes = await changesOf(left, pair.left, right, pair.right, signal);
      if (changes.length > 0) {
        changed.push({ path: pair.left.path, left: pair.left, right: pair.right, changes });
      }
    }
  }
  return { added, removed, changed, sizeDelta };
}

/** All paths of both views, each once. A directory of only one side is followed on that side. */
async function* walkPairs(
  leftView: MergedView,
  rightView: MergedView,
  slices: Slices,
): AsyncGenerator<Pair, void> {
  const pending: Pair[][] = [pairUp(leftView.list('') ?? [], rightView.list('') ?? [])];
  for (let level = pending.at(-1); level !== undefined; level = pending.at(-1)) {
    const pair = level.pop();
    if (pair === undefined) {
      pending.pop();
      continue;
    }
    yield pair;
    if (slices.due()) await slices.pause();
    const { left, right } = pair;
    const below = (view: MergedView, entry: OptEntry | undefined): readonly OptEntry[] =>
      entry?.kind === 'directory' ? (view.list(entry.path) ?? []) : [];
    const pairs = pairUp(below(leftView, left), below(rightView, right));
    if (pairs.length > 0) pending.push(pairs);
  }
}

/** Joins two sorted lists by path; the result is sorted backwards, for taking from its end. */
function pairUp(left: readonly OptEntry[], right: readonly OptEntry[]): Pair[] {
  const pairs: Pair[] = [];
  let leftIndex = left.length - 1;
  let rightIndex = right.length - 1;
  while (leftIndex >= 0 || rightIndex >= 0) {
    const leftEntry = left[leftIndex];
    const rightEntry = right[rightIndex];
    const order = orderOf(leftEntry, rightEntry);
    pairs.push({ left: order >= 0 ? leftEntry : undefined, right: order <= 0 ? rightEntry : undefined });
    if (order >= 0) leftIndex--;
    if (order <= 0) rightIndex--;
  }
  return pairs;
}

function orderOf(left: OptEntry | undefined, right: OptEntry | undefined): number {
  if (left === undefined) return -1;
  return right === undefined ? 1 : compareNames(left.path, right.path);
}

async function changesOf(
  leftView: MergedView,
  left: OptEntry,
  rightView: MergedView,
  right: OptEntry,
  signal: AbortSignal | undefined,
): Promise<EntryChange[]> {
  if (left.kind !== right.kind) return ['kind'];
  const changes: EntryChange[] = [];
  const leftFile = fileOf(leftView, left);
  const rightFile = fileOf(rightView, right);
  if (left.kind === 'link') {
    if (!(await sameTarget(leftFile, rightFile))) changes.push('target');
    return changes; // the mode of a link has no meaning on Linux
  }
  if (left.kind === 'file' && leftFile !== undefined && rightFile !== undefined) {
    if (!(await sameContent(leftFile, rightFile, signal))) changes.push('content');
  }
  if (left.mode !== right.mode) changes.push('mode');
  return changes;
}

async function sameTarget(left: LayerFile | undefined, right: LayerFile | undefined): Promise<boolean> {
  if (left === undefined || right === undefined) return false;
  if (left.source === right.source && left.entry === right.entry) return true;
  const targets = await Promise.all([targetOf(left), targetOf(right)]);
  return targets[0] === targets[1];
}

/** A target that cannot be read is like another one that cannot be read for the same reason. */
async function targetOf({ source, entry }: LayerFile): Promise<string> {
  return source.readLink(entry).catch(() => `\0unreadable:${source.entries.problem(entry) ?? ''}`);
}

function fileOf(view: MergedView, { layer, entry }: OptEntry): LayerFile | undefined {
  const source = view.layers[layer]?.source;
  return source === undefined || entry === undefined ? undefined : { source, entry };
}
