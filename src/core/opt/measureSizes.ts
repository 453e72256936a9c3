import { unzippedBytes } from './budget.ts';
import { hashSegment, LayerTree, type TreeNode } from './layerTree.ts';
import { Slices } from './slices.ts';

/** What the nodes of one layer, or of the code, take; arrays are addressed by the node's number in `tree`. */
export interface PartSizes {
  readonly kind: 'layer' | 'code';
  readonly tree: LayerTree;
  /** Bytes of a file or link, or of everything below a directory. */
  readonly bytes: Float64Array;
  /** The share of `bytes` that a later layer hides. */
  readonly shadowedBytes: Float64Array;
  /** Files and links at or below a node. */
  readonly files: Uint32Array;
  /** 1 where a later layer hides the node with everything below it. */
  readonly hidden: Uint8Array;
  /** What Lambda counts: all entries, also those that extraction replaces or refuses. */
  readonly totalBytes: number;
}

/** The sizes behind a size map. */
export interface StackSizes {
  /** The layers in order, then the code when it is known. */
  readonly parts: readonly PartSizes[];
  /** Bytes of all parts together. */
  readonly totalBytes: number;
}

/** A directory of a layer that is merged with one of the measured layer. */
interface Above {
  readonly tree: LayerTree;
  readonly node: TreeNode;
}

interface Visit {
  readonly node: TreeNode;
  readonly parent: TreeNode;
  readonly above: readonly Above[];
  readonly isHidden: boolean;
}

/**
 * Measures what each layer contributes, counted as Lambda counts: shadowed entries too. Takes a turn at a time, so
 * that a stack of 250,000 entries does not hold up anything else.
 * @throws the signal's reason once it was aborted
 */
export async function measureSizes(
  layers: readonly LayerTree[],
  code: LayerTree | undefined,
  signal?: AbortSignal,
): Promise<StackSizes> {
  signal?.throwIfAborted();
  const slices = new Slices(signal);
  const parts: PartSizes[] = [];
  for (const [position, tree] of layers.entries()) {
    parts.push({ kind: 'layer', ...(await measurePart(tree, layers.slice(position + 1), slices)) });
  }
  if (code !== undefined) parts.push({ kind: 'code', ...(await measurePart(code, [], slices)) });
  return { parts, totalBytes: parts.reduce((sum, part) => sum + part.totalBytes, 0) };
}

async function measurePart(
  tree: LayerTree,
  later: readonly LayerTree[],
  slices: Slices,
): Promise<Omit<PartSizes, 'kind'>> {
  const { entries } = tree.source;
  const parents = new Int32Array(tree.count);
  const bytes = new Float64Array(tree.count);
  const shadowedBytes = new Float64Array(tree.count);
  const files = new Uint32Array(tree.count);
  const hidden = new Uint8Array(tree.count);
  const above = later.map((one) => ({ tree: one, node: LayerTree.root }));
  const pending: Visit[] = [{ node: LayerTree.root, parent: LayerTree.root, above, isHidden: false }];
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const { node, isHidden } = visit;
    parents[node] = visit.parent;
    hidden[node] = isHidden ? 1 : 0;
    if (tree.isDirectory(node)) {
      for (const child of tree.children(node)) pending.push(visitChild(tree, visit, child));
    } else {
      const entry = tree.entry(node);
      const size = entry === undefined ? 0 : entries.size(entry);
      bytes[node] = size;
      shadowedBytes[node] = isHidden ? size : 0;
      files[node] = 1;
    }
    if (slices.due()) await slices.pause();
  }
  // A directory is numbered before what it holds, so that one pass backwards adds everything up.
  for (let node = tree.count - 1; node > LayerTree.root; node--) {
    const parent = parents[node] ?? LayerTree.root;
    bytes[parent] = (bytes[parent] ?? 0) + (bytes[node] ?? 0);
    shadowedBytes[parent] = (shadowedBytes[parent] ?? 0) + (shadowedBytes[node] ?? 0);
    files[parent] = (files[parent] ?? 0) + (files[node] ?? 0);
  }
  return { tree, bytes, shadowedBytes, files, hidden, totalBytes: unzippedBytes(tree) };
}

/** A later layer hides a path by anything there, except that a directory only unites with a directory. */
function visitChild(tree: LayerTree, parent: Visit, node: TreeNode): Visit {
  const hiddenBelow: Visit = { node, parent: parent.node, above: [], isHidden: true };
  if (parent.isHidden) return hiddenBelow;
  if (parent.above.length === 0) return { ...hiddenBelow, isHidden: false };
  const name = Buffer.from(tree.name(node));
  const hash = hashSegment(name, 0, name.length);
  const above: Above[] = [];
  for (const other of parent.above) {
    const same = other.tree.child(other.node, name, 0, name.length, hash);
    if (same === undefined) continue;
    if (!tree.isDirectory(node) || !other.tree.isDirectory(same)) return hiddenBelow;
    above.push({ tree: other.tree, node: same });
  }
  return { node, parent: parent.node, above, isHidden: false };
}
