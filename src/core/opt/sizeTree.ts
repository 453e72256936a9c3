import { LayerTree, type TreeNode } from './layerTree.ts';
import type { PartSizes, StackSizes } from './measureSizes.ts';
import { nodeAt, type SizePlace } from './sizePlace.ts';

/** A rectangle of the size map. */
export interface SizeNode {
  /**
   * `smaller` stands for what is too small in a directory to be a node each; `unplaced` for entries of a layer that
   * count although extraction replaces or refuses them.
   */
  readonly kind: 'stack' | 'layer' | 'code' | 'directory' | 'file' | 'link' | 'smaller' | 'unplaced';
  /** Last segment of its path; empty for all but directories, files and links. */
  readonly name: string;
  /** Index of the node that holds it, always a lower one; -1 for the first. */
  readonly parent: number;
  /** Number of its layer or the code in `StackSizes.parts`; -1 for the stack itself. */
  readonly part: number;
  readonly bytes: number;
  /** The share of `bytes` that a later layer hides. */
  readonly shadowedBytes: number;
  /** Whether a later layer hides it with everything below it. */
  readonly isShadowed: boolean;
  /** Files and links at or below it. */
  readonly files: number;
}

/** As many rectangles as a page draws at once without a pause, and more than a person looks at. */
const defaultLimit = 2000;

interface Top {
  readonly part: PartSizes;
  readonly index: number;
  readonly node: TreeNode;
}

/** Whether a node of this size is among the largest; asked once for each, parents first. */
type Fits = (bytes: number) => boolean;

/**
 * The size map of a stack, or of one directory of it: the `limit` largest entries, parents before their content,
 * and for each directory the sum of what else it holds. The bytes below a node always add up to its own.
 * @param place a directory that is there; see `nearestDirectory`
 */
export function sizeTree(sizes: StackSizes, place?: SizePlace, limit: number = defaultLimit): SizeNode[] {
  const { parts } = sizes;
  const nodes: SizeNode[] = [];
  const tops = place === undefined ? parts.map(partTop) : placeTop(sizes, place);
  const fits = amongLargest(tops, limit);
  if (place === undefined) nodes.push(stackNode(sizes));
  for (const top of tops) addTree(nodes, top, { parent: place === undefined ? 0 : -1, fits });
  return nodes;
}

function partTop(part: PartSizes, index: number): Top {
  return { part, index, node: LayerTree.root };
}

function placeTop(sizes: StackSizes, place: SizePlace): Top[] {
  const part = sizes.parts[place.part];
  const node = nodeAt(sizes, place);
  if (part === undefined || node === undefined) throw new RangeError(`Nothing is at ${place.path}`);
  return [{ part, index: place.part, node }];
}

/** What holds a node is at least as large, and asked first: the largest always hang together. */
function amongLargest(tops: readonly Top[], limit: number): Fits {
  const below: number[] = [];
  for (const { part, node } of tops) {
    for (const one of nodesBelow(part.tree, node)) below.push(part.bytes[one] ?? 0);
  }
  if (below.length <= limit) return () => true;
  const sorted = Float64Array.from(below).sort();
  const smallest = sorted[sorted.length - limit] ?? 0;
  let roomForSmallest = limit - sorted.filter((bytes) => bytes > smallest).length;
  return (bytes) => bytes > smallest || (bytes === smallest && roomForSmallest-- > 0);
}

function* nodesBelow(tree: LayerTree, top: TreeNode): Generator<TreeNode> {
  const pending = [top];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const child of tree.children(node)) {
      yield child;
      pending.push(child);
    }
  }
}

function stackNode({ parts, totalBytes }: StackSizes): SizeNode {
  const ofRoots = (pick: (part: PartSizes) => number | undefined) =>
    parts.reduce((sum, part) => sum + (pick(part) ?? 0), 0);
  return {
    ...{ kind: 'stack', name: '', parent: -1, part: -1, isShadowed: false },
    bytes: totalBytes,
    shadowedBytes: ofRoots((part) => part.shadowedBytes[LayerTree.root]),
    files: ofRoots((part) => part.files[LayerTree.root]),
  };
}

function addTree(nodes: SizeNode[], top: Top, { parent, fits }: { parent: number; fits: Fits }): void {
  const { tree } = top.part;
  const pending = [{ node: top.node, parent }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    const index = nodes.push(sizeNode(top, node, next.parent)) - 1;
    if (node === LayerTree.root) addUnplaced(nodes, top, index);
    const children = [...tree.children(node)].reverse(); // in the archive's order
    const shown = children.filter((child) => fits(top.part.bytes[child] ?? 0));
    const isCut = shown.length > 0 || node === top.node; // else the directory is shown whole
    if (isCut && shown.length < children.length) addSmaller(nodes, top, { children, shown, parent: index });
    shown.sort((left, right) => (top.part.bytes[left] ?? 0) - (top.part.bytes[right] ?? 0) || right - left);
    for (const child of shown) pending.push({ node: child, parent: index }); // the largest is taken first
  }
}

function sizeNode({ part, index }: Top, node: TreeNode, parent: number): SizeNode {
  const isPart = node === LayerTree.root;
  const kind = part.tree.kind(node);
  return {
    kind: isPart ? part.kind : kind === 'special' ? 'file' : kind,
    name: isPart ? '' : part.tree.name(node),
    parent,
    part: index,
    bytes: isPart ? part.totalBytes : (part.bytes[node] ?? 0),
    shadowedBytes: part.shadowedBytes[node] ?? 0,
    isShadowed: part.hidden[node] === 1,
    files: part.files[node] ?? 0,
  };
}

function addUnplaced(nodes: SizeNode[], { part, index }: Top, parent: number): void {
  const bytes = part.totalBytes - (part.bytes[LayerTree.root] ?? 0);
  if (bytes === 0) return;
  nodes.push({
    ...{ kind: 'unplaced', name: '', parent, part: index, bytes },
    ...{ shadowedBytes: 0, isShadowed: false, files: 0 },
  });
}

interface Family {
  readonly children: readonly TreeNode[];
  readonly shown: readonly TreeNode[];
  readonly parent: number;
}

function addSmaller(nodes: SizeNode[], { part, index }: Top, { children, shown, parent }: Family): void {
  const isShown = new Set(shown);
  const left = children.filter((child) => !isShown.has(child));
  const sum = (values: Float64Array | Uint32Array) =>
    left.reduce((total, child) => total + (values[child] ?? 0), 0);
  nodes.push({
    ...{ kind: 'smaller', name: '', parent, part: index },
    bytes: sum(part.bytes),
    shadowedBytes: sum(part.shadowedBytes),
    isShadowed: left.every((child) => part.hidden[child] === 1),
    files: sum(part.files),
  });
}
