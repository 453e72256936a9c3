import { hashSegment, LayerTree, type TreeNode } from './layerTree.ts';
import type { StackSizes } from './measureSizes.ts';

/** A place in a size map. */
export interface SizePlace {
  /** Number of the layer or the code in `StackSizes.parts`. */
  readonly part: number;
  /** Path below `/opt`, or below the code; `''` is the part itself. */
  readonly path: string;
}

/** The node at a place in its part's tree; `undefined` when there is none. */
export function nodeAt({ parts }: StackSizes, { part, path }: SizePlace): TreeNode | undefined {
  const tree = parts[part]?.tree;
  if (tree === undefined) return undefined;
  let node: TreeNode | undefined = LayerTree.root;
  for (const segment of path.split('/').filter((each) => each !== '')) {
    const name = Buffer.from(segment);
    node = tree.child(node, name, 0, name.length, hashSegment(name, 0, name.length));
    if (node === undefined) return undefined;
  }
  return node;
}

/** The directory at a place, or the nearest one above it that is there; `undefined` is the whole stack. */
export function nearestDirectory(sizes: StackSizes, place: SizePlace | undefined): SizePlace | undefined {
  if (place === undefined) return undefined;
  const { part, path } = place;
  const tree = sizes.parts[part]?.tree;
  if (tree === undefined) return undefined;
  const segments = path.split('/').filter((segment) => segment !== '');
  for (let depth = segments.length; depth > 0; depth--) {
    const candidate = { part, path: segments.slice(0, depth).join('/') };
    const node = nodeAt(sizes, candidate);
    if (node !== undefined && tree.isDirectory(node)) return candidate;
  }
  return { part, path: '' };
}
