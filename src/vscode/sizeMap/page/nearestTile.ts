import { headingHeight, type Tile } from './treemapLayout.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** How much worse it is to go a pixel aside than one ahead. */
const asideFactor = 3;

/** The index of the tile that an arrow key leads to from another one; `undefined` at the edge. */
export function nearestTile(tiles: readonly Tile[], from: number, direction: Direction): number | undefined {
  const start = tiles[from];
  if (start === undefined) return undefined;
  const origin = span(start, direction);
  let best: { readonly index: number; readonly cost: number } | undefined;
  for (const [index, tile] of tiles.entries()) {
    const target = span(tile, direction);
    const ahead = target.near - origin.far;
    if (index === from || ahead < 0) continue;
    const aside = Math.max(0, target.start - origin.end, origin.start - target.end);
    const offCentre = Math.abs(target.start + target.end - origin.start - origin.end) / 1000;
    const cost = ahead + aside * asideFactor + offCentre;
    if (best === undefined || cost < best.cost) best = { index, cost };
  }
  return best?.index;
}

/** Where a tile begins and ends along a direction, and across it. An open tile is only where its heading is. */
interface Span {
  readonly near: number;
  readonly far: number;
  readonly start: number;
  readonly end: number;
}

function span(tile: Tile, direction: Direction): Span {
  const { x, y, width } = tile;
  const height = tile.isOpen ? headingHeight : tile.height;
  const [right, bottom] = [x + width, y + height];
  switch (direction) {
    case 'right':
      return { near: x, far: right, start: y, end: bottom };
    case 'left':
      return { near: -right, far: -x, start: y, end: bottom };
    case 'down':
      return { near: y, far: bottom, start: x, end: right };
    case 'up':
      return { near: -bottom, far: -y, start: x, end: right };
  }
}
