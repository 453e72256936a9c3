import { limits } from '../layer/limits.ts';
import type { LayerTree } from './layerTree.ts';

/** What one layer or the code adds to the unzipped total, shadowed files included, in bytes. */
export function unzippedBytes(tree: LayerTree): number {
  const { entries } = tree.source;
  let sum = 0;
  for (let entry = 0; entry < entries.count; entry++) sum += entries.size(entry);
  return sum;
}

/** `3.2 of 250 MB`: megabytes as Lambda counts them, 262,144,000 bytes being 250. */
export function describeBudget(usedBytes: number): string {
  return `${formatMegabytes(usedBytes)} of ${formatMegabytes(limits.unzippedBytes)} MB`;
}

function formatMegabytes(bytes: number): string {
  const megabytes = bytes / (1024 * 1024);
  return megabytes >= 100 ? megabytes.toFixed(0) : megabytes.toFixed(1).replace(/\.0$/, '');
}
