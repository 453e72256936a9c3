import type { StackReferences } from '../../core/opt/layerStack.ts';
import { resolvedPaths } from '../../core/workspace/workspaceFunction.ts';
import type { WorkspaceModel } from './workspaceModel.ts';

/** The stacks that the workspace describes: of its functions, and of each layer and each code alone. */
export async function describedStacks(model: WorkspaceModel): Promise<StackReferences[]> {
  await model.ready();
  const functions = model.functions().map(({ code, layers }) => ({ code, paths: resolvedPaths(layers) }));
  const layers = model.layers().map(({ path }) => path);
  const alone = functions.flatMap(({ code, paths }) => [...paths, ...(code === undefined ? [] : [code])]);
  return [...functions.map(({ paths }) => paths), ...[...layers, ...alone].map((path) => [path])];
}
