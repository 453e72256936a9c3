import { UserError } from '../../src/core/base/errors.ts';
import { checkLayers } from '../../src/core/checks/checkLayers.ts';
import { openLayer } from '../../src/core/layer/layerSource.ts';
import { LayerTree } from '../../src/core/opt/layerTree.ts';
import { resolveLinks } from '../../src/core/opt/links.ts';
import { MergedView } from '../../src/core/opt/mergedView.ts';

/** Entries of one archive that are read, and bytes that one of them may declare. */
const maxReads = 30;
const maxDeclaredBytes = 8 * 1024 * 1024;

/**
 * Does with a zip what the product does: opens, checks and lists it, follows its links and reads some of its files.
 * @returns whether it could be opened
 * @throws whatever is not a `UserError`, and an `Error` for a path that leads out of the layer
 */
export async function exploreZip(path: string): Promise<boolean> {
  const source = await openLayer(path).catch(onlyUserError);
  if (source === undefined) return false;
  const tree = await LayerTree.build(source);
  const view = new MergedView([tree]);
  await checkLayers({ layers: [tree], runtime: 'provided.al2023' });
  let reads = 0;
  for (const entry of view.walk()) {
    if (/(^|\/)\.\.(\/|$)|^\/|\0/.test(entry.path)) throw new Error(`The path ${entry.path} escapes.`);
    if (++reads > maxReads || entry.entry === undefined) continue;
    if (entry.kind === 'link') await resolveLinks(view, entry.path, 'follow').catch(onlyUserError);
    else if (entry.kind === 'file' && entry.size <= maxDeclaredBytes) {
      const content = await view.read(entry).catch(onlyUserError);
      if (content !== undefined && content.length !== entry.size) {
        throw new Error(`${entry.path} gave ${content.length} bytes instead of ${entry.size}.`);
      }
    }
  }
  return true;
}

function onlyUserError(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
  return undefined;
}
