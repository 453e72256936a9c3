import { limits } from '../layer/limits.ts';
import type { LayerTree } from './layerTree.ts';

/** What one layer or the code adds to the unzipped total, shadowed files included, in bytes. */
export function unzippedBytes(tree: LayerTree): number {
  const { entries } = tree.source;
  let sum = 0;
  for (let entry = 0; entry < entries.count; entry++) sum += entries.size(entry);
  return sum;
}

/** `112 of 250 MB`, or `4.2 kB of 250 MB`: what is used of what Lambda allows for code and layers together. */
export function describeBudget(usedBytes: number): string {
  const used = formatBytes(usedBytes);
  const allowed = formatBytes(limits.unzippedBytes);
  return `${used.endsWith(' MB') ? used.slice(0, -' MB'.length) : used} of ${allowed}`;
}

/** `812 bytes`, `4.2 kB`, `112 MB`: in the powers of 1,024 that Lambda counts in, 262,144,000 bytes being 250 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'kB'] : [bytes / (1024 * 1024), 'MB'];
  return `${amount >= 100 ? amount.toFixed(0) : amount.toFixed(1).replace(/\.0$/, '')} ${unit}`;
}
