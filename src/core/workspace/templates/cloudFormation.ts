import { dirname, join, resolve } from 'node:path';
import { isRecord } from '../../base/json.ts';
import { definedFields, type Fields as Properties, listOf, numberOf, recordOf } from './fields.ts';
import { evaluate, type TemplateScope, textOf } from './intrinsics.ts';
import type {
  Template,
  TemplateFunction,
  TemplateLayer,
  TemplateLayerUse,
  TemplatePlace,
} from './template.ts';
import type { TemplateDocument } from './templateDocument.ts';

const functionTypes = ['AWS::Serverless::Function', 'AWS::Lambda::Function'];
const layerTypes = ['AWS::Serverless::LayerVersion', 'AWS::Lambda::LayerVersion'];

/** Whether a document is a CloudFormation template; so are those of SAM and what the CDK synthesizes. */
export function isCloudFormation({ value }: TemplateDocument): boolean {
  return isRecord(value) && isRecord(value['Resources']);
}

/** Reads functions and layers of a CloudFormation, SAM or synthesized CDK template. */
export function readCloudFormation(document: TemplateDocument, place: TemplatePlace): Template {
  return new CloudFormationReader(document, place).read();
}

class CloudFormationReader {
  readonly #document: TemplateDocument;
  readonly #place: TemplatePlace;
  readonly #scope: TemplateScope;
  readonly #globals: Properties;

  constructor(document: TemplateDocument, place: TemplatePlace) {
    this.#document = document;
    this.#place = place;
    const template = recordOf(document.value);
    this.#scope = {
      parameters: recordOf(template['Parameters']),
      resources: recordOf(template['Resources']),
    };
    this.#globals = recordOf(recordOf(template['Globals'])['Function']);
  }

  read(): Template {
    const resources = Object.entries(this.#scope.resources);
    const ofTypes = (types: readonly string[]): [string, Properties][] =>
      resources.flatMap(([id, resource]) =>
        isRecord(resource) && types.includes(String(resource['Type'])) ? [[id, resource]] : [],
      );
    return {
      functions: ofTypes(functionTypes).map(([id, resource]) => this.#function(id, resource)),
      layers: ofTypes(layerTypes).flatMap(([id, resource]) => this.#layer(id, resource)),
    };
  }

  #function(id: string, resource: Properties): TemplateFunction {
    const properties = this.#withGlobals(resource);
    const text = (name: string): string | undefined => textOf(properties[name], this.#scope);
    const number = (name: string): number | undefined => numberOf(text(name));
    const architecture = listOf(properties['Architectures'])[0];
    const attributes = {
      code: this.#content(id, resource, properties['CodeUri'] ?? properties['Code']),
      handler: text('Handler'),
      runtime: text('Runtime'),
      architecture: textOf(architecture, this.#scope),
      functionName: text('FunctionName') ?? (id.length <= 64 ? id : undefined),
      memorySize: number('MemorySize'),
      timeout: number('Timeout'),
      env: this.#variables(properties),
    };
    return {
      id,
      line: this.#document.lineOf(['Resources', id]),
      attributes: definedFields(attributes),
      layers: listOf(properties['Layers']).map((layer) => this.#use(layer)),
    };
  }

  /** SAM's `Globals`: lists are joined, objects merged, all else is overridden (SAM guide, "Globals section"). */
  #withGlobals(resource: Properties): Properties {
    const own = recordOf(resource['Properties']);
    if (resource['Type'] !== 'AWS::Serverless::Function') return own;
    const globals = this.#globals;
    const layers = [...listOf(globals['Layers']), ...listOf(own['Layers'])];
    const variables = { ...variablesIn(globals), ...variablesIn(own) };
    return { ...globals, ...own, Layers: layers, Environment: { Variables: variables } };
  }

  /** Values that only AWS knows are left out, since a wrong one would be worse than none; references give their name. */
  #variables(properties: Properties): Readonly<Record<string, string>> | undefined {
    const known = Object.entries(variablesIn(properties)).flatMap(([name, value]) => {
      const found = evaluate(value, this.#scope);
      if (found.type === 'resource') return [[name, found.logicalId] as const];
      const text = textOf(value, this.#scope);
      return text === undefined ? [] : [[name, text] as const];
    });
    return known.length === 0 ? undefined : Object.fromEntries(known);
  }

  #layer(id: string, resource: Properties): TemplateLayer[] {
    const properties = recordOf(resource['Properties']);
    const path = this.#content(id, resource, properties['ContentUri'] ?? properties['Content']);
    return path === undefined ? [] : [{ id, path, line: this.#document.lineOf(['Resources', id]) }];
  }

  #use(layer: unknown): TemplateLayerUse {
    const found = evaluate(layer, this.#scope);
    if (found.type === 'value' && typeof found.value === 'string') return { reference: found.value };
    if (found.type === 'resource') {
      const [local] = this.#layer(found.logicalId, recordOf(this.#scope.resources[found.logicalId]));
      if (local !== undefined) return { reference: local.path };
      return {
        reference: found.logicalId,
        problem: `The content of ${found.logicalId} is not in this workspace.`,
      };
    }
    const reference = found.type === 'unknown' ? found.text : JSON.stringify(found.value);
    return { reference, problem: 'Which layer this is, only AWS knows.' };
  }

  /**
   * Absolute path of code or content: of the CDK's asset, of what `sam build` made where a build method asks for that,
   * or as the template names it. `undefined` for content that is not on this machine.
   */
  #content(id: string, resource: Properties, uri: unknown): string | undefined {
    const { exists, file } = this.#place;
    const metadata = recordOf(resource['Metadata']);
    const asset = metadata['aws:asset:path'];
    if (typeof asset === 'string') return resolve(dirname(file), asset);
    const built = join(dirname(file), '.aws-sam', 'build', id);
    if (metadata['BuildMethod'] !== undefined && exists(built)) return built;
    const path = textOf(uri, this.#scope);
    if (path === undefined || /^(s3|https?):\/\//.test(path)) return undefined;
    return resolve(dirname(file), path);
  }
}

function variablesIn(properties: Properties): Properties {
  return recordOf(recordOf(properties['Environment'])['Variables']);
}
