import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import { shortName } from './layerNames.ts';
import { withLeftovers } from './leftovers.ts';
import { isOnItsWay, leavesOpen, lookForOutcome } from './openOutcome.ts';
import { pause } from './pause.ts';
import { copyPermissions, type CopiedPermissions } from './permissions.ts';
import type { LambdaGateway, LayerContent, LayerVersionDetails, ObjectStore } from './ports.ts';
import { fileSha256, newestVersion, type PublishPlan } from './publishPlan.ts';

/** What publishing works on. */
export interface PublishPorts {
  readonly gateway: LambdaGateway;
  readonly objects: ObjectStore;
}

/** How far publishing is; bytes of the zip while uploading. */
export type PublishProgress =
  | { readonly phase: 'upload'; readonly done: number; readonly total: number }
  | { readonly phase: 'publish' }
  | { readonly phase: 'permissions' };

/** How a plan is carried out. */
export interface PublishOptions {
  /** Whether content that the newest version has already is published again; `skip`. */
  readonly whenUnchanged?: 'skip' | 'publish' | undefined;
  readonly copyPermissions?: 'none' | 'previous' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PublishProgress) => void) | undefined;
  /** Milliseconds before the second attempt; 1,000. */
  readonly retryMilliseconds?: number | undefined;
  /** Milliseconds before each look at how a call ended whose answer did not come. */
  readonly lookPauses?: readonly number[] | undefined;
}

/** How publishing ended. */
export interface PublishResult {
  /** `unchanged`: the newest version has this content, and nothing was published. */
  readonly status: 'published' | 'unchanged';
  readonly version: LayerVersionDetails;
  /** What became of the previous version's permissions, if they were to be copied. */
  readonly permissions: CopiedPermissions | undefined;
  /** What could not be tidied up or finished, one sentence each. The version is there all the same. */
  readonly warnings: readonly string[];
}

const attempts = 3;
/** Milliseconds for tidying up. */
const tidyLimit = 30_000;

/**
 * Publishes what was planned. A lost answer is looked into before anything is sent again, so that one call gives one
 * version. The object in the bucket is removed in any case. Once the version is there, cancelling ends with a result,
 * which says what was left undone. A call that was sent is waited for, also when somebody cancels.
 *
 * Rejects with `ChangedMeanwhile` when the zip is no longer the planned one, `DigestMismatch` when AWS has got
 * something else, `OutcomeUnknown` when it may still be published, as the ports, or with the signal's reason when nothing
 * was published.
 */
export async function publishLayer(
  ports: PublishPorts,
  plan: PublishPlan,
  options: PublishOptions = {},
): Promise<PublishResult> {
  const { newest } = plan;
  if (plan.isUnchanged && options.whenUnchanged !== 'publish' && typeof newest === 'object') {
    return { status: 'unchanged', version: newest, permissions: undefined, warnings: [] };
  }
  const { version, warnings } = await (plan.route === 'bucket'
    ? viaBucket(ports, plan, options)
    : directly(ports, plan, options));
  checkDigest(plan, version);
  const shared = await sharePrevious(ports.gateway, plan, version, options);
  return {
    status: 'published',
    version,
    permissions: shared.permissions,
    warnings: [...warnings, ...shared.warnings],
  };
}

interface Published {
  readonly version: LayerVersionDetails;
  readonly warnings: readonly string[];
}

async function directly(
  { gateway }: PublishPorts,
  plan: PublishPlan,
  options: PublishOptions,
): Promise<Published> {
  const zip = await readFile(plan.zip);
  checkUnmodified(plan, createHash('sha256').update(zip).digest('base64'));
  options.onProgress?.({ phase: 'publish' });
  return { version: await publishOnce(gateway, plan, { zip }, options), warnings: [] };
}

async function viaBucket(
  { gateway, objects }: PublishPorts,
  plan: PublishPlan,
  options: PublishOptions,
): Promise<Published> {
  const { bucket = '', metadata, zip: file } = plan;
  const { signal, onProgress } = options;
  checkUnmodified(plan, await fileSha256(file, signal));
  const key = `lambda-layers/${metadata.name}-${randomUUID()}.zip`;
  let version: LayerVersionDetails;
  try {
    await objects.upload({
      bucket,
      key,
      file,
      signal,
      onProgress: (done, total) => onProgress?.({ phase: 'upload', done, total }),
    });
    onProgress?.({ phase: 'publish' });
    version = await publishOnce(gateway, plan, { bucket, key }, options);
  } catch (error) {
    throw withLeftovers(error, await tidy(objects, bucket, key));
  }
  return { version, warnings: await tidy(objects, bucket, key) };
}

/** Removes the object, also when the caller has cancelled; what cannot be removed is told. */
async function tidy(objects: ObjectStore, bucket: string, key: string): Promise<string[]> {
  try {
    await objects.remove(bucket, key, { signal: AbortSignal.timeout(tidyLimit) });
    return [];
  } catch {
    return [
      `${key} could not be removed from the bucket ${bucket}. If it is there, remove it by hand; nothing needs it any more.`,
    ];
  }
}

/** Publishes one version, even when answers get lost. */
async function publishOnce(
  gateway: LambdaGateway,
  plan: PublishPlan,
  content: LayerContent,
  { signal, retryMilliseconds = 1_000, lookPauses }: PublishOptions,
): Promise<LayerVersionDetails> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await gateway.publishLayerVersion(plan.metadata, content, { signal });
    } catch (error) {
      if (!leavesOpen(error)) throw error;
      const made = await publishedSince(gateway, plan, error, lookPauses);
      if (made !== undefined) return made;
      if (isOnItsWay(error) || attempt === attempts) throw error;
      await pause(retryMilliseconds * attempt, signal);
    }
  }
}

/** The version that a call made whose answer never came: newer than what was there, with this content. */
async function publishedSince(
  gateway: LambdaGateway,
  { metadata, newest, codeSha256 }: PublishPlan,
  failure: unknown,
  pauses: readonly number[] | undefined,
): Promise<LayerVersionDetails | undefined> {
  if (newest === 'unknown') return undefined;
  const known = newest === 'none' ? 0 : newest.version;
  const isDone = (each: Newest): each is LayerVersionDetails =>
    typeof each === 'object' && each.codeSha256 === codeSha256 && each.version > known;
  const look = (signal: AbortSignal) => newestVersion(gateway, metadata.name, { signal });
  const seen = await lookForOutcome(failure, look, { isDone, pauses });
  return seen !== undefined && isDone(seen) ? seen : undefined;
}

type Newest = Awaited<ReturnType<typeof newestVersion>>;

async function sharePrevious(
  gateway: LambdaGateway,
  { newest }: PublishPlan,
  version: LayerVersionDetails,
  { copyPermissions: wanted, signal, onProgress }: PublishOptions,
): Promise<Pick<PublishResult, 'permissions' | 'warnings'>> {
  if (wanted !== 'previous' || typeof newest !== 'object') return { permissions: undefined, warnings: [] };
  onProgress?.({ phase: 'permissions' });
  const request = { from: newest.arn, to: version.arn };
  try {
    const permissions = await copyPermissions(gateway, request, { signal });
    const left = permissions.failed.length + permissions.notStarted.length;
    const warning = `${left} of the permissions of ${shortName(newest.arn)} were not copied to ${shortName(version.arn)}.`;
    return { permissions, warnings: left === 0 ? [] : [warning] };
  } catch {
    return {
      permissions: undefined,
      warnings: [`The permissions of ${shortName(newest.arn)} were not copied to ${shortName(version.arn)}.`],
    };
  }
}

function checkUnmodified({ zip, codeSha256 }: PublishPlan, present: string): void {
  if (present === codeSha256) return;
  throw new UserError(
    'ChangedMeanwhile',
    `${zip} has changed since it was looked at.`,
    'Nothing was published. Start again.',
  );
}

function checkDigest({ codeSha256 }: PublishPlan, version: LayerVersionDetails): void {
  if (version.codeSha256 === codeSha256) return;
  throw new UserError(
    'DigestMismatch',
    `AWS published ${shortName(version.arn)} with another content than was sent (its SHA-256 differs).`,
    'Delete that version and publish again.',
  );
}
