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
  readonly node: TreeNode;
}

const slash = 0x2f;

/**
 * What `/opt` holds once the layers are extracted in order: an immutable snapshot over the layers' own trees.
 * Nothing is merged ahead of time; each look-up goes through the layers from last to first as overlayfs does:
 * directories unite, anything else hides what is below it.
 */
export class MergedView {
  readonly layers: readonly LayerTree[];
  readonly #topDown: readonly Supply[];

  constructor(layers: readonly LayerTree[], shown: readonly number[] = [...layers.keys()]) {
    this.layers = layers;
    this.#topDown = shown.map((layer) => ({ layer, node: LayerTree.root })).reverse();
  }

  /** The entry at `path`, itself a link when it is one; links on the way are not followed. */
  lookup(path: string): OptEntry | undefined {
    const [top] = this.#supplies(path);
    if (top === undefined) return path === '' ? emptyRoot : undefined;
    return this.#describe(path, top);
  }

  /** What a directory holds, sorted by name in byte order; `undefined` when `path` is no directory. */
  list(path: string): OptEntry[] | undefined {
    const supplies = this.#supplies(path);
    const [top] = supplies;
    if (top === undefined) return path === '' ? [] : undefined;
    if (!this.#tree(top.layer).isDirectory(top.node)) return undefined;
    const found = new Map<string, Supply>();
    for (const { layer, node } of supplies) {
      const tree = this.#tree(layer);
      for (const child of tree.children(node)) {
        const name = tree.name(child);
        if (!found.has(name)) found.set(name, { layer, node: child });
      }
    }
    const prefix = path === '' ? '' : `${path}/`;
    return [...found]
      .sort(([left], [right]) => compareNames(left, right))
      .map(([name, supply]) => this.#describe(prefix + name, supply));
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
    return this.#topDown.flatMap(({ layer }) => {
      let node: TreeNode | undefined = LayerTree.root;
      for (const segment of segments(bytes)) {
        node = node === undefined ? undefined : this.#child({ layer, node }, bytes, segment);
      }
      return node === undefined ? [] : [this.#describe(path, { layer, node })];
    });
  }

  /** One layer of the stack alone, as if it were the whole; every path keeps the layer's position. */
  only(layer: number): MergedView {
    return new MergedView(this.layers, [layer]);
  }

  /** The content of a file. @throws UserError as `LayerSource.read` */
  read(file: OptEntry, signal?: AbortSignal): Promise<Uint8Array> {
    if (file.entry === undefined) return Promise.reject(new RangeError(`/opt/${file.path} is a directory`));
    return this.#tree(file.layer).source.read(file.entry, signal);
  }

  /** Where a link points to, as stored. */
  readLink(link: OptEntry): Promise<string> {
    if (link.entry === undefined) return Promise.reject(new RangeError(`/opt/${link.path} is a directory`));
    return this.#tree(link.layer).source.readLink(link.entry);
  }

  /** Layers that take part in what `path` shows: one for a file or link, all that unite for a directory. */
  #supplies(path: string): readonly Supply[] {
    const bytes = Buffer.from(path);
    let active = this.#topDown;
    for (const segment of segments(bytes)) {
      const next: Supply[] = [];
      for (const supply of active) {
        const tree = this.#tree(supply.layer);
        const node = tree.isDirectory(supply.node) ? this.#child(supply, bytes, segment) : undefined;
        if (node === undefined) continue;
        const shows = next.length === 0 || tree.isDirectory(node);
        if (shows) next.push({ layer: supply.layer, node });
        if (!tree.isDirectory(node)) break; // hides everything below it, and is hidden by directories above it
      }
      if (next.length === 0) return [];
      active = next;
    }
    return active;
  }

  #child(parent: Supply, bytes: Uint8Array, segment: Segment): TreeNode | undefined {
    return this.#tree(parent.layer).child(parent.node, bytes, segment.start, segment.end, segment.hash);
  }

  #describe(path: string, { layer, node }: Supply): OptEntry {
    const tree = this.#tree(layer);
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

  #tree(layer: number): LayerTree {
    const tree = this.layers[layer];
    if (tree === undefined) throw new RangeError(`No layer ${layer}`);
    return tree;
  }
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

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

function* segments(bytes: Uint8Array): Generator<Segment> {
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== slash) continue;
    if (at > start) yield { start, end: at, hash: hashSegment(bytes, start, at) };
    start = at + 1;
  }
}

/** Byte order, which is what `readdir` on Lambda's file system and `LC_ALL=C ls` agree on. */
export function compareNames(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}
