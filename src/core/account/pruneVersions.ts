import { isCancellation, UserError } from '../base/errors.ts';
import { deleteForGood, deletionNotes, describeCandidate, type DeletionCandidate } from './deleteVersion.ts';
import { versionOf } from './layerNames.ts';
import { findLayerUsers, type LayerUser, type PassOptions } from './layerUsers.ts';
import { isOnItsWay } from './openOutcome.ts';
import { eachItem } from './pagedList.ts';
import type { CallOptions, LambdaGateway, LayerVersionSummary } from './ports.ts';

/** Why a version stays. */
export interface KeptVersion {
  readonly arn: string;
  readonly reason: 'newest' | 'inUse';
  readonly users: readonly LayerUser[];
}

/** What pruning a layer will do; nothing has happened yet. */
export interface PrunePlan {
  readonly layerArn: string;
  /** Newest first. */
  readonly keep: readonly KeptVersion[];
  /** Newest first. */
  readonly remove: readonly DeletionCandidate[];
  readonly notes: readonly string[];
}

/**
 * Plans to delete old versions of a layer: the newest ones and everything in use stay. `layerArn` has no version.
 * Rejects with `ConfigurationInvalid` for a number below one, or as the gateway.
 */
export async function planPrune(
  gateway: LambdaGateway,
  { layerArn, keepNewest }: { readonly layerArn: string; readonly keepNewest: number },
  options: PassOptions = {},
): Promise<PrunePlan> {
  if (!Number.isInteger(keepNewest) || keepNewest < 1) {
    throw new UserError(
      'ConfigurationInvalid',
      'At least one version must be kept.',
      'Give a number from 1 on.',
    );
  }
  const { signal } = options;
  const versions: LayerVersionSummary[] = [];
  const fetch = (request: Parameters<LambdaGateway['listLayerVersions']>[1]) =>
    gateway.listLayerVersions(layerArn, request);
  for await (const each of eachItem(fetch, signal)) versions.push(each);
  versions.sort((a, b) => b.version - a.version);
  const users = await findLayerUsers(gateway, layerArn, options);
  const [keep, remove]: [KeptVersion[], DeletionCandidate[]] = [[], []];
  for (const [index, { arn }] of versions.entries()) {
    const own = users.filter(({ layerVersionArn }) => layerVersionArn === arn);
    if (index < keepNewest) keep.push({ arn, reason: 'newest', users: own });
    else if (own.length > 0) keep.push({ arn, reason: 'inUse', users: own });
    else remove.push(await describeCandidate(gateway, arn, [], { signal }));
  }
  return { layerArn, keep, remove, notes: deletionNotes(remove) };
}

/**
 * Looks again at a plan that somebody has taken time to agree to: what has come into use meanwhile stays.
 * Rejects as the gateway.
 */
export async function lookAgain(
  gateway: LambdaGateway,
  plan: PrunePlan,
  options: PassOptions = {},
): Promise<PrunePlan> {
  const users = await findLayerUsers(gateway, plan.layerArn, options);
  const usersOf = (wanted: string) => users.filter(({ layerVersionArn }) => layerVersionArn === wanted);
  const used = plan.remove.filter(({ arn }) => usersOf(arn).length > 0);
  return {
    ...plan,
    keep: [
      ...plan.keep,
      ...used.map(({ arn }) => ({ arn, reason: 'inUse' as const, users: usersOf(arn) })),
    ].sort((a, b) => versionOf(b.arn) - versionOf(a.arn)),
    remove: plan.remove.filter((each) => !used.includes(each)),
  };
}

/** How one deletion of many ended. */
export interface PruneResult {
  readonly arn: string;
  /** `unknown`: it may still be deleted, since no answer came. */
  readonly status: 'deleted' | 'failed' | 'unknown' | 'notStarted';
  /** Why it failed or is not known. */
  readonly error?: unknown;
}

/** How pruning is carried out. */
export interface PruneOptions extends CallOptions {
  readonly onError: 'stop' | 'continue';
  readonly onResult?: ((result: PruneResult, done: number, total: number) => void) | undefined;
}

/** Deletes what was planned, oldest first. Never rejects: every version has a result, also when somebody cancels. */
export async function applyPrune(
  gateway: LambdaGateway,
  plan: PrunePlan,
  { onError, onResult, signal }: PruneOptions,
): Promise<PruneResult[]> {
  const results: PruneResult[] = [];
  let isStopped = false;
  for (const { arn } of [...plan.remove].sort((a, b) => versionOf(a.arn) - versionOf(b.arn))) {
    const isOver = isStopped || signal?.aborted === true;
    const result: PruneResult = isOver
      ? { arn, status: 'notStarted' }
      : await deleteOne(gateway, arn, signal);
    results.push(result);
    onResult?.(result, results.length, plan.remove.length);
    if (result.error !== undefined && onError === 'stop') isStopped = true;
  }
  return results;
}

async function deleteOne(
  gateway: LambdaGateway,
  arn: string,
  signal: AbortSignal | undefined,
): Promise<PruneResult> {
  try {
    await deleteForGood(gateway, arn, { signal });
    return { arn, status: 'deleted' };
  } catch (error) {
    if (isCancellation(error)) return { arn, status: 'notStarted' };
    return { arn, status: isOnItsWay(error) ? 'unknown' : 'failed', error };
  }
}
