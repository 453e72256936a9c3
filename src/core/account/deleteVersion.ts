import { UserError } from '../base/errors.ts';
import { layerArnOf, requireVersionArn, shortName } from './layerNames.ts';
import type { Audience } from './layerPolicy.ts';
import { findLayerUsers, type LayerUser, type PassOptions } from './layerUsers.ts';
import { leavesOpen, lookForOutcome } from './openOutcome.ts';
import type { CallOptions, LambdaGateway } from './ports.ts';

/** A version that may be deleted, with all that can be known about who needs it. */
export interface DeletionCandidate {
  readonly arn: string;
  /** Functions and published versions of this account and region that have it. */
  readonly users: readonly LayerUser[];
  /** Whom it is shared with; `undefined` when the policy may not be read. */
  readonly sharedWith: readonly Audience[] | undefined;
}

/** What deleting one version means. */
export interface DeletionPlan extends DeletionCandidate {
  /** What deleting does and what cannot be known, one sentence each, for the confirmation. */
  readonly notes: readonly string[];
}

/** Finds out who needs a version. Rejects with `NotFound` or `LayerReferenceInvalid`, or as the gateway. */
export async function planDeletion(
  gateway: LambdaGateway,
  layerVersionArn: string,
  options: PassOptions = {},
): Promise<DeletionPlan> {
  const { signal } = options;
  await gateway.getLayerVersion(layerVersionArn, { signal });
  const users = await findLayerUsers(gateway, layerArnOf(layerVersionArn), options);
  const candidate = await describeCandidate(gateway, layerVersionArn, users, { signal });
  return { ...candidate, notes: deletionNotes([candidate]) };
}

/**
 * Deletes a version for good; its number is never given again. One that is in use is deleted only with `evenIfUsed`.
 * Rejects with `RequestRefused` otherwise, or as the gateway.
 */
export async function applyDeletion(
  gateway: LambdaGateway,
  plan: DeletionCandidate,
  { inUse, ...options }: CallOptions & { readonly inUse: 'refuse' | 'evenIfUsed' },
): Promise<void> {
  const [first] = plan.users;
  if (first !== undefined && inUse === 'refuse') {
    throw new UserError(
      'RequestRefused',
      `${shortName(plan.arn)} is used by ${first.functionName}${plan.users.length > 1 ? ` and ${plan.users.length - 1} more` : ''}.`,
      'Update those functions first, or delete it all the same: they keep working, but cannot be changed to have it again.',
    );
  }
  await deleteForGood(gateway, plan.arn, options);
}

/**
 * Deletes a version, and looks whether it is gone when no answer came. Rejects as the gateway, with `OutcomeUnknown`
 * when it may still be deleted, or with the signal's reason when nothing was sent.
 */
export async function deleteForGood(
  gateway: LambdaGateway,
  arn: string,
  options: CallOptions,
): Promise<void> {
  try {
    await gateway.deleteLayerVersion(arn, options);
  } catch (error) {
    if (!leavesOpen(error)) throw error;
    const look = (signal: AbortSignal) => isGone(gateway, arn, signal);
    if ((await lookForOutcome(error, look, { isDone: (gone) => gone })) !== true) throw error;
  }
}

async function isGone(gateway: LambdaGateway, arn: string, signal: AbortSignal): Promise<boolean> {
  try {
    await gateway.getLayerVersion(arn, { signal });
    return false;
  } catch (error) {
    if (error instanceof UserError && error.code === 'NotFound') return true;
    throw error;
  }
}

/** A version with its users among `users` and whom it is shared with. */
export async function describeCandidate(
  gateway: LambdaGateway,
  arn: string,
  users: readonly LayerUser[],
  options: CallOptions,
): Promise<DeletionCandidate> {
  const own = users.filter(({ layerVersionArn }) => layerVersionArn === arn);
  return { arn, users: own, sharedWith: await audiences(gateway, arn, options) };
}

async function audiences(
  gateway: LambdaGateway,
  arn: string,
  options: CallOptions,
): Promise<readonly Audience[] | undefined> {
  try {
    return (await gateway.getPolicy(arn, options))?.statements.map(({ audience }) => audience) ?? [];
  } catch (error) {
    if (error instanceof UserError && error.code === 'AccessDenied') return undefined;
    if (error instanceof UserError && error.code === 'NotFound') return []; // somebody else has deleted it meanwhile
    throw error;
  }
}

/** What deleting these versions does and what cannot be known, one sentence each. */
export function deletionNotes(candidates: readonly DeletionCandidate[]): string[] {
  const [first] = candidates;
  if (first === undefined) return [];
  const { region } = requireVersionArn(first.arn);
  return [
    'Deleting cannot be undone, and the number is never given again.',
    'Functions that have a deleted version keep working, but no function can be given it any more.',
    othersNote(candidates),
    `Only functions of this account in ${region} were looked at.`,
  ];
}

/** What cannot be known about other accounts. */
function othersNote(candidates: readonly DeletionCandidate[]): string {
  if (candidates.some(({ sharedWith }) => sharedWith !== undefined && sharedWith.length > 0))
    return 'It is shared: whether other accounts use it cannot be known.';
  return candidates.some(({ sharedWith }) => sharedWith === undefined)
    ? 'Its permissions may not be read: whether other accounts use it cannot be known.'
    : 'Other accounts that were once given permission may still use it; that cannot be known.';
}
