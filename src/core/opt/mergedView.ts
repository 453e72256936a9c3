import { defaultModes, type EntryKind } from '../layer/entry.ts';
import { hashSegment, LayerTree, type TreeNode } from './layerTree.ts';

/** One path of the merged view. */
export interface OptEntry {
  /** Path below `/opt`, without a leading slash; `''` is `/opt` itself. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Permission bits (`0o7777`). */
  readonly mode: number;
  /** Bytes; of a link, the length of its target. */
  readonly size: number;
  /** Milliseconds since the epoch; 0 where the layer does not say. */
  readonly modified: number;
  /** Position in the stack of the layer that supplies it, from 0. */
  readonly layer: number;
  /** The layer's own entry; `undefined` for a directory that is only implied. */
  readonly entry: number | undefined;
}

/** One layer's answer to a path. */
interface Supply {
  readonly layer: number;
  readonly tree: LayerTree;
  readonly node: TreeNode;
}

interface NamedSupply extends Supply {
  readonly name: string;
}

const slash = 0x2f;
/** Folders remembered by a view; at about 300 bytes each. */
const maxFolders = 1024;

/**
 * What `/opt` holds once the layers are extracted in order: an immutable snapshot over the layers' own trees.
 * Nothing is merged ahead of time; each look-up goes through the layers from last to first as overlayfs does:
 * directories unite, anything else hides what is below it.
 */
export class MergedView {
  readonly layers: readonly LayerTree[];
  readonly #topDown: readonly Supply[];
  /** What supplies the folders that were looked into lately: the next question is mostly about one of them. */
  readonly #folders = new Map<string, readonly Supply[]>();

  constructor(layers: readonly LayerTree[], shown: readonly number[] = [...layers.keys()]) {
    this.layers = layers;
    this.#topDown = shown
      .map((layer) => ({ layer, tree: layerAt(layers, layer), node: LayerTree.root }))
      .reverse();
  }

  /** The entry at `path`, itself a link when it is one; links on the way are not followed. */
  lookup(path: string): OptEntry | undefined {
    const top = this.#supplies(path)[0];
    if (top === undefined) return path === '' ? emptyRoot : undefined;
    return describe(path, top);
  }

  /** What a directory holds, sorted by name in byte order; `undefined` when `path` is no directory. */
  list(path: string): OptEntry[] | undefined {
    const supplies = this.#supplies(path);
    const top = supplies[0];
    if (top === undefined) return path === '' ? [] : undefined;
    if (!top.tree.isDirectory(top.node)) return undefined;
    const prefix = path === '' ? '' : `${path}/`;
    return unite(supplies)
      .sort((left, right) => compareNames(left.name, right.name))
      .map((supply) => describe(prefix + supply.name, supply));
  }

  /** Everything below `path`, parents before their content. */
  *walk(path = ''): Generator<OptEntry> {
    for (const entry of this.list(path) ?? []) {
      yield entry;
      if (entry.kind === 'directory') yield* this.walk(entry.path);
    }
  }

  /** What each layer holds at `path`, last layer first, whether it shows or not. */
  suppliers(path: string): OptEntry[] {
    const bytes = Buffer.from(path);
    return this.#topDown.flatMap((layer) => descend([layer], bytes).map((supply) => describe(path, supply)));
  }

  /** One layer of the stack alone, as if it were the whole; every path keeps the layer's position. */
  only(layer: number): MergedView {
    return new MergedView(this.layers, [layer]);
  }

  /** The content of a file. @throws UserError as `LayerSource.read` */
  read(file: OptEntry, signal?: AbortSignal): Promise<Uint8Array> {
    if (file.entry === undefined) return Promise.reject(new RangeError(`/opt/${file.path} is a directory`));
    return layerAt(this.layers, file.layer).source.read(file.entry, signal);
  }

  /** Where a link points to, as stored. */
  readLink(link: OptEntry): Promise<string> {
    if (link.entry === undefined) return Promise.reject(new RangeError(`/opt/${link.path} is a directory`));
    return layerAt(this.layers, link.layer).source.readLink(link.entry);
  }

  /** Layers that take part in what `path` shows: one for a file or link, all that unite for a directory. */
  #supplies(path: string): readonly Supply[] {
    const lastSlash = path.lastIndexOf('/');
    if (lastSlash < 0) return descend(this.#topDown, Buffer.from(path));
    const supplies = this.#folderSupplies(path.slice(0, lastSlash));
    return descend(supplies, Buffer.from(path.slice(lastSlash + 1)));
  }

  #folderSupplies(folder: string): readonly Supply[] {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const supplies = descend(this.#topDown, Buffer.from(folder));
    if (this.#folders.size === maxFolders) this.#folders.clear();
    this.#folders.set(folder, supplies);
    return supplies;
  }
}

function layerAt(layers: readonly LayerTree[], layer: number): LayerTree {
  const tree = layers[layer];
  if (tree === undefined) throw new RangeError(`No layer ${layer}`);
  return tree;
}

/** Follows a path down from directories that unite, last layer first; empty when nothing is there. */
function descend(from: readonly Supply[], path: Uint8Array): readonly Supply[] {
  let active = from;
  let start = 0;
  for (let at = 0; at <= path.length && active.length > 0; at++) {
    if (at < path.length && path[at] !== slash) continue;
    if (at > start) active = step(active, path, start, at);
    start = at + 1;
  }
  return active;
}

/** What directories that unite show as one name: a file or link of one layer, or the directories of several. */
function step(active: readonly Supply[], path: Uint8Array, start: number, end: number): Supply[] {
  const hash = hashSegment(path, start, end);
  const next: Supply[] = [];
  for (const { layer, tree, node: parent } of active) {
    const node = tree.child(parent, path, start, end, hash);
    if (node === undefined) continue;
    const isDirectory = tree.isDirectory(node);
    if (isDirectory || next.length === 0) next.push({ layer, tree, node });
    if (!isDirectory) break; // hides everything below it, and is hidden by directories above it
  }
  return next;
}

/** What directories hold together, in no order; of one name, what the last layer has. */
function unite(supplies: readonly Supply[]): NamedSupply[] {
  const all: NamedSupply[] = [];
  const seen = supplies.length > 1 ? new Set<string>() : undefined;
  for (const { layer, tree, node: parent } of supplies) {
    for (const node of tree.children(parent)) {
      const name = tree.name(node);
      if (seen?.has(name)) continue;
      seen?.add(name);
      all.push({ layer, tree, node, name });
    }
  }
  return all;
}

function describe(path: string, { layer, tree, node }: Supply): OptEntry {
  const kind = tree.kind(node);
  const entry = tree.entry(node);
  if (entry === undefined) {
    return { path, kind, mode: defaultModes.directory, size: 0, modified: 0, layer, entry };
  }
  const { entries } = tree.source;
  return {
    path,
    kind,
    mode: entries.mode(entry),
    size: entries.size(entry),
    modified: entries.modified(entry),
    layer,
    entry,
  };
}

const emptyRoot: OptEntry = {
  path: '',
  kind: 'directory',
  mode: defaultModes.directory,
  size: 0,
  modified: 0,
  layer: 0,
  entry: undefined,
};

/**
 * Byte order of the names in UTF-8, which is what `readdir` on Lambda's file system and `LC_ALL=C ls` agree on,
 * without encoding them.
 */
export function compareNames(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const leftUnit = left.charCodeAt(at);
    const rightUnit = right.charCodeAt(at);
    if (leftUnit !== rightUnit) return rankOf(leftUnit) - rankOf(rightUnit);
  }
  return left.length - right.length;
}

/** UTF-8 sorts by code point. In UTF-16 the highest ones are written with surrogates, which are not the highest units. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
