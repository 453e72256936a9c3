import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { openLayer } from '../layer/layerSource.ts';
import { LayerTree } from './layerTree.ts';
import { MergedView } from './mergedView.ts';

/** Ordered layer references, made absolute; the identity of a merged view. */
export type StackReferences = readonly string[];

/**
 * A short id for an ordered stack, the same in every window: VS Code lower-cases a URI's authority, so it is
 * lower-case hexadecimal.
 */
export function stackId(references: StackReferences): string {
  return createHash('sha256').update(JSON.stringify(references)).digest('hex').slice(0, 16);
}

interface OpenLayer {
  readonly identity: string;
  readonly tree: Promise<LayerTree>;
}

/**
 * Opens layers once and shares them between stacks. A layer that changed on disk is opened again; the others of
 * its stack are not touched, and views handed out earlier stay as they were.
 */
export class LayerStore {
  readonly #open = new Map<string, OpenLayer>();

  /** The merged view of layers in order (absolute paths). @throws UserError as `openLayer` */
  async view(paths: readonly string[]): Promise<MergedView> {
    // One after the other: several trees built at a time would each take a slice of the same turn.
    const layers: LayerTree[] = [];
    for (const path of paths) layers.push(await this.tree(path));
    return new MergedView(layers);
  }

  /** One layer's tree. @throws UserError as `openLayer` */
  async tree(path: string): Promise<LayerTree> {
    const identity = await fileIdentity(path);
    const known = this.#open.get(path);
    if (known !== undefined && known.identity === identity) return known.tree;
    const tree = openLayer(path).then((source) => LayerTree.build(source));
    this.#open.set(path, { identity, tree });
    tree.catch(() => this.#forget(path, tree));
    return tree;
  }

  /** Makes the next use of a layer read it again; for folders, whose inner changes do not show from outside. */
  invalidate(path: string): void {
    this.#open.delete(path);
  }

  #forget(path: string, tree: Promise<LayerTree>): void {
    if (this.#open.get(path)?.tree === tree) this.#open.delete(path);
  }
}

async function fileIdentity(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return 'missing';
  return stats.isDirectory() ? 'folder' : `${stats.size}:${stats.mtimeMs}:${stats.ino}`;
}
