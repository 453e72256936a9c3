import { UserError } from '../base/errors.ts';
import { parseLayerVersionArn } from '../layer/layerArn.ts';
import { changeOrder, type OrderChange, type OrderChanged, type UpdateOptions } from './functionUpdate.ts';
import { layerArnOf, requireVersionArn, sameOrder } from './layerNames.ts';
import type { FunctionConfiguration, LambdaGateway } from './ports.ts';
import {
  stackBudget,
  stackProblems,
  type LayerFacts,
  type StackBudget,
  type StackProblem,
} from './stackRules.ts';

/** What a change of a function's layers will do; nothing has happened yet. */
export interface LayerChangePlan extends OrderChange {
  readonly functionArn: string;
  /** Errors make the change impossible; warnings are for the person to decide. */
  readonly problems: readonly StackProblem[];
  readonly budget: StackBudget;
}

/** What plans are made with. */
export interface PlanOptions {
  /** What is known of layers without asking; versions that are not known are asked for. */
  readonly facts?: LayerFacts | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A layer to be attached. */
export interface AttachRequest {
  /** Name or ARN. */
  readonly function: string;
  /** Layer version ARN. */
  readonly layer: string;
  /** Place in the order, 0 being extracted first; at the end without it. */
  readonly position?: number | undefined;
  /** What to do when the function has another version of the layer; `refuse`. */
  readonly onSameLayer?: 'refuse' | 'replace' | undefined;
}

/**
 * Plans to attach a layer version. A version that replaces another stays in its place unless a position is given.
 * Rejects with `LayerReferenceInvalid`, or as the gateway.
 */
export async function planAttach(
  gateway: LambdaGateway,
  request: AttachRequest,
  options: PlanOptions = {},
): Promise<LayerChangePlan> {
  requireVersionArn(request.layer);
  const current = await gateway.getFunction(request.function, options);
  return planOrder(gateway, current, attached(arnsOf(current), request), options);
}

/** Plans to detach layer versions. Rejects with `NotFound` for one that the function does not have. */
export async function planDetach(
  gateway: LambdaGateway,
  request: { readonly function: string; readonly layers: readonly string[] },
  options: PlanOptions = {},
): Promise<LayerChangePlan> {
  const current = await gateway.getFunction(request.function, options);
  const before = arnsOf(current);
  const absent = request.layers.find((arn) => !before.includes(arn));
  if (absent !== undefined) {
    throw new UserError(
      'NotFound',
      `${current.name} does not have the layer ${absent}.`,
      'Refresh the view.',
    );
  }
  return planOrder(
    gateway,
    current,
    before.filter((arn) => !request.layers.includes(arn)),
    options,
  );
}

/** Plans another order of the same layers. Rejects with `ChangedMeanwhile` when they are not the same. */
export async function planReorder(
  gateway: LambdaGateway,
  request: { readonly function: string; readonly layers: readonly string[] },
  options: PlanOptions = {},
): Promise<LayerChangePlan> {
  const current = await gateway.getFunction(request.function, options);
  if (!sameOrder([...arnsOf(current)].sort(), [...request.layers].sort())) {
    throw new UserError(
      'ChangedMeanwhile',
      `The new order of ${current.name} does not name the layers that it has.`,
      'Refresh the view and order them again.',
    );
  }
  return planOrder(gateway, current, request.layers, options);
}

/**
 * Carries out a plan. Rejects with `RequestRefused` naming the first broken rule, else as `changeOrder`, whose result
 * it returns.
 */
export async function applyLayerChange(
  gateway: LambdaGateway,
  plan: LayerChangePlan,
  options: UpdateOptions = {},
): Promise<OrderChanged> {
  const broken = plan.problems.find(({ severity }) => severity === 'error');
  if (broken !== undefined) {
    const code = ['count', 'size'].includes(broken.rule) ? 'LimitExceeded' : 'RequestRefused';
    throw new UserError(code, broken.message, 'Nothing was changed.');
  }
  return changeOrder(gateway, plan, options);
}

/** The plan for any new order of a function's layers. */
export async function planOrder(
  gateway: LambdaGateway,
  current: FunctionConfiguration,
  after: readonly string[],
  { facts = {}, signal }: PlanOptions,
): Promise<LayerChangePlan> {
  const before = arnsOf(current);
  const added = after.filter((arn) => !before.includes(arn));
  const known = await factsOf(gateway, added, facts, signal);
  return {
    function: current.name,
    functionArn: current.arn,
    before,
    after,
    problems: stackProblems(current, after, known),
    budget: stackBudget(current, after, known),
  };
}

function arnsOf({ layers }: FunctionConfiguration): string[] {
  return layers.map(({ arn }) => arn);
}

function attached(before: readonly string[], { layer, position, onSameLayer }: AttachRequest): string[] {
  const same = before.findIndex((arn) => layerArnOf(arn) === layerArnOf(layer));
  if (same === -1 || onSameLayer !== 'replace') return inserted(before, layer, position ?? before.length);
  const rest = before.filter((_, index) => index !== same);
  return inserted(rest, layer, position ?? same);
}

function inserted(list: readonly string[], item: string, position: number): string[] {
  const index = Math.max(0, Math.min(list.length, Math.trunc(position)));
  return [...list.slice(0, index), item, ...list.slice(index)];
}

/** Asks for versions that are not known yet. One that may not be seen is Lambda's to refuse, with its reason. */
async function factsOf(
  gateway: LambdaGateway,
  arns: readonly string[],
  facts: LayerFacts,
  signal: AbortSignal | undefined,
): Promise<LayerFacts> {
  const found = new Map(
    await Promise.all(
      arns
        .filter((arn) => facts.version?.(arn) === undefined && isHere(gateway, arn))
        .map(async (arn) => [arn, await visibleVersion(gateway, arn, signal)] as const),
    ),
  );
  return { ...facts, version: (arn) => facts.version?.(arn) ?? found.get(arn) };
}

async function visibleVersion(gateway: LambdaGateway, arn: string, signal: AbortSignal | undefined) {
  try {
    return await gateway.getLayerVersion(arn, { signal });
  } catch (error) {
    const isHidden =
      error instanceof UserError && ['AccessDenied', 'LayerReferenceInvalid'].includes(error.code);
    if (isHidden) return undefined;
    throw error;
  }
}

/** Another region's layers cannot be asked for here, and are refused anyway. */
function isHere(gateway: LambdaGateway, arn: string): boolean {
  return parseLayerVersionArn(arn)?.region === gateway.region;
}
