import { openLayer } from '../../src/core/layer/layerSource.ts';
import { LayerTree } from '../../src/core/opt/layerTree.ts';
import { MergedView } from '../../src/core/opt/mergedView.ts';

/** Opens folders and zips as one stack. */
export async function openView(...paths: readonly string[]): Promise<MergedView> {
  return new MergedView(await Promise.all(paths.map(openTree)));
}

/** Opens one layer. */
export async function openTree(path: string): Promise<LayerTree> {
  return LayerTree.build(await openLayer(path));
}
