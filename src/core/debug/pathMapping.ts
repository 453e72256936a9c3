import { posix, relative, resolve, sep } from 'node:path';
import type { RootPaths } from '../run/environmentVariables.ts';
import type { MergedView } from '../opt/mergedView.ts';

/** Where a path of the running function comes from on this machine. */
export type SourceLocation =
  | { readonly type: 'file'; readonly path: string }
  /** Inside a zip: only the merged view can show it. `path` is below `/opt`. */
  | { readonly type: 'opt'; readonly path: string };

/**
 * Translates between the paths that a debugger sees inside the function and the files that are open in the editor.
 * By provenance: `/opt/x` belongs to the layer that supplies `x`, whatever the other layers hold.
 */
export class PathMapping {
  /** Absolute path of the function's code. */
  readonly codeFolder: string;
  readonly #view: MergedView;
  readonly #root: RootPaths;

  constructor(view: MergedView, codeFolder: string, root: RootPaths) {
    this.#view = view;
    this.codeFolder = codeFolder;
    this.#root = root;
  }

  /** Absolute paths of the layers whose view this is. */
  get layerPaths(): string[] {
    return this.#view.layers.map((layer) => layer.source.path);
  }

  /**
   * Where a file of the editor is inside the function; `undefined` when it is not there, or is shadowed. A file of a
   * layer whose folder is inside the code folder, or the other way round, belongs to the inner one.
   */
  toFunction(path: string): string | undefined {
    const inLayer = this.#layerPath(path);
    const inCode = below(this.codeFolder, path);
    const isCode = inCode !== undefined && (inLayer === undefined || inCode.length < inLayer.length);
    if (isCode) return join(this.#root.task, inCode);
    return inLayer === undefined ? undefined : join(this.#root.opt, inLayer);
  }

  /** Where a path of the merged view is inside the function. */
  optToFunction(path: string): string {
    return join(this.#root.opt, path);
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
    const inTask = belowPosix(this.#root.task, path);
    if (inTask !== undefined) return { type: 'file', path: resolve(this.codeFolder, inTask) };
    const inOpt = belowPosix(this.#root.opt, path);
    if (inOpt === undefined) return undefined;
    const winner = this.#view.lookup(inOpt);
    const source = winner === undefined ? undefined : this.#view.layers[winner.layer]?.source;
    if (source === undefined) return undefined;
    return source.format === 'folder'
      ? { type: 'file', path: resolve(source.path, inOpt) }
      : { type: 'opt', path: inOpt };
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
