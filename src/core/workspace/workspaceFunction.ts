import { describeError } from '../base/errors.ts';
import { absolutePath, type ReferenceContext, resolveLayerReference } from '../layer/layerReference.ts';
import { isRecord } from '../base/json.ts';
import type { NamedTemplate } from './templates/template.ts';
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

/** The folders and zips of layers, in order, as far as their references can be resolved. */
export function resolvedPaths(layers: readonly LayerUse[]): string[] {
  return layers.flatMap(({ path }) => (path === undefined ? [] : [path]));
}

/** A function of the workspace: a launch configuration of type `lambda-runtime`, or a function of a template. */
export interface WorkspaceFunction {
  /** The function reference: the launch configuration's name, or `template.yaml#LogicalId`. */
  readonly name: string;
  /** The template that defines it, and the line there, from 1; absent for a launch configuration. */
  readonly definition?: { readonly file: string; readonly line: number };
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

/** Attributes of a launch configuration, as somebody wrote them. */
export type Configuration = Readonly<Record<string, unknown>>;

/** The `lambda-runtime` configurations of one workspace folder: those of launch.json, then those that templates make. */
export function ownConfigurations(
  launchConfigurations: unknown,
  templates: readonly NamedTemplate[],
): Configuration[] {
  const written = Array.isArray(launchConfigurations) ? launchConfigurations.filter(isRecord) : [];
  return [...written.filter((one) => one['type'] === debugType), ...templates.flatMap(configurationsOf)];
}

function configurationsOf({ name, template }: NamedTemplate): Configuration[] {
  return template.functions.map(({ attributes, id, layers }) => ({
    type: debugType,
    request: 'launch',
    name: `${name}#${id}`,
    ...attributes,
    layers: layers.map(({ reference }) => reference),
  }));
}

/** Finds the functions of one workspace folder; malformed configurations are passed over. */
export function readFunctions(
  launchConfigurations: unknown,
  templates: readonly NamedTemplate[],
  known: KnownLayers,
  variables: VariableContext,
): WorkspaceFunction[] {
  const own = ownConfigurations(launchConfigurations, templates);
  return own.flatMap((configuration) => {
    const base = own.find((one) => one['name'] === configuration['function']);
    const { name, code, layers, runtime } = { ...base, ...configuration };
    if (typeof name !== 'string') return [];
    const references = Array.isArray(layers) ? layers.filter((layer) => typeof layer === 'string') : [];
    const definition = definitionOf(name, templates);
    return [
      {
        name,
        ...(definition === undefined ? {} : { definition }),
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

function definitionOf(name: string, templates: readonly NamedTemplate[]): WorkspaceFunction['definition'] {
  for (const { file, name: templateName, template } of templates) {
    const found = template.functions.find(({ id }) => `${templateName}#${id}` === name);
    if (found !== undefined) return { file, line: found.line };
  }
  return undefined;
}

/** What templates know of layers: those whose content is here, and references that mean nothing here, with the reason. */
export function templateLayers(templates: readonly NamedTemplate[]): Pick<KnownLayers, 'named' | 'unknown'> {
  const uses = templates.flatMap(({ template }) => template.functions.flatMap(({ layers }) => layers));
  const unknown = uses.flatMap(({ problem, reference }) =>
    problem === undefined ? [] : [[reference, problem] as const],
  );
  return {
    named: templates.flatMap(({ template }) => template.layers.map(({ id, path }) => ({ name: id, path }))),
    unknown: new Map(unknown),
  };
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
