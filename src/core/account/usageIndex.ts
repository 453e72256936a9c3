import { layerArnOf } from './layerNames.ts';
import type { FunctionSummary } from './ports.ts';

/** Who uses which layer, from one pass over the functions. */
export class UsageIndex {
  readonly #byVersion = new Map<string, FunctionSummary[]>();
  readonly #byLayer = new Map<string, FunctionSummary[]>();

  constructor(functions: Iterable<FunctionSummary>) {
    for (const each of functions) {
      for (const { arn } of each.layers) {
        add(this.#byVersion, arn, each);
        add(this.#byLayer, layerArnOf(arn), each);
      }
    }
  }

  /** The functions that have this very version. */
  usersOfVersion(versionArn: string): readonly FunctionSummary[] {
    return this.#byVersion.get(versionArn) ?? [];
  }

  /** The functions that have any version of the layer, by its ARN without a number. */
  usersOfLayer(layerArn: string): readonly FunctionSummary[] {
    return this.#byLayer.get(layerArn) ?? [];
  }

  /** ARNs of all layer versions that some function has; other accounts' layers among them. */
  versionsInUse(): string[] {
    return [...this.#byVersion.keys()];
  }
}

function add(map: Map<string, FunctionSummary[]>, key: string, value: FunctionSummary): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
