import { describeError } from '../base/errors.ts';
import { absolutePath, type ReferenceContext, resolveLayerReference } from '../layer/layerReference.ts';
import { substituteFolders, type VariableContext } from './variables.ts';

/** Debug type of the launch configurations that make functions. */
export const debugType = 'lambda-runtime';

/** One layer of a function's stack, as the configuration names it. */
export interface LayerUse {
  readonly reference: string;
  /** Absolute path of the folder or zip; `undefined` when the reference cannot be resolved. */
  readonly path: string | undefined;
  readonly problem: string | undefined;
}

/** A function of the workspace: a launch configuration of type `lambda-runtime`. */
export interface WorkspaceFunction {
  /** The launch configuration's name, which is its function reference. */
  readonly name: string;
  /** The workspace folder that it belongs to. */
  readonly folder: string | undefined;
  /** Absolute path of the deployment package, when the configuration names one. */
  readonly code: string | undefined;
  /** In order, the last one wins. */
  readonly layers: readonly LayerUse[];
  /** Lambda's identifier, such as `provided.al2023`. */
  readonly runtime: string;
}

/** What the layer references of functions are read against, beside the folder. */
export type KnownLayers = Omit<ReferenceContext, 'folder'>;

/** Finds the functions among the launch configurations of one workspace folder; malformed ones are passed over. */
export function readFunctions(
  configurations: unknown,
  known: KnownLayers,
  variables: VariableContext,
): WorkspaceFunction[] {
  if (!Array.isArray(configurations)) return [];
  const own = configurations.filter(isRecord).filter((one) => one['type'] === debugType);
  return own.flatMap((configuration) => {
    const base = own.find((one) => one['name'] === configuration['function']);
    const { name, code, layers, runtime } = { ...base, ...configuration };
    if (typeof name !== 'string') return [];
    const references = Array.isArray(layers) ? layers.filter((layer) => typeof layer === 'string') : [];
    return [
      {
        name,
        folder: variables.folder,
        code:
          typeof code === 'string'
            ? pathOrNothing(substituteFolders(code, variables), variables.folder)
            : undefined,
        layers: references.map((reference) => useLayer(reference, known, variables)),
        runtime: typeof runtime === 'string' ? runtime : 'provided.al2023',
      },
    ];
  });
}

function useLayer(reference: string, known: KnownLayers, variables: VariableContext): LayerUse {
  try {
    const text = substituteFolders(reference, variables);
    return {
      reference,
      path: resolveLayerReference(text, { ...known, folder: variables.folder }),
      problem: undefined,
    };
  } catch (error) {
    return { reference, path: undefined, problem: describeError(error) };
  }
}

function pathOrNothing(path: string, folder: string | undefined): string | undefined {
  try {
    return absolutePath(path, folder);
  } catch {
    return undefined; // a relative path without a folder: the configuration's own check will say so
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
