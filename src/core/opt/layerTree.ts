import { asBuffer } from '../base/asBuffer.ts';
import type { EntryKind } from '../layer/entry.ts';
import type { LayerSource } from '../layer/layerSource.ts';
import { checkName, type NameProblem } from './entryName.ts';
import { Slices } from './slices.ts';

/** An entry that is not in the tree, or not as it stands in the archive, and why. */
export interface EntryIssue {
  readonly entry: number;
  readonly issue: NameProblem | 'duplicate' | 'kindConflict' | 'belowNonDirectory' | 'special';
}

/** Number of a node in its tree; `root` is the layer itself. */
export type TreeNode = number;

const none = -1;
const slash = 0x2f;
const dot = 0x2e;
/** Entries inserted before the clock is looked at: less than a millisecond of work. */
const batch = 512;
/** Names up to this many bytes break no rule by their length alone; longer ones are left to `checkName`. */
const plainLength = 255;
/** FNV-1a's start and factor, as signed 32-bit numbers. */
const fnvBasis = 0x811c9dc5 | 0;
const fnvPrime = 0x01000193;
const kinds: readonly EntryKind[] = ['file', 'directory', 'link', 'special'];
const directory = kinds.indexOf('directory');

/**
 * The directory tree of one layer, in flat arrays: about 35 bytes a node besides the names, which stay where the
 * source keeps them. Look-ups hash a segment with its parent's number.
 */
export class LayerTree {
  static readonly root: TreeNode = 0;
  readonly source: LayerSource;

  readonly #names: Buffer;
  readonly #issues: EntryIssue[] = [];
  /** The first entry that is not inserted yet. */
  #next = 0;
  /** Where the bytes of the folder that the previous entry is in stand, with the slash at its end, and its node. */
  #folderStart = 0;
  #folderEnd = 0;
  #folder: TreeNode = LayerTree.root;

  #count = 1;
  #entry: Int32Array;
  #kind: Uint8Array;
  #nameStart: Uint32Array;
  #nameEnd: Uint32Array;
  #parent: Int32Array;
  #firstChild: Int32Array;
  #nextSibling: Int32Array;
  #hash: Int32Array;
  #table: Int32Array;
  /** Where in the table the last search that found nothing ended. */
  #freeSlot = 0;

  private constructor(source: LayerSource) {
    this.source = source;
    this.#names = asBuffer(source.entries.nameBytes);
    const capacity = Math.ceil(source.entries.count * 1.25) + 16;
    this.#entry = new Int32Array(capacity).fill(none, 0, 1);
    this.#kind = new Uint8Array(capacity).fill(directory, 0, 1);
    this.#nameStart = new Uint32Array(capacity);
    this.#nameEnd = new Uint32Array(capacity);
    this.#parent = new Int32Array(capacity);
    this.#firstChild = new Int32Array(capacity).fill(none, 0, 1);
    this.#nextSibling = new Int32Array(capacity).fill(none, 0, 1);
    this.#hash = new Int32Array(capacity);
    this.#table = new Int32Array(tableSize(capacity)).fill(none);
  }

  /**
   * Builds the tree in slices, so that a layer of 50,000 entries does not hold up anything else.
   * @throws the signal's reason once it was aborted
   */
  static async build(source: LayerSource, signal?: AbortSignal): Promise<LayerTree> {
    signal?.throwIfAborted();
    const slices = new Slices(signal);
    const tree = new LayerTree(source);
    while (tree.#next < source.entries.count) {
      if (slices.due()) await slices.pause();
      tree.#insertUpTo(Math.min(tree.#next + batch, source.entries.count));
    }
    return tree;
  }

  /** Entries that are not in the tree, or not as they stand in the archive. */
  get issues(): readonly EntryIssue[] {
    return this.#issues;
  }

  /** Nodes including the root. */
  get count(): number {
    return this.#count;
  }

  kind(node: TreeNode): EntryKind {
    return kinds[this.#kind[node] ?? directory] ?? 'directory';
  }

  isDirectory(node: TreeNode): boolean {
    return this.#kind[node] === directory;
  }

  /** The entry behind a node; `undefined` for a directory that the layer only implies by what is below it. */
  entry(node: TreeNode): number | undefined {
    const entry = this.#entry[node] ?? none;
    return entry === none ? undefined : entry;
  }

  name(node: TreeNode): string {
    return this.#names.toString('utf8', this.#nameStart[node], this.#nameEnd[node]);
  }

  /** Child nodes, newest first. */
  *children(node: TreeNode): Generator<TreeNode> {
    for (
      let child = this.#firstChild[node] ?? none;
      child !== none;
      child = this.#nextSibling[child] ?? none
    ) {
      yield child;
    }
  }

  /** The child whose name is `bytes[start..end)`, hashed by `hashSegment`; `undefined` when there is none. */
  child(
    parent: TreeNode,
    bytes: Uint8Array,
    start: number,
    end: number,
    segment: number,
  ): TreeNode | undefined {
    const found = this.#find(parent, bytes, start, end, mix(segment, parent));
    return found === none ? undefined : found;
  }

  #insertUpTo(last: number): void {
    const { entries } = this.source;
    const { nameBytes } = entries;
    for (; this.#next < last; this.#next++) {
      const entry = this.#next;
      const start = entries.nameStart(entry);
      const storedEnd = entries.nameEnd(entry);
      let end = storedEnd;
      while (end > start && nameBytes[end - 1] === slash) end--;
      if (this.#insertBesidePrevious(entry, nameBytes, start, end)) continue;
      const onlySlashes = start === end && end < storedEnd;
      const problem = onlySlashes ? 'absolute' : checkName(nameBytes, start, end);
      if (problem === undefined) this.#insert(entry, nameBytes, start, end);
      else this.#issues.push({ entry, issue: problem });
    }
  }

  /**
   * Archives list a folder's files one after the other: then the folder is known, and its name was judged before.
   * @returns whether the entry was dealt with; if not, it needs the long way
   */
  #insertBesidePrevious(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > plainLength) return false;
    const leafStart = start + this.#folderEnd - this.#folderStart;
    if (leafStart >= end) return false;
    for (let at = start, known = this.#folderStart; at < leafStart; at++, known++) {
      if (bytes[at] !== bytes[known]) return false;
    }
    const segment = hashPlainName(bytes, leafStart, end);
    if (segment === none) return false;
    this.#insertLeaf(this.#folder, entry, bytes, leafStart, end, segment);
    return true;
  }

  #insert(entry: number, bytes: Uint8Array, start: number, end: number): void {
    let parent = LayerTree.root;
    let segmentStart = start;
    for (let at = start; at <= end; at++) {
      if (at < end && bytes[at] !== slash) continue;
      const isSegment = at > segmentStart && !(at === segmentStart + 1 && bytes[segmentStart] === dot);
      if (isSegment) {
        if (at === end) {
          this.#folderStart = start;
          this.#folderEnd = segmentStart;
          this.#folder = parent;
          this.#insertLeaf(parent, entry, bytes, segmentStart, at, hashSegment(bytes, segmentStart, at));
          return;
        }
        const hash = mix(hashSegment(bytes, segmentStart, at), parent);
        let node = this.#find(parent, bytes, segmentStart, at, hash);
        if (node === none) node = this.#append(parent, none, directory, segmentStart, at, hash);
        else if (!this.isDirectory(node)) {
          // Extraction would have to write through a file or a link. It does not, so nothing below it exists.
          this.#issues.push({ entry, issue: 'belowNonDirectory' });
          return;
        }
        parent = node;
      }
      segmentStart = at + 1;
    }
  }

  #insertLeaf(
    parent: TreeNode,
    entry: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    segment: number,
  ): void {
    const kind = this.source.entries.kind(entry);
    if (kind === 'special') {
      this.#issues.push({ entry, issue: 'special' });
      return;
    }
    const hash = mix(segment, parent);
    const node = this.#find(parent, bytes, start, end, hash);
    if (node === none) {
      this.#append(parent, entry, kinds.indexOf(kind), start, end, hash);
      return;
    }
    const existing = this.kind(node);
    if ((existing === 'directory') !== (kind === 'directory')) {
      this.#issues.push({ entry, issue: 'kindConflict' }); // the first one stays: extraction cannot replace it
      return;
    }
    if (kind !== 'directory') this.#issues.push({ entry: this.#entry[node] ?? entry, issue: 'duplicate' });
    this.#entry[node] = entry;
    this.#kind[node] = kinds.indexOf(kind);
  }

  /** Adds a node that `#find` just did not find. */
  #append(parent: TreeNode, entry: number, kind: number, start: number, end: number, hash: number): TreeNode {
    const node = this.#count++;
    if (node === this.#entry.length) {
      this.#grow();
      this.#freeSlot = this.#emptySlot(hash);
    }
    this.#entry[node] = entry;
    this.#kind[node] = kind;
    this.#nameStart[node] = start;
    this.#nameEnd[node] = end;
    this.#parent[node] = parent;
    this.#firstChild[node] = none;
    this.#nextSibling[node] = this.#firstChild[parent] ?? none;
    this.#firstChild[parent] = node;
    this.#hash[node] = hash;
    this.#table[this.#freeSlot] = node;
    return node;
  }

  #find(parent: TreeNode, bytes: Uint8Array, start: number, end: number, hash: number): TreeNode {
    const mask = this.#table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const node = this.#table[slot] ?? none;
      if (node === none) {
        this.#freeSlot = slot;
        return none;
      }
      if (
        this.#hash[node] === hash &&
        this.#parent[node] === parent &&
        this.#named(node, bytes, start, end)
      ) {
        return node;
      }
    }
  }

  #named(node: TreeNode, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.source.entries.nameBytes;
    const ownStart = this.#nameStart[node] ?? 0;
    if ((this.#nameEnd[node] ?? 0) - ownStart !== end - start) return false;
    for (let at = start, other = ownStart; at < end; at++, other++)
      if (bytes[at] !== own[other]) return false;
    return true;
  }

  #emptySlot(hash: number): number {
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    while (this.#table[slot] !== none) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const capacity = this.#entry.length * 2;
    this.#entry = enlarged(this.#entry, new Int32Array(capacity));
    this.#kind = enlarged(this.#kind, new Uint8Array(capacity));
    this.#nameStart = enlarged(this.#nameStart, new Uint32Array(capacity));
    this.#nameEnd = enlarged(this.#nameEnd, new Uint32Array(capacity));
    this.#parent = enlarged(this.#parent, new Int32Array(capacity));
    this.#firstChild = enlarged(this.#firstChild, new Int32Array(capacity));
    this.#nextSibling = enlarged(this.#nextSibling, new Int32Array(capacity));
    this.#hash = enlarged(this.#hash, new Int32Array(capacity));
    this.#table = new Int32Array(tableSize(capacity)).fill(none);
    for (let node = 1; node < this.#count - 1; node++) {
      this.#table[this.#emptySlot(this.#hash[node] ?? 0)] = node;
    }
  }
}

/** FNV-1a over one path segment. */
export function hashSegment(bytes: Uint8Array, start: number, end: number): number {
  let hash = fnvBasis;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), fnvPrime);
  return hash;
}

/**
 * As `hashSegment`, for a name that is one segment which no rule forbids: no slash, no NUL, neither `.` nor `..`.
 * `none` for any other; a hash that happens to be the same only means a closer look.
 */
function hashPlainName(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= 2 && bytes[start] === dot) return none;
  let hash = fnvBasis;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === slash || byte === 0) return none;
    hash = Math.imul(hash ^ byte, fnvPrime);
  }
  return hash;
}

function mix(segment: number, parent: TreeNode): number {
  const mixed = Math.imul(segment ^ Math.imul(parent + 1, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** A power of two that leaves at least half of the slots free. */
function tableSize(nodes: number): number {
  return 2 ** Math.ceil(Math.log2(nodes * 2));
}

function enlarged<T extends Int32Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
