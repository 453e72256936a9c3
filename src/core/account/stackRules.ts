import { limits } from '../layer/limits.ts';
import { parseAwsLayerArn, parseLayerVersionArn } from '../layer/layerArn.ts';
import { formatBytes } from '../opt/budget.ts';
import { layerArnOf, shortName } from './layerNames.ts';
import type { FunctionSummary, LayerVersionSummary } from './ports.ts';

/** Something that Lambda would refuse (`error`), or that does not work at run time (`warning`). */
export interface StackProblem {
  readonly severity: 'error' | 'warning';
  readonly rule:
    'count' | 'region' | 'sameLayer' | 'image' | 'runtime' | 'architecture' | 'size' | 'reference';
  /** One sentence. */
  readonly message: string;
}

/** What is known of layers, for the rules that need it; what is not known is not checked. */
export interface LayerFacts {
  /** Compatible runtimes and architectures. */
  readonly version?: (versionArn: string) => LayerVersionSummary | undefined;
  /** Unzipped size in bytes, known of layers that have been downloaded or packaged. */
  readonly unzippedBytes?: (versionArn: string) => number | undefined;
}

/** How much of Lambda's 250 MB a stack takes. */
export interface StackBudget {
  /** Unzipped size of the layers that are known. */
  readonly knownBytes: number;
  /** Layers whose unzipped size is not known. */
  readonly unknown: readonly string[];
  /** Size of the function's own zip: what its code takes at least, but for the little that a zip adds. */
  readonly codeBytes: number;
}

/** The part of a function that the rules are about. */
export type StackOwner = Pick<
  FunctionSummary,
  'arn' | 'name' | 'packageType' | 'runtime' | 'architectures' | 'codeBytes'
>;

/** Checks an ordered list of layer version ARNs against Lambda's rules before Lambda does. */
export function stackProblems(
  owner: StackOwner,
  layers: readonly string[],
  facts: LayerFacts = {},
): StackProblem[] {
  return [
    ...imageProblems(owner, layers),
    ...countProblems(layers),
    ...layers.flatMap((arn) => referenceProblems(owner, arn)),
    ...sameLayerProblems(layers),
    ...layers.flatMap((arn) => compatibilityProblems(owner, arn, facts)),
    ...sizeProblems(owner, layers, facts),
  ];
}

/** The unzipped total as far as it is known. */
export function stackBudget(
  { codeBytes }: Pick<StackOwner, 'codeBytes'>,
  layers: readonly string[],
  facts: LayerFacts = {},
): StackBudget {
  const sizes = layers.map((arn) => ({ arn, bytes: facts.unzippedBytes?.(arn) }));
  return {
    knownBytes: sizes.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    unknown: sizes.filter(({ bytes }) => bytes === undefined).map(({ arn }) => arn),
    codeBytes,
  };
}

function imageProblems(owner: StackOwner, layers: readonly string[]): StackProblem[] {
  if (owner.packageType !== 'Image' || layers.length === 0) return [];
  return [error('image', `${owner.name} is made from a container image; such functions have no layers.`)];
}

function countProblems(layers: readonly string[]): StackProblem[] {
  const allowed = limits.layersPerFunction;
  if (layers.length <= allowed) return [];
  return [error('count', `A function can have ${allowed} layers; these are ${layers.length}.`)];
}

function referenceProblems(owner: StackOwner, arn: string): StackProblem[] {
  const parsed = parseLayerVersionArn(arn);
  if (parsed === undefined) {
    // AWS's own layers have ARNs without region and account; what a function already has is Lambda's business.
    return parseAwsLayerArn(arn) !== undefined
      ? []
      : [error('reference', `"${arn}" is no layer version ARN.`)];
  }
  const region = owner.arn.split(':')[3];
  if (region === parsed.region) return [];
  return [
    error(
      'region',
      `${shortName(arn)} is in ${parsed.region}, ${owner.name} in ${region ?? '?'}; layers must be in the function's region.`,
    ),
  ];
}

function sameLayerProblems(layers: readonly string[]): StackProblem[] {
  const seen = new Map<string, string>();
  const problems: StackProblem[] = [];
  for (const arn of layers) {
    const other = seen.get(layerArnOf(arn));
    seen.set(layerArnOf(arn), arn);
    if (other === undefined) continue;
    const what =
      other === arn
        ? `${shortName(arn)} is there twice`
        : `${shortName(other)} and ${shortName(arn)} are versions of one layer`;
    problems.push(error('sameLayer', `${what}; a function can have a layer only once.`));
  }
  return problems;
}

/** Lambda does not refuse these, but the layer's author says that it will not work. */
function compatibilityProblems(owner: StackOwner, arn: string, { version }: LayerFacts): StackProblem[] {
  const known = version?.(arn);
  if (known === undefined) return [];
  const problems: StackProblem[] = [];
  const { compatibleRuntimes: runtimes, compatibleArchitectures: architectures } = known;
  if (owner.runtime !== undefined && runtimes.length > 0 && !runtimes.includes(owner.runtime)) {
    problems.push(
      warning(
        'runtime',
        `${shortName(arn)} is for ${runtimes.join(', ')}; ${owner.name} runs on ${owner.runtime}.`,
      ),
    );
  }
  const isForeign =
    architectures.length > 0 && !owner.architectures.some((each) => architectures.includes(each));
  if (isForeign) {
    problems.push(
      warning(
        'architecture',
        `${shortName(arn)} is for ${architectures.join(', ')}; ${owner.name} runs on ${owner.architectures.join(', ')}.`,
      ),
    );
  }
  return problems;
}

/** What code takes at least is no reason to refuse: only Lambda knows what it unzips to. */
function sizeProblems(owner: StackOwner, layers: readonly string[], facts: LayerFacts): StackProblem[] {
  const { knownBytes, codeBytes } = stackBudget(owner, layers, facts);
  const allowed = `Lambda allows ${formatBytes(limits.unzippedBytes)} for code and layers together.`;
  if (knownBytes > limits.unzippedBytes) {
    return [error('size', `The layers unzip to ${formatBytes(knownBytes)}; ${allowed}`)];
  }
  if (knownBytes + codeBytes <= limits.unzippedBytes) return [];
  const code = `${formatBytes(codeBytes)} of zipped code`;
  return [warning('size', `The layers unzip to ${formatBytes(knownBytes)}, beside ${code}; ${allowed}`)];
}

function error(rule: StackProblem['rule'], message: string): StackProblem {
  return { severity: 'error', rule, message };
}

function warning(rule: StackProblem['rule'], message: string): StackProblem {
  return { severity: 'warning', rule, message };
}
