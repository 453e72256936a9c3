import type { MergedView, OptEntry } from './mergedView.ts';

/** Where following a path through the merged view ends. */
export type Resolution =
  | { readonly status: 'found'; readonly entry: OptEntry }
  | { readonly status: 'missing'; readonly path: string }
  | { readonly status: 'outside'; readonly target: string }
  | { readonly status: 'loop'; readonly path: string };

/** How many links Linux follows in one path before it gives up (`ELOOP`). */
const maxLinks = 40;
const mountPoint = 'opt';

/** Whether the last segment of a path, when it is a link, is followed too. */
export type LastLink = 'follow' | 'keep';

/**
 * Follows the links on a path as a process on Lambda would, inside the merged view: relative targets from the
 * link's own folder, `..` after links have been followed, absolute targets below `/opt`. Targets elsewhere
 * (`/var/task`, `/usr`, …) end `outside`.
 */
export async function resolveLinks(view: MergedView, path: string, last: LastLink): Promise<Resolution> {
  let position = [mountPoint];
  let rest = split(path);
  let followed = 0;
  for (let segment = rest.shift(); segment !== undefined; segment = rest.shift()) {
    if (segment === '..') {
      position = position.slice(0, -1);
      continue;
    }
    const next = [...position, segment];
    if (next[0] !== mountPoint) return { status: 'outside', target: `/${[...next, ...rest].join('/')}` };
    const at = next.slice(1).join('/');
    const entry = view.lookup(at);
    if (entry === undefined || (entry.kind === 'file' && rest.length > 0)) {
      return { status: 'missing', path: [at, ...rest].join('/') };
    }
    if (entry.kind !== 'link' || (rest.length === 0 && last === 'keep')) {
      position = next;
      continue;
    }
    if (++followed > maxLinks) return { status: 'loop', path: at };
    const target = await view.readLink(entry);
    if (target.startsWith('/')) position = [];
    rest = [...split(target), ...rest];
  }
  if (position[0] !== mountPoint) return { status: 'outside', target: '/' };
  const end = position.slice(1).join('/');
  const entry = view.lookup(end);
  return entry === undefined ? { status: 'missing', path: end } : { status: 'found', entry };
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.');
}
