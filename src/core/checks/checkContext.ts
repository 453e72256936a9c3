import type { LayerTree } from '../opt/layerTree.ts';
import { MergedView, type OptEntry } from '../opt/mergedView.ts';
import { Slices } from '../opt/slices.ts';
import type { FamilyFinding, Place } from './finding.ts';

/** What to check. */
export interface CheckRequest {
  /** In the order in which Lambda extracts them. */
  readonly layers: readonly LayerTree[];
  /** The function's code, for `/var/task`. */
  readonly code?: LayerTree;
  /** Lambda's identifier such as `provided.al2023`. */
  readonly runtime?: string;
  /** `x86_64` or `arm64`. */
  readonly architecture?: string;
}

/** What a family of checks works with. */
export interface CheckContext extends CheckRequest {
  /** `/opt` as the function sees it. */
  readonly view: MergedView;
  /** `/var/task`, when the code is known. */
  readonly codeView: MergedView | undefined;
  readonly signal: AbortSignal | undefined;
  readonly slices: Slices;
  /** Layers and code, each with its place. */
  readonly sources: readonly { readonly place: Place; readonly tree: LayerTree }[];
}

/** Checks one thing, and reports what it finds. */
export type Check = (context: CheckContext, report: (finding: FamilyFinding) => void) => Promise<void>;

/** A file or link that a check looks at, with the view that it is part of. */
export interface CheckedFile {
  readonly view: MergedView;
  readonly entry: OptEntry;
  readonly place: Place;
}

/** Prepares what all families share. */
export function createContext(request: CheckRequest, signal?: AbortSignal): CheckContext {
  const { layers, code } = request;
  return {
    ...request,
    view: new MergedView(layers),
    codeView: code === undefined ? undefined : new MergedView([code]),
    signal,
    slices: new Slices(signal),
    sources: [
      ...layers.map((tree, place) => ({ place, tree })),
      ...(code === undefined ? [] : [{ place: 'code' as const, tree: code }]),
    ],
  };
}

/** The stored name of a file's entry, which fixes speak of. */
export function storedName({ view, entry }: CheckedFile): string {
  const entries = view.layers[entry.layer]?.source.entries;
  return entries === undefined || entry.entry === undefined ? entry.path : entries.name(entry.entry);
}

/** Whether a layer's entry is what `/opt` shows at its path, not shadowed by a later layer. */
export function isShown(view: MergedView, layer: number, entry: number, path: string): boolean {
  const shown = view.lookup(path);
  return shown !== undefined && shown.layer === layer && shown.entry === entry;
}
