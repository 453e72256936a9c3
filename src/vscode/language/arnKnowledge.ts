import type { AccountStore } from '../../core/account/accountStore.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Event } from '../../core/base/emitter.ts';
import { layerArnOf, requireVersionArn } from '../../core/account/layerNames.ts';
import { lookUpLayer, newerVersion, type LayerLookup } from '../../core/account/lookUpLayer.ts';
import { parseAwsLayerArn } from '../../core/layer/layerArn.ts';
import type { LambdaGateway, LayerVersionSummary } from '../../core/account/ports.ts';
import type { AccountsChange } from '../account/awsAccounts.ts';

/** What is known of a layer version without asking anybody. */
export interface ArnFacts {
  /** What the version says of itself. */
  readonly version: LayerVersionSummary | undefined;
  /** Bytes of its zip. */
  readonly zippedBytes: number | undefined;
  /** The newest version of the layer, if that is newer than this one. */
  readonly newer: LayerVersionSummary | undefined;
  /** Whether it is known that there is none, or the newest one. */
  readonly isComplete: boolean;
  /** Why newer versions cannot be known, in a sentence. */
  readonly versionsDenied: string | undefined;
}

/** Where knowledge of layers comes from. */
export interface ArnSources {
  /** The stores that somebody has asked for something before. */
  readonly openStores: readonly AccountStore[];
  /** The gateway of an ARN's region. */
  gatewayFor(arn: string): Promise<LambdaGateway>;
  readonly onDidChange: Event<AccountsChange>;
}

const nothing: ArnFacts = {
  ...{ version: undefined, zippedBytes: undefined, newer: undefined },
  ...{ isComplete: false, versionsDenied: undefined },
};

/** What is known of layer versions that stand in files: from the account view, and from look-ups by hand. */
export class ArnKnowledge implements Disposable {
  readonly #sources: ArnSources;
  readonly #subscription: Disposable;
  readonly #lookups = new Map<string, LayerLookup>();

  constructor(sources: ArnSources) {
    this.#sources = sources;
    this.#subscription = sources.onDidChange((change) => {
      if (concernsLayers(change)) this.#lookups.clear();
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** What is known now; asks nobody. */
  known(arn: string): ArnFacts {
    if (parseAwsLayerArn(arn) !== undefined) return { ...nothing, zippedBytes: this.#attachedBytes(arn) };
    const lookup = this.#lookups.get(arn);
    const versions = [...(lookup?.versions ?? []), ...this.#listed(arn)];
    const version = lookup?.details ?? versions.find((each) => each.arn === arn);
    return {
      version,
      zippedBytes: lookup?.details.zippedBytes ?? this.#attachedBytes(arn),
      newer: newerVersion(arn, versions),
      isComplete: versions.length > 0,
      versionsDenied: lookup?.versionsDenied,
    };
  }

  /** Asks AWS and remembers the answer. Rejects as `lookUpLayer`. */
  async lookUp(arn: string, signal?: AbortSignal): Promise<ArnFacts> {
    requireVersionArn(arn);
    this.#lookups.set(arn, await lookUpLayer(await this.#sources.gatewayFor(arn), arn, signal));
    return this.known(arn);
  }

  /** Versions of the same layer that the account view has read. */
  #listed(arn: string): LayerVersionSummary[] {
    const layerArn = layerArnOf(arn);
    return this.#sources.openStores.flatMap((store) => [
      ...store.versions(layerArn).items,
      ...store.layers.items.flatMap((layer) => (layer.arn === layerArn ? (layer.newest ?? []) : [])),
    ]);
  }

  /** The size that a function tells that has it. */
  #attachedBytes(arn: string): number | undefined {
    for (const { knownUsage } of this.#sources.openStores) {
      const [user] = knownUsage?.usersOfVersion(arn) ?? [];
      const layer = user?.layers.find((each) => each.arn === arn);
      if (layer !== undefined) return layer.zippedBytes;
    }
    return undefined;
  }
}

/** Whether something was published or deleted, is forgotten, or is looked for elsewhere. */
function concernsLayers(change: AccountsChange): boolean {
  return change.kind === 'everything' || change.change.kind === 'layer';
}
