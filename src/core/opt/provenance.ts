import type { EntryKind } from '../layer/entry.ts';
import { type MergedView, type OptEntry } from './mergedView.ts';

/** One layer's version of a path. */
export interface Supplier {
  /** Position in the stack, from 0. */
  readonly layer: number;
  /** Absolute path of the layer's folder or zip. */
  readonly source: string;
  readonly kind: EntryKind;
  readonly size: number;
  readonly mode: number;
}

/** Layers that disagree about what a path is, or paths that differ only by letter case. */
export type Conflict =
  | { readonly type: 'kind'; readonly path: string; readonly suppliers: readonly Supplier[] }
  | { readonly type: 'case'; readonly paths: readonly string[] };

/** Who supplies a path of `/opt`, and what that hides. */
export interface Provenance {
  /** Path below `/opt`. */
  readonly path: string;
  readonly winner: Supplier | undefined;
  /** Last layer first. A directory under a directory is united, not shadowed. */
  readonly shadowed: readonly Supplier[];
  readonly conflicts: readonly Conflict[];
}

/** Explains one path; costs a look-up per layer and a listing of its folder. */
export function explainPath(view: MergedView, path: string): Provenance {
  const winner = view.lookup(path);
  const others = view.suppliers(path).filter((entry) => entry.layer !== winner?.layer);
  const describe = (entry: OptEntry): Supplier => ({
    layer: entry.layer,
    source: view.layers[entry.layer]?.source.path ?? '',
    kind: entry.kind,
    size: entry.size,
    mode: entry.mode,
  });
  const shadowed = others.filter((entry) => !(winner?.kind === 'directory' && entry.kind === 'directory'));
  return {
    path,
    winner: winner === undefined ? undefined : describe(winner),
    shadowed: shadowed.map(describe),
    conflicts: [...kindConflicts(path, winner, others, describe), ...caseConflicts(view, path)],
  };
}

function kindConflicts(
  path: string,
  winner: OptEntry | undefined,
  others: readonly OptEntry[],
  describe: (entry: OptEntry) => Supplier,
): Conflict[] {
  const all = winner === undefined ? others : [winner, ...others];
  const agree = all.every((entry) => entry.kind === all[0]?.kind);
  return agree ? [] : [{ type: 'kind', path, suppliers: all.map(describe) }];
}

function caseConflicts(view: MergedView, path: string): Conflict[] {
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const folded = path.toLowerCase();
  const paths = (view.list(parent) ?? [])
    .map((entry) => entry.path)
    .filter((sibling) => sibling.toLowerCase() === folded);
  return paths.length > 1 ? [{ type: 'case', paths }] : [];
}
