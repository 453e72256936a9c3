import { dirname, resolve } from 'node:path';
import { isRecord } from '../../base/json.ts';
import type {
  Template,
  TemplateFunction,
  TemplateLayer,
  TemplateLayerUse,
  TemplatePlace,
} from './template.ts';
import { definedFields, type Fields, listOf, numberOf, recordOf } from './fields.ts';
import type { TemplateDocument } from './templateDocument.ts';

/** Whether a document is a configuration of the Serverless Framework. */
export function isServerless({ value }: TemplateDocument): boolean {
  return isRecord(value) && isRecord(value['provider']) && value['service'] !== undefined;
}

/** Reads functions and layers of a `serverless.yml` (Serverless Framework, "Serverless.yml reference"). */
export function readServerless(document: TemplateDocument, place: TemplatePlace): Template {
  const config = recordOf(document.value);
  const layers = Object.entries(recordOf(config['layers'])).flatMap(([id, layer]) =>
    readLayer(id, recordOf(layer), document, place),
  );
  const provider = recordOf(config['provider']);
  const functions = Object.entries(recordOf(config['functions'])).map(([id, own]): TemplateFunction => {
    const fields: Fields = { ...provider, name: undefined, ...recordOf(own) }; // a provider's name is the cloud's
    return {
      id,
      line: document.lineOf(['functions', id]),
      attributes: attributesOf(id, fields, variablesOf(provider, recordOf(own)), config, place),
      layers: listOf(fields['layers']).map((layer) => useLayer(layer, layers)),
    };
  });
  return { functions, layers };
}

function attributesOf(
  id: string,
  fields: Fields,
  env: Readonly<Record<string, string>>,
  config: Fields,
  { file }: TemplatePlace,
): Fields {
  const artifact =
    known(recordOf(fields['package'])['artifact']) ?? known(recordOf(config['package'])['artifact']);
  const attributes = {
    code: resolve(dirname(file), artifact ?? '.'),
    handler: known(fields['handler']),
    runtime: known(fields['runtime']),
    architecture: known(fields['architecture']),
    functionName: known(fields['name']) ?? id,
    memorySize: numberOf(known(fields['memorySize'])),
    timeout: numberOf(known(fields['timeout'])),
    env: Object.keys(env).length === 0 ? undefined : env,
  };
  return definedFields(attributes);
}

function variablesOf(provider: Fields, own: Fields): Readonly<Record<string, string>> {
  const variables = { ...recordOf(provider['environment']), ...recordOf(own['environment']) };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => {
      const text = known(value);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

function readLayer(
  id: string,
  layer: Fields,
  document: TemplateDocument,
  { file }: TemplatePlace,
): TemplateLayer[] {
  const path = known(recordOf(layer['package'])['artifact']) ?? known(layer['path']);
  if (path === undefined) return [];
  return [{ id, path: resolve(dirname(file), path), line: document.lineOf(['layers', id]) }];
}

function useLayer(layer: unknown, layers: readonly TemplateLayer[]): TemplateLayerUse {
  const reference = known(layer);
  if (reference !== undefined) return { reference };
  const name = recordOf(layer)['Ref'];
  const local = layers.find(({ id }) => resourceOf(id) === name);
  if (local !== undefined) return { reference: local.path };
  return { reference: JSON.stringify(layer), problem: 'Which layer this is, only AWS knows.' };
}

/** What the framework calls a layer's resource: `tools` becomes `ToolsLambdaLayer`. */
function resourceOf(id: string): string {
  return `${id.charAt(0).toUpperCase()}${id.slice(1)}LambdaLayer`;
}

/** A simple value without variables of the framework (`${…}`), as text. */
function known(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  return text.includes('${') ? undefined : text;
}
