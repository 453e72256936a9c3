import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { systemErrorCode, UserError } from '../base/errors.ts';
import { limits } from '../layer/limits.ts';
import { openLayer } from '../layer/layerSource.ts';
import { formatBytes } from '../opt/budget.ts';
import { requireMetadata } from './layerMetadata.ts';
import type { LayerPolicy } from './layerPolicy.ts';
import type { CallOptions, LambdaGateway, LayerMetadata, LayerVersionDetails } from './ports.ts';

/** What is to be published. */
export interface PublishRequest {
  /** Absolute path of the zip; a folder is packaged first. */
  readonly zip: string;
  readonly metadata: LayerMetadata;
  /** Where a zip over 50 MB is put for Lambda to fetch. */
  readonly bucket?: string | undefined;
}

/** What publishing will do; nothing has happened yet. */
export interface PublishPlan extends PublishRequest {
  /** SHA-256 of the zip in base64. */
  readonly codeSha256: string;
  readonly zippedBytes: number;
  readonly unzippedBytes: number;
  readonly route: 'direct' | 'bucket';
  /** The newest version; `none` for a new layer, `unknown` when it may not be seen. */
  readonly newest: LayerVersionDetails | 'none' | 'unknown';
  /** Whether the newest version has the very same content. */
  readonly isUnchanged: boolean;
  /** Whom the newest version is shared with, for copying; `unknown` when the policy may not be read. */
  readonly permissions: LayerPolicy | 'none' | 'unknown';
}

/**
 * Looks at a zip and at what is published under the name. Rejects with `ConfigurationInvalid` (metadata, no bucket),
 * `LayerNotFound`, `ArchiveInvalid`, `LimitExceeded` for content that no function could use, or as the gateway.
 */
export async function planPublish(
  gateway: LambdaGateway,
  request: PublishRequest,
  { signal }: CallOptions = {},
): Promise<PublishPlan> {
  const { zip, metadata, bucket } = request;
  requireMetadata(metadata);
  const [unzippedBytes, { size: zippedBytes }] = await Promise.all([unzipped(zip, signal), stat(zip)]);
  checkSize(zip, unzippedBytes);
  const route = zippedBytes > limits.directUploadBytes ? 'bucket' : 'direct';
  if (route === 'bucket' && (bucket ?? '') === '') throw bucketMissing(zip, zippedBytes);
  const codeSha256 = await fileSha256(zip, signal);
  const newest = await newestVersion(gateway, metadata.name, { signal });
  const isKnown = typeof newest === 'object';
  return {
    ...request,
    codeSha256,
    zippedBytes,
    unzippedBytes,
    route,
    newest,
    isUnchanged: isKnown && newest.codeSha256 === codeSha256,
    permissions: isKnown ? await readPolicy(gateway, newest.arn, { signal }) : newest,
  };
}

/** The newest version of one's own layer. */
export async function newestVersion(
  gateway: LambdaGateway,
  name: string,
  options: CallOptions,
): Promise<LayerVersionDetails | 'none' | 'unknown'> {
  try {
    const { items } = await gateway.listLayerVersions(name, options);
    const newest = items.reduce(
      (best, each) => (each.version > best.version ? each : best),
      items[0] ?? nothing,
    );
    return newest === nothing ? 'none' : await gateway.getLayerVersion(newest.arn, options);
  } catch (error) {
    if (error instanceof UserError && error.code === 'NotFound') return 'none';
    if (error instanceof UserError && error.code === 'AccessDenied') return 'unknown';
    throw error;
  }
}

const nothing = { version: 0, arn: '' };

/** A file's SHA-256 in base64. Rejects with `LayerNotFound`, or the signal's reason. */
export async function fileSha256(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const fact = systemErrorCode(error) ?? String(error);
    throw new UserError('LayerNotFound', `${file} cannot be read (${fact}).`, undefined, { cause: error });
  }
  return hash.digest('base64');
}

async function unzipped(zip: string, signal: AbortSignal | undefined): Promise<number> {
  const { entries, format } = await openLayer(zip, signal);
  if (format === 'folder') {
    throw new UserError('ArchiveInvalid', `${zip} is a folder.`, 'Package it first, then publish the zip.');
  }
  let sum = 0;
  for (let entry = 0; entry < entries.count; entry++) sum += entries.size(entry);
  return sum;
}

function checkSize(zip: string, unzippedBytes: number): void {
  if (unzippedBytes <= limits.unzippedBytes) return;
  const [has, allowed] = [formatBytes(unzippedBytes), formatBytes(limits.unzippedBytes)];
  throw new UserError(
    'LimitExceeded',
    `${zip} unzips to ${has}; Lambda allows ${allowed} for a function's code and all its layers together.`,
    'Leave out what is not needed at run time.',
  );
}

function bucketMissing(zip: string, bytes: number): UserError {
  return new UserError(
    'ConfigurationInvalid',
    `${zip} has ${formatBytes(bytes)}; over ${formatBytes(limits.directUploadBytes)} Lambda fetches it from a bucket, and none is configured.`,
    "Name a bucket of the layer's region in the setting lambdaLayers.aws.s3Bucket.",
  );
}

async function readPolicy(
  gateway: LambdaGateway,
  arn: string,
  options: CallOptions,
): Promise<PublishPlan['permissions']> {
  try {
    return (await gateway.getPolicy(arn, options)) ?? 'none';
  } catch (error) {
    if (error instanceof UserError && error.code === 'AccessDenied') return 'unknown';
    throw error;
  }
}
