import { hierarchy, treemap, type HierarchyRectangularNode } from 'd3-hierarchy';
import type { SizeModel } from './sizeModel.ts';

/** A rectangle, in pixels from the upper left corner of the map. */
export interface Tile {
  /** Index of the node that it shows and that activating it means. */
  readonly node: number;
  /** The node's label, behind those of the folders above it that hold nothing else. */
  readonly label: string;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether other tiles lie in it, below a heading; else it is filled by its own label. */
  readonly isOpen: boolean;
}

/** Height of the heading of a rectangle that shows its content, in pixels. */
export const headingHeight = 20;

const gap = 2;
/** Smaller ones show no content, and still smaller ones are not drawn. */
const smallest = { open: { width: 36, height: 44 }, drawn: { width: 3, height: 3 } } as const;

/** A node with the folders above it that hold nothing else. */
interface Box {
  readonly node: number;
  readonly label: string;
}

/** Lays out what a map shows; parents come before what lies in them. */
export function layoutTreemap(model: SizeModel, width: number, height: number): Tile[] {
  const root = hierarchy<Box>({ node: 0, label: '' }, ({ node }) => boxesIn(model, node)).sum(({ node }) =>
    (model.children[node]?.length ?? 0) === 0 ? model.node(node).bytes : 0,
  );
  const laidOut = treemap<Box>()
    .size([width, height])
    .paddingInner(gap)
    .paddingOuter((box) => (box.depth === 0 ? 0 : gap))
    .paddingTop((box) => (box.depth === 0 ? 0 : headingHeight))
    .round(true)(root);
  const tiles: Tile[] = [];
  const pending = [...(laidOut.children ?? [])].reverse();
  for (let box = pending.pop(); box !== undefined; box = pending.pop()) {
    const tile = tileOf(box);
    if (!isAtLeast(tile, smallest.drawn)) continue;
    tiles.push(tile);
    if (tile.isOpen) pending.push(...[...(box.children ?? [])].reverse());
  }
  return tiles;
}

function boxesIn(model: SizeModel, node: number): Box[] {
  const visible = (model.children[node] ?? []).filter((child) => model.node(child).bytes > 0);
  return visible.map((child) => compactBox(model, child));
}

/** As the explorer's compact folders: `nodejs/node_modules/greeting` takes one heading instead of three. */
function compactBox(model: SizeModel, first: number): Box {
  const labels = [model.label(first)];
  let node = first;
  for (;;) {
    const [only, ...others] = model.children[node] ?? [];
    const goesOn = only !== undefined && others.length === 0 && model.node(only).kind === 'directory';
    if (!goesOn || model.node(node).kind !== 'directory') return { node, label: labels.join('/') };
    labels.push(model.label(only));
    node = only;
  }
}

function tileOf(box: HierarchyRectangularNode<Box>): Tile {
  const size = { width: box.x1 - box.x0, height: box.y1 - box.y0 };
  return {
    ...box.data,
    ...size,
    level: box.depth,
    x: box.x0,
    y: box.y0,
    isOpen: box.children !== undefined && isAtLeast(size, smallest.open),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function isAtLeast(size: Size, { width, height }: Size): boolean {
  return size.width >= width && size.height >= height;
}
