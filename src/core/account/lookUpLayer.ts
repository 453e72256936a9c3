import { UserError } from '../base/errors.ts';
import { layerArnOf, requireVersionArn } from './layerNames.ts';
import type { LambdaGateway, LayerVersionDetails, LayerVersionSummary } from './ports.ts';

/** What can be found out about a layer by the ARN of one version. */
export interface LayerLookup {
  readonly details: LayerVersionDetails;
  /** The first page of versions, newest first; `undefined` when the owner does not let us list them. */
  readonly versions: readonly LayerVersionSummary[] | undefined;
  /** Why the versions are unknown, in a sentence. */
  readonly versionsDenied: string | undefined;
}

/**
 * Looks at a layer of any account. That its versions cannot be listed is the usual state for other accounts' layers,
 * public ones too, and no error. Rejects as the gateway when the version itself may not be seen.
 */
export async function lookUpLayer(
  gateway: LambdaGateway,
  versionArn: string,
  signal?: AbortSignal,
): Promise<LayerLookup> {
  const { account } = requireVersionArn(versionArn);
  const details = await gateway.getLayerVersion(versionArn, { signal });
  try {
    const { items } = await gateway.listLayerVersions(layerArnOf(versionArn), { signal });
    return { details, versions: items, versionsDenied: undefined };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'AccessDenied') throw error;
    const versionsDenied = `Account ${account} does not let you list the versions of this layer, so newer ones are not known.`;
    return { details, versions: undefined, versionsDenied };
  }
}

/** The newest of some versions that is newer than a given one. */
export function newerVersion(
  versionArn: string,
  versions: readonly LayerVersionSummary[],
): LayerVersionSummary | undefined {
  const { version } = requireVersionArn(versionArn);
  const newest = newestOf(versions);
  return newest !== undefined && newest.version > version ? newest : undefined;
}

/** The one with the highest number; `undefined` when there is none. */
export function newestOf(versions: readonly LayerVersionSummary[]): LayerVersionSummary | undefined {
  return versions.reduce<LayerVersionSummary | undefined>(
    (best, each) => (best === undefined || each.version > best.version ? each : best),
    undefined,
  );
}
