import { LayerTree, type TreeNode } from './layerTree.ts';
import type { MergedView } from './mergedView.ts';
import { explainPath, type Conflict } from './provenance.ts';
import { Slices } from './slices.ts';

/** A layer's node at the path that is looked at. */
interface Place {
  readonly layer: number;
  readonly node: TreeNode;
}

/**
 * Every path whose kind the layers do not agree on, and every group of names in one folder that differ only by
 * letter case. What is hidden by a file or link of a later layer is not looked into.
 */
export async function* findConflicts(view: MergedView, signal?: AbortSignal): AsyncGenerator<Conflict> {
  const slices = new Slices(signal);
  const roots = view.layers.map((_, layer) => ({ layer, node: LayerTree.root })).reverse();
  const pending: { path: string; places: readonly Place[] }[] = [{ path: '', places: roots }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const prefix = next.path === '' ? '' : `${next.path}/`;
    const children = await childrenOf(view, next.places, slices);
    const byFoldedName = new Map<string, string[]>();
    for (const [name, places] of children) {
      if (slices.due()) await slices.pause();
      const path = prefix + name;
      if (kindsDiffer(view, places)) {
        yield* explainPath(view, path).conflicts.filter((conflict) => conflict.type === 'kind');
      }
      collect(byFoldedName, name);
      const directories = uniting(view, places);
      if (directories.length > 0) pending.push({ path, places: directories });
    }
    for (const names of byFoldedName.values()) {
      if (names.length > 1) yield { type: 'case', paths: names.sort().map((name) => prefix + name) };
    }
  }
}

async function childrenOf(
  view: MergedView,
  places: readonly Place[],
  slices: Slices,
): Promise<Map<string, Place[]>> {
  const children = new Map<string, Place[]>();
  for (const { layer, node } of places) {
    const tree = view.layers[layer];
    if (tree === undefined) continue;
    for (const child of tree.children(node)) {
      if (slices.due()) await slices.pause();
      const name = tree.name(child);
      const known = children.get(name);
      if (known === undefined) children.set(name, [{ layer, node: child }]);
      else known.push({ layer, node: child });
    }
  }
  return children;
}

function kindsDiffer(view: MergedView, places: readonly Place[]): boolean {
  const [first] = places;
  if (first === undefined || places.length === 1) return false;
  const kind = view.layers[first.layer]?.kind(first.node);
  return places.some(({ layer, node }) => view.layers[layer]?.kind(node) !== kind);
}

/** The directories that unite at a path: all down to the first layer that has something else there. */
function uniting(view: MergedView, places: readonly Place[]): readonly Place[] {
  const end = places.findIndex(({ layer, node }) => view.layers[layer]?.isDirectory(node) !== true);
  return end === -1 ? places : places.slice(0, end);
}

function collect(byFoldedName: Map<string, string[]>, name: string): void {
  const folded = name.toLowerCase();
  const known = byFoldedName.get(folded);
  if (known === undefined) byFoldedName.set(folded, [name]);
  else known.push(name);
}
