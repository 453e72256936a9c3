import { LayerTree } from '../opt/layerTree.ts';
import { isReachable, searchPaths } from '../opt/searchPaths.ts';
import type { Check } from './checkContext.ts';
import type { FamilyFinding } from './finding.ts';

/** Layers of which Lambda itself finds nothing, most often because of one folder too many in the zip. */
export const checkSearchPaths: Check = (context, report) => {
  for (const [layer, tree] of context.layers.entries()) {
    const finding = checkRoot(tree);
    if (finding !== undefined) report({ ...finding, layer });
  }
  return Promise.resolve();
};

function checkRoot(tree: LayerTree): FamilyFinding | undefined {
  const roots = [...tree.children(LayerTree.root)];
  if (isReachable(roots.map((node) => tree.name(node)))) return undefined;
  if (roots.length === 0) {
    return {
      code: 'layerEmpty',
      severity: 'warning',
      message: 'The layer adds nothing to /opt.',
      help: 'Put files into it, or take it out of the stack.',
    };
  }
  const parent = roots.length === 1 ? roots[0] : undefined;
  const below = parent === undefined ? [] : [...tree.children(parent)].map((node) => tree.name(node));
  if (parent !== undefined && isReachable(below)) {
    const folder = tree.name(parent);
    return {
      code: 'parentFolder',
      severity: 'warning',
      path: folder,
      message:
        `Everything is inside the folder "${folder}", so that it arrives in /opt/${folder}, where no runtime looks; ` +
        `its content (${nameSome(below)}) would be found at the root.`,
      help: `Pack the content of "${folder}" instead of the folder.`,
      fix: { type: 'stripParent', folder },
    };
  }
  return {
    code: 'nothingReachable',
    severity: 'info', // a layer of plain data is fine: only its author can tell
    message: `No runtime finds anything of the layer by itself: its root has none of ${searchPaths.map(({ root }) => root).join(', ')}.`,
    help: 'Move the content into the folder for its runtime, unless the function opens it by its path in /opt.',
  };
}

function nameSome(names: readonly string[]): string {
  const shown = names.slice().sort().slice(0, 4).join(', ');
  return names.length > 4 ? `${shown}, …` : shown;
}
