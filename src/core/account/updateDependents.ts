import { isCancellation, UserError } from '../base/errors.ts';
import {
  changeOrder,
  lookAtFunction,
  type OrderChange,
  type OrderChanged,
  type UpdateOptions,
} from './functionUpdate.ts';
import { layerArnOf, requireVersionArn, sameOrder, versionOf } from './layerNames.ts';
import { findLayerUsers, isPublished, type LayerUser, type PassOptions } from './layerUsers.ts';
import type { FunctionConfiguration, LambdaGateway } from './ports.ts';
import { stackProblems, type LayerFacts, type StackProblem } from './stackRules.ts';

/** One function that will be updated. */
export interface DependentChange extends OrderChange {
  readonly functionArn: string;
  readonly problems: readonly StackProblem[];
}

/** What updating a layer's dependents will do; nothing has happened yet. */
export interface DependentsPlan {
  /** The layer version that the functions will have. */
  readonly target: string;
  /** Functions on older versions, by name. */
  readonly changes: readonly DependentChange[];
  /** Names of functions that have the target, or a newer version, already. */
  readonly current: readonly string[];
  /** Published versions on older versions of the layer: they stay as they are. */
  readonly pinned: readonly LayerUser[];
}

/** Which dependents. */
export interface DependentsRequest {
  readonly layerVersionArn: string;
  /** Names or ARNs; all functions without it. */
  readonly functions?: readonly string[] | undefined;
}

/**
 * Finds every function on an older version of the layer (the very same layer, not one whose name begins alike) and
 * says what replacing it in place gives. Rejects with `LayerReferenceInvalid`, `NotFound` for a named function that
 * does not have the layer, or as the gateway.
 */
export async function planDependents(
  gateway: LambdaGateway,
  { layerVersionArn: target, functions }: DependentsRequest,
  { facts = {}, ...options }: PassOptions & { readonly facts?: LayerFacts | undefined } = {},
): Promise<DependentsPlan> {
  requireVersionArn(target);
  const details = await gateway.getLayerVersion(target, { signal: options.signal });
  const known: LayerFacts = { ...facts, version: (arn) => (arn === target ? details : facts.version?.(arn)) };
  const users = await findLayerUsers(gateway, layerArnOf(target), options);
  const wanted = chosen(users, functions, target);
  const older = wanted.filter(({ layerVersionArn }) => versionOf(layerVersionArn) < versionOf(target));
  const latest = older.filter((each) => !isPublished(each));
  return {
    target,
    changes: latest
      .map((each) => change(each, target, known))
      .sort((a, b) => (a.function < b.function ? -1 : 1)),
    current: wanted
      .filter((each) => !isPublished(each) && versionOf(each.layerVersionArn) >= versionOf(target))
      .map(({ functionName }) => functionName)
      .sort(),
    pinned: older.filter(isPublished),
  };
}

/** How one function fared. */
export interface DependentResult extends OrderChange {
  readonly functionArn: string;
  /**
   * `updated`; `pending`: changed, but not known to be active; `unchanged`: it had the new order already; `failed`: see
   * `error`; `unknown`: it may still be done, since no answer came; `notStarted`: not touched, since an earlier one
   * failed or somebody cancelled.
   */
  readonly status: 'updated' | 'pending' | 'unchanged' | 'failed' | 'unknown' | 'notStarted';
  /** Why it failed, or what the person should know of it. */
  readonly error?: Error;
  /** What the function is now, where that is known. */
  readonly configuration?: FunctionConfiguration;
}

/** How a row of updates is carried out. */
export interface ApplyOptions extends UpdateOptions {
  /** Whether the others are updated after one has failed. */
  readonly onError: 'stop' | 'continue';
  /** Hears of each function's result, in order. */
  readonly onResult?: ((result: DependentResult, done: number, total: number) => void) | undefined;
}

/**
 * Carries out planned changes one after the other. Never rejects: every function has a result, also when somebody
 * cancels, so that what was done can be told and undone.
 */
export async function applyDependents(
  gateway: LambdaGateway,
  changes: readonly DependentChange[],
  options: ApplyOptions,
): Promise<DependentResult[]> {
  const results: DependentResult[] = [];
  let isStopped = false;
  for (const each of changes) {
    const isOver = isStopped || options.signal?.aborted === true;
    const result = isOver ? untouched(each) : await applyOne(gateway, each, options);
    results.push(result);
    options.onResult?.(result, results.length, changes.length);
    const isBad = result.status === 'failed' || result.status === 'unknown';
    if (isBad && options.onError === 'stop') isStopped = true;
  }
  return results;
}

/** The changes that take back what was done, or may be, newest first; for `applyDependents`. */
export function undoChanges(results: readonly DependentResult[]): DependentChange[] {
  return results
    .filter(isToUndo)
    .reverse()
    .map(({ function: name, functionArn, before, after }) => {
      return { function: name, functionArn, before: after, after: before, problems: [] };
    });
}

async function applyOne(
  gateway: LambdaGateway,
  planned: DependentChange,
  options: ApplyOptions,
): Promise<DependentResult> {
  const { problems, ...base } = planned;
  const broken = problems.find(({ severity }) => severity === 'error');
  if (broken !== undefined) {
    return { ...base, status: 'failed', error: new UserError('RequestRefused', broken.message) };
  }
  try {
    return changeResult(planned, await changeOrder(gateway, planned, options));
  } catch (error) {
    if (isCancellation(error)) return untouched(planned);
    const configuration = await lookAtFunction(gateway, planned.function);
    return {
      ...base,
      ...(configuration === undefined ? {} : { configuration }),
      status: 'failed',
      error: error instanceof Error ? error : new Error(String(error)),
    };
  }
}

/** How a function fared whose order was changed, or may be. */
export function changeResult(
  { function: name, functionArn, before, after }: Omit<DependentChange, 'problems'>,
  { status, configuration, warning }: OrderChanged,
): DependentResult {
  return {
    ...{ function: name, functionArn, before, after, configuration },
    status: status === 'active' ? 'updated' : status,
    ...(warning === undefined ? {} : { error: new UserError('ServiceFailed', warning) }),
  };
}

function isToUndo({ status, configuration, after }: DependentResult): boolean {
  if (status !== 'failed') return ['updated', 'pending', 'unknown'].includes(status);
  // Lambda could not finish what it had taken on.
  return sameOrder(configuration?.layers.map(({ arn }) => arn) ?? [], after) && configuration !== undefined;
}

function untouched({ function: name, functionArn, before, after }: DependentChange): DependentResult {
  return { function: name, functionArn, before, after, status: 'notStarted' };
}

function chosen(
  users: readonly LayerUser[],
  functions: readonly string[] | undefined,
  target: string,
): LayerUser[] {
  if (functions === undefined) return [...users];
  const isNamed = (wanted: string) => (each: LayerUser) =>
    each.functionName === wanted || each.functionArn === wanted;
  const absent = functions.find((wanted) => !users.some(isNamed(wanted)));
  if (absent !== undefined) {
    throw new UserError(
      'NotFound',
      `The function ${absent} does not exist, or has no version of ${layerArnOf(target)}.`,
      'Correct the list of functions.',
    );
  }
  return users.filter((each) => functions.some((wanted) => isNamed(wanted)(each)));
}

function change(user: LayerUser, target: string, facts: LayerFacts): DependentChange {
  const before = user.function.layers.map(({ arn }) => arn);
  const after = before.map((arn) => (arn === user.layerVersionArn ? target : arn));
  const problems = stackProblems(user.function, after, facts);
  return { function: user.functionName, functionArn: user.functionArn, before, after, problems };
}
