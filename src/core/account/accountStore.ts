import { Emitter, type Event } from '../base/emitter.ts';
import type { Disposable } from '../base/disposable.ts';
import { ChangedFunctions } from './changedFunctions.ts';
import { isOfLayer, layerArnOf } from './layerNames.ts';
import type { LayerPolicy } from './layerPolicy.ts';
import { PagedList } from './pagedList.ts';
import type {
  FunctionConfiguration,
  FunctionSummary,
  LambdaGateway,
  LayerSummary,
  LayerVersionDetails,
  LayerVersionSummary,
} from './ports.ts';
import { UsageIndex } from './usageIndex.ts';

/** What of the store is no longer what it was. */
export type AccountChange =
  | { readonly kind: 'everything' }
  /** A layer ARN, or the name of one's own layer. */
  | { readonly kind: 'layer'; readonly layer: string }
  | { readonly kind: 'function'; readonly functionArn: string }
  /** Who uses what has become known. */
  | { readonly kind: 'usage' };

/**
 * What has been read of one account in one region: lazy, cached until refreshed, and told of changes that the person
 * makes from here. Reading nothing costs nothing.
 */
export class AccountStore implements Disposable {
  readonly gateway: LambdaGateway;
  readonly layers: PagedList<LayerSummary>;
  readonly functions: PagedList<FunctionSummary>;
  readonly onDidChange: Event<AccountChange>;
  readonly #changes = new Emitter<AccountChange>();
  readonly #changed = new ChangedFunctions();
  readonly #versions = new Map<string, PagedList<LayerVersionSummary>>();
  readonly #details = new Map<string, Promise<LayerVersionDetails>>();
  readonly #policies = new Map<string, Promise<LayerPolicy | undefined>>();
  #usage: UsageIndex | undefined;
  /** The functions that have been read, by ARN. */
  #listed = new Map<string, FunctionSummary>();

  constructor(gateway: LambdaGateway) {
    this.gateway = gateway;
    this.onDidChange = this.#changes.event;
    this.layers = new PagedList((request) => gateway.listLayers(request));
    this.functions = new PagedList(async (request) => {
      const asked = this.#changed.now;
      const page = await gateway.listFunctions('latest', request);
      return { ...page, items: page.items.map((each) => this.#shared(this.#changed.newer(each, asked))) };
    });
  }

  /** A layer's versions, newest first, by its layer ARN. Of other accounts' layers they usually cannot be listed. */
  versions(layerArn: string): PagedList<LayerVersionSummary> {
    const known = this.#versions.get(layerArn);
    if (known !== undefined) return known;
    const list = new PagedList<LayerVersionSummary>((request) =>
      this.gateway.listLayerVersions(layerArn, request),
    );
    this.#versions.set(layerArn, list);
    return list;
  }

  /** Size and digest of a version, which never change. */
  details(versionArn: string): Promise<LayerVersionDetails> {
    return remember(this.#details, versionArn, () => this.gateway.getLayerVersion(versionArn));
  }

  /** Whom a version is shared with. */
  policy(versionArn: string): Promise<LayerPolicy | undefined> {
    return remember(this.#policies, versionArn, () => this.gateway.getPolicy(versionArn));
  }

  /** Who uses what: reads the functions to the end, once. Rejects as the gateway, and can be asked again then. */
  async usage(
    options: {
      readonly signal?: AbortSignal | undefined;
      readonly onPage?: (functions: number) => void;
    } = {},
  ): Promise<UsageIndex> {
    await this.functions.all(options);
    const usage = (this.#usage ??= new UsageIndex(this.functions.items));
    this.#changes.fire({ kind: 'usage' });
    return usage;
  }

  /** The index, if the functions have been read to the end. */
  get knownUsage(): UsageIndex | undefined {
    return this.functions.isComplete ? (this.#usage ??= new UsageIndex(this.functions.items)) : undefined;
  }

  /** A function of the listing as it is by now, as far as that is known; `undefined` when it was not listed. */
  functionNow(arn: string): FunctionSummary | undefined {
    const { items } = this.functions;
    // It only grows until something changes.
    if (this.#listed.size !== items.length) this.#listed = new Map(items.map((each) => [each.arn, each]));
    return this.#listed.get(arn);
  }

  /** Forgets everything. */
  refresh(): void {
    this.layers.reset();
    this.functions.reset();
    this.#versions.clear();
    this.#details.clear();
    this.#policies.clear();
    this.#usage = undefined;
    this.#listed.clear();
    this.#arns.clear();
    this.#changed.clear();
    this.#changes.fire({ kind: 'everything' });
  }

  /**
   * To be called after a version was published, deleted or shared, also when that failed half-way. `layer` is a layer
   * ARN, or the name of one's own layer.
   */
  layerChanged(layer: string): void {
    const isMeant = (layerArn: string): boolean => isOfLayer(layerArn, layer);
    for (const arn of this.#versions.keys()) if (isMeant(arn)) this.#versions.delete(arn);
    for (const map of [this.#details, this.#policies]) {
      for (const arn of map.keys()) if (isMeant(layerArnOf(arn))) map.delete(arn);
    }
    this.layers.reset(); // the newest version stands in the list of layers
    this.#changes.fire({ kind: 'layer', layer });
  }

  /** To be called with what a function is now. */
  functionChanged(present: FunctionConfiguration | FunctionSummary): void {
    this.#changed.note(present);
    this.functions.update((items) =>
      items.map((each) =>
        each.arn === present.arn ? this.#shared({ ...each, layers: present.layers }) : each,
      ),
    );
    this.#usage = undefined;
    this.#listed.clear();
    this.#changes.fire({ kind: 'function', functionArn: present.arn });
  }

  dispose(): void {
    this.#changes.dispose();
  }

  readonly #arns = new Map<string, string>();

  /** Thousands of functions name the same few layers: one text for each is enough. */
  #shared(item: FunctionSummary): FunctionSummary {
    const layers = item.layers.map(({ arn, zippedBytes }) => {
      const known = this.#arns.get(arn);
      if (known === undefined) this.#arns.set(arn, arn);
      return { arn: known ?? arn, zippedBytes };
    });
    return { ...item, layers };
  }
}

/** Keeps a promise as long as it does not fail. */
function remember<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  made.catch(() => {
    if (map.get(key) === made) map.delete(key);
  });
  return made;
}
