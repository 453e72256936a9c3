import { UserError } from '../base/errors.ts';
import { newestOf } from './lookUpLayer.ts';
import type { CallOptions, LambdaGateway, LayerVersionSummary } from './ports.ts';

/** What is known of how a folder or zip is published, the most certain first. */
export interface KnownLayer {
  /** The layer ARN under which it was published from here. */
  readonly layerArn: string | undefined;
  /** The name that the settings give it. */
  readonly configuredName: string | undefined;
  /** The name of the folder or zip, which is the usual one. */
  readonly fileName: string;
}

/**
 * The newest published version of a local layer, by the most certain thing that is known of it.
 * Rejects with `NotFound` when nothing is published there, or as the gateway.
 */
export async function lastPublished(
  gateway: LambdaGateway,
  { layerArn, configuredName, fileName }: KnownLayer,
  options: CallOptions = {},
): Promise<LayerVersionSummary> {
  const layer = layerArn ?? configuredName ?? fileName;
  const { items } = await gateway.listLayerVersions(layer, options);
  const newest = newestOf(items);
  if (newest !== undefined) return newest;
  const name = layer.slice(layer.lastIndexOf(':') + 1);
  throw new UserError(
    'NotFound',
    `No version of a layer "${name}" is published in ${gateway.region}.`,
    'Publish it, or compare it with a version of your choice.',
  );
}
