import type { LayerEntries } from '../layer/entry.ts';

/** The path that an entry's stored name stands for: no empty or `.` segments, no slash at its end. */
export function entryPath(entries: LayerEntries, entry: number): string {
  return entries
    .name(entry)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}
