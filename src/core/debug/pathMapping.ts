import { posix, relative, resolve, sep } from 'node:path';
import type { RootPaths } from '../run/environmentVariables.ts';
import { stackId, type StackReferences } from '../opt/layerStack.ts';
import type { MergedView } from '../opt/mergedView.ts';
import type { OptAddress } from '../opt/optUri.ts';
import { type FunctionCode, isZipped } from '../run/functionCode.ts';

/** Where a path of the running function comes from on this machine. */
export type SourceLocation =
  | { readonly type: 'file'; readonly path: string }
  /** Inside a zip: only the merged view of a stack can show it. */
  | { readonly type: 'opt'; readonly stack: string; readonly path: string };

/** A file or a folder, with everything below it, of the editor and of the function. */
export interface PathPair {
  readonly local: string;
  readonly inside: string;
}

/** Which layer hides a file of another. */
export interface Shadow {
  /** Path below `/opt`. */
  readonly path: string;
  /** Position in the stack of the layer that wins, from 1. */
  readonly position: number;
  /** Its folder or zip. */
  readonly winner: string;
}

/**
 * Translates between the paths that a debugger sees inside the function and the files that are open in the editor.
 * By provenance: `/opt/x` belongs to the layer that supplies `x`, whatever the other layers hold.
 */
export class PathMapping {
  readonly #code: FunctionCode;
  readonly #view: MergedView;
  /** Ids of the stacks of the layers and, when that is a zip, of the code alone. */
  readonly #stackIds: { readonly opt: string; readonly task: string };
  /** Where the function's folders are for its process. */
  readonly root: RootPaths;

  constructor(view: MergedView, code: FunctionCode, root: RootPaths) {
    this.#view = view;
    this.#code = code;
    this.root = root;
    this.#stackIds = { opt: stackId(this.layerPaths), task: stackId([code.path]) };
  }

  /** The stacks whose merged views show what is inside zips. */
  get stacks(): StackReferences[] {
    return isZipped(this.#code) ? [this.layerPaths, [this.#code.path]] : [this.layerPaths];
  }

  /** Absolute paths of the layers whose view this is. */
  get layerPaths(): StackReferences {
    return this.#view.layers.map((layer) => layer.source.path);
  }

  /**
   * Where a file of the editor is inside the function; `undefined` when it is not there, or is shadowed. A file of a
   * layer whose folder is inside the code folder, or the other way round, belongs to the inner one.
   */
  toFunction(path: string): string | undefined {
    const inLayer = this.#layerPath(path);
    const inCode = below(this.#code.path, path);
    const isCode = inCode !== undefined && (inLayer === undefined || inCode.length < inLayer.length);
    if (isCode) return join(this.root.task, inCode);
    return inLayer === undefined ? undefined : join(this.root.opt, inLayer);
  }

  /** Where a path of a merged view is inside the function; `undefined` when that view is of none of its stacks. */
  optToFunction({ stack, path }: Pick<OptAddress, 'stack' | 'path'>): string | undefined {
    if (stack === this.#stackIds.opt) return join(this.root.opt, path);
    return stack === this.#stackIds.task && isZipped(this.#code) ? join(this.root.task, path) : undefined;
  }

  /**
   * The same as pairs of files and folders, for debuggers that translate paths themselves, the longest first, which
   * is what has to be tried first. A folder stands for all below it when one layer supplies all of that; else its
   * sources are named one by one. What is inside a zip is not there: the editor has no file for it.
   */
  pairs(isSource: RegExp): PathPair[] {
    const { path } = this.#code;
    const pairs: PathPair[] = isZipped(this.#code) ? [] : [{ local: path, inside: this.root.task }];
    const layer = this.#collect('', isSource, pairs);
    if (layer !== undefined) this.#pair('', layer, pairs);
    return pairs.sort((left, right) => right.local.length - left.local.length);
  }

  /** Which layer hides a file of the editor; `undefined` when none does, or the file is of no layer. */
  shadowOf(path: string): Shadow | undefined {
    if (this.toFunction(path) !== undefined) return undefined;
    for (const { source } of this.#view.layers) {
      const inLayer = source.format === 'folder' ? below(source.path, path) : undefined;
      const winner = inLayer === undefined ? undefined : this.#winner(inLayer);
      if (inLayer === undefined || winner === undefined) continue;
      const supplier = this.#view.layers[winner]?.source.path;
      if (supplier === undefined || supplier === source.path) continue;
      return { path: inLayer, position: winner + 1, winner: supplier };
    }
    return undefined;
  }

  /** The layer that shows at a path, or hides all that is below it by a file or a link in its way. */
  #winner(path: string): number | undefined {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const entry = this.#view.lookup(at);
      if (entry !== undefined && (at === path || entry.kind !== 'directory')) return entry.layer;
    }
    return undefined;
  }

  /**
   * The one layer that supplies everything below a directory; when there are several, adds the pairs for what is in
   * it, and returns `undefined`.
   */
  #collect(directory: string, isSource: RegExp, pairs: PathPair[]): number | undefined {
    const parts = (this.#view.list(directory) ?? []).map((entry) => ({
      path: entry.path,
      isNamed: entry.kind === 'directory' || isSource.test(entry.path),
      layer: entry.kind === 'directory' ? this.#collect(entry.path, isSource, pairs) : entry.layer,
    }));
    const [first] = parts;
    if (first === undefined) return this.#view.lookup(directory)?.layer;
    if (parts.every(({ layer }) => layer === first.layer)) return first.layer;
    for (const { path, isNamed, layer } of parts) {
      if (isNamed && layer !== undefined) this.#pair(path, layer, pairs);
    }
    return undefined;
  }

  #pair(path: string, layer: number, pairs: PathPair[]): void {
    const source = this.#view.layers[layer]?.source;
    if (source?.format !== 'folder') return;
    pairs.push({ local: resolve(source.path, path), inside: join(this.root.opt, path) });
  }

  /** The path below `/opt` that shows a file of a layer folder. */
  #layerPath(path: string): string | undefined {
    for (const [index, { source }] of this.#view.layers.entries()) {
      const inLayer = source.format === 'folder' ? below(source.path, path) : undefined;
      if (inLayer !== undefined && this.#view.lookup(inLayer)?.layer === index) return inLayer;
    }
    return undefined;
  }

  /** Where the file behind a path inside the function is; `undefined` for paths of neither code nor layers. */
  toSource(path: string): SourceLocation | undefined {
    const inTask = belowPosix(this.root.task, path);
    if (inTask !== undefined) return this.#inCode(inTask);
    const inOpt = belowPosix(this.root.opt, path);
    if (inOpt === undefined) return undefined;
    const winner = this.#view.lookup(inOpt);
    const source = winner === undefined ? undefined : this.#view.layers[winner.layer]?.source;
    if (source === undefined) return undefined;
    return source.format === 'folder'
      ? { type: 'file', path: resolve(source.path, inOpt) }
      : { type: 'opt', stack: this.#stackIds.opt, path: inOpt };
  }

  #inCode(path: string): SourceLocation {
    if (isZipped(this.#code)) return { type: 'opt', stack: this.#stackIds.task, path };
    return { type: 'file', path: resolve(this.#code.path, path) };
  }
}

/** The path from a folder to a file below it, with forward slashes. */
function below(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way) return undefined;
  return way.split(sep).join('/');
}

function belowPosix(folder: string, path: string): string | undefined {
  const isBelow = path.startsWith(`${folder}/`) && path.length > folder.length + 1;
  return isBelow ? path.slice(folder.length + 1) : undefined;
}

function join(root: string, path: string): string {
  return posix.join(root, path);
}
