import { isCancellation, UserError } from '../base/errors.ts';
import {
  describeAudience,
  sameAudience,
  type Audience,
  type LayerPolicy,
  type PermissionStatement,
} from './layerPolicy.ts';
import { leavesOpen, lookForOutcome } from './openOutcome.ts';
import type { CallOptions, LambdaGateway, PermissionGrant } from './ports.ts';

/** Audiences that a permission can be given to. */
export type GrantAudience = Exclude<Audience, { readonly kind: 'other' }>;

/** What a new permission will be. */
export interface GrantPlan {
  readonly layerVersionArn: string;
  readonly grant: PermissionGrant;
  readonly audience: GrantAudience;
  /** Whether anybody with an AWS account will be able to read the layer's content: to be asked about. */
  readonly isPublic: boolean;
  /** The statement that lets the same audience in already, if any. */
  readonly existing: PermissionStatement | undefined;
  readonly policy: LayerPolicy | undefined;
}

/** Why an account number is not one, or `undefined`; for use while typing. */
export function accountProblem(text: string): string | undefined {
  return /^\d{12}$/.test(text) ? undefined : 'An account number has twelve digits.';
}

/** Why an organization's id is not one, or `undefined`; for use while typing. */
export function organizationProblem(text: string): string | undefined {
  return /^o-[a-z0-9]{10,32}$/.test(text)
    ? undefined
    : 'An organization is o- and 10 to 32 small letters and digits.';
}

/** Why a statement's id cannot be used, or `undefined`; for use while typing. */
export function statementIdProblem(text: string): string | undefined {
  if (!/^[a-zA-Z0-9-_]+$/.test(text)) return 'The id of a statement has letters, digits, - and _ only.';
  return text.length > 100 ? 'The id of a statement has at most 100 characters.' : undefined;
}

/**
 * Plans to share a layer version. Without a `statementId` one is made that the policy does not have.
 * Rejects with `ConfigurationInvalid`, or as the gateway.
 */
export async function planGrant(
  gateway: LambdaGateway,
  request: {
    readonly layerVersionArn: string;
    readonly audience: GrantAudience;
    readonly statementId?: string;
  },
  options: CallOptions = {},
): Promise<GrantPlan> {
  const { layerVersionArn, audience } = request;
  const problem = audienceProblem(audience) ?? idProblem(request.statementId);
  if (problem !== undefined)
    throw new UserError('ConfigurationInvalid', problem, 'Correct it and try again.');
  const policy = await gateway.getPolicy(layerVersionArn, options);
  const statementId = request.statementId ?? freeId(audience, policy);
  return {
    layerVersionArn,
    audience,
    grant: { statementId, ...principal(audience) },
    isPublic: audience.kind === 'public',
    existing: policy?.statements.find((each) => sameAudience(each.audience, audience)),
    policy,
  };
}

/**
 * Adds a planned permission; the policy must be as it was when it was planned. Returns the statement that is there
 * now, also when the same audience was let in before.
 */
export async function applyGrant(
  gateway: LambdaGateway,
  plan: GrantPlan,
  options: CallOptions = {},
): Promise<PermissionStatement> {
  if (plan.existing !== undefined) return plan.existing;
  const { layerVersionArn: arn, grant, audience } = plan;
  try {
    return await gateway.addPermission(arn, grant, { ...options, revisionId: plan.policy?.revisionId });
  } catch (error) {
    const found = await afterwards(
      gateway,
      arn,
      error,
      (policy) => statementOf(policy, grant.statementId) !== undefined,
    );
    const statement = statementOf(found, grant.statementId);
    if (statement !== undefined && sameAudience(statement.audience, audience)) return statement;
    throw error;
  }
}

/** Removes a permission. Functions that have the layer keep working. Rejects with `NotFound`, or as the gateway. */
export async function removePermission(
  gateway: LambdaGateway,
  request: { readonly layerVersionArn: string; readonly statementId: string },
  options: CallOptions = {},
): Promise<void> {
  const { layerVersionArn: arn, statementId } = request;
  const policy = await gateway.getPolicy(arn, options);
  if (!hasStatement(policy, statementId)) {
    throw new UserError('NotFound', `${arn} has no permission "${statementId}".`, 'Refresh the view.');
  }
  try {
    await gateway.removePermission(arn, statementId, { ...options, revisionId: policy?.revisionId });
  } catch (error) {
    const present = await afterwards(gateway, arn, error, (policy) => !hasStatement(policy, statementId));
    if (present === undefined || hasStatement(present, statementId)) throw error;
  }
}

/** What became of each permission that was to be copied. */
export interface CopiedPermissions {
  readonly copied: readonly PermissionStatement[];
  /** There already, or of a form that cannot be given anew. */
  readonly skipped: readonly PermissionStatement[];
  readonly failed: readonly { readonly statement: PermissionStatement; readonly error: unknown }[];
  /** Not given, since somebody cancelled before. */
  readonly notStarted: readonly PermissionStatement[];
}

/**
 * Gives a version the permissions that another one has. Never rejects for a single permission: what was not copied is
 * in the result, also when somebody cancels. Rejects as the gateway when the source's policy cannot be read, and with the
 * signal's reason when that was before anything was copied or had failed.
 */
export async function copyPermissions(
  gateway: LambdaGateway,
  request: { readonly from: string; readonly to: string },
  options: CallOptions = {},
): Promise<CopiedPermissions> {
  const source = await gateway.getPolicy(request.from, options);
  const done: Lists<CopiedPermissions> = { copied: [], skipped: [], failed: [], notStarted: [] };
  for (const statement of source?.statements ?? []) {
    try {
      const added = await copyStatement(gateway, request.to, statement, options);
      if (added === undefined) done.skipped.push(statement);
      else done.copied.push(added);
    } catch (error) {
      // A permission that was sent has an outcome, also when somebody cancels meanwhile.
      if (isCancellation(error)) done.notStarted.push(statement);
      else done.failed.push({ statement, error });
    }
  }
  const wasCut = done.notStarted.length > 0;
  if (wasCut && done.copied.length + done.failed.length === 0) options.signal?.throwIfAborted();
  return done;
}

/** The same lists, to be filled. */
type Lists<T> = { [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : never };

/** @returns the statement that was added; `undefined` when it is there already or cannot be given anew */
async function copyStatement(
  gateway: LambdaGateway,
  layerVersionArn: string,
  { audience, statementId }: PermissionStatement,
  options: CallOptions,
): Promise<PermissionStatement | undefined> {
  if (audience.kind === 'other') return undefined;
  const plan = await planGrant(gateway, { layerVersionArn, audience, statementId }, options);
  return plan.existing === undefined ? applyGrant(gateway, plan, options) : undefined;
}

function audienceProblem(audience: GrantAudience): string | undefined {
  if (audience.kind === 'account') return accountProblem(audience.account);
  return audience.kind === 'organization' ? organizationProblem(audience.organizationId) : undefined;
}

function idProblem(statementId: string | undefined): string | undefined {
  return statementId === undefined ? undefined : statementIdProblem(statementId);
}

function principal(audience: GrantAudience): Omit<PermissionGrant, 'statementId'> {
  if (audience.kind === 'account') return { principal: audience.account };
  return audience.kind === 'public'
    ? { principal: '*' }
    : { principal: '*', organizationId: audience.organizationId };
}

/** An id that says whom it is for, with a number where that is taken. */
function freeId(audience: GrantAudience, policy: LayerPolicy | undefined): string {
  const base = audience.kind === 'public' ? 'public' : describeAudience(audience).replace(' ', '-');
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!hasStatement(policy, id)) return id;
  }
}

function hasStatement(policy: LayerPolicy | undefined, id: string): boolean {
  return statementOf(policy, id) !== undefined;
}

function statementOf(policy: LayerPolicy | undefined, id: string): PermissionStatement | undefined {
  return policy?.statements.find(({ statementId }) => statementId === id);
}

/** The policy after a change of it that failed and may have been made all the same; `undefined` where that is certain. */
async function afterwards(
  gateway: LambdaGateway,
  arn: string,
  failure: unknown,
  isDone: (policy: LayerPolicy) => boolean,
): Promise<LayerPolicy | undefined> {
  // A repeated change is refused because of the first one.
  const isRefused = failure instanceof UserError && ['ChangedMeanwhile', 'NotFound'].includes(failure.code);
  if (!isRefused && !leavesOpen(failure)) return undefined;
  const none: LayerPolicy = { statements: [], revisionId: undefined };
  const look = async (signal: AbortSignal) => (await gateway.getPolicy(arn, { signal })) ?? none;
  return lookForOutcome(failure, look, { isDone });
}
