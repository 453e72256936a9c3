import { describeError, isCancellation, UserError } from '../base/errors.ts';
import { sameOrder } from './layerNames.ts';
import { isOnItsWay, leavesOpen, lookForOutcome, lookLimit } from './openOutcome.ts';
import { pause } from './pause.ts';
import type { FunctionConfiguration, LambdaGateway } from './ports.ts';

/** How patient an update is. */
export interface UpdateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two looks at an update that goes on; 1,000. */
  readonly pollMilliseconds?: number | undefined;
  /** Milliseconds after which such an update is given up waiting for; five minutes. */
  readonly limitMilliseconds?: number | undefined;
  /** Milliseconds before each look at how a change ended whose answer did not come. */
  readonly lookPauses?: readonly number[] | undefined;
}

/** A change of a function's ordered layers, as the person was shown it. */
export interface OrderChange {
  /** Name or ARN. */
  readonly function: string;
  /** Ordered layer version ARNs that the function must have now. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** How a change of one function ended. */
export interface OrderChanged {
  /**
   * `active`: done and in use; `pending`: done, but it is not known whether Lambda has finished; `failed`: done, but
   * Lambda could not finish it, and the function goes on as it was; `unknown`: it may still be done, since no answer
   * came; `unchanged`: it was so already.
   */
  readonly status: 'active' | 'pending' | 'failed' | 'unknown' | 'unchanged';
  /** What the function has now, in order; with `unknown` what it will have if the change is made. */
  readonly layers: readonly string[];
  /** What was seen last. */
  readonly configuration: FunctionConfiguration;
  /** What the person should know, in a sentence or two. */
  readonly warning?: string;
}

const attempts = 3;

/**
 * Replaces a function's ordered layers, if it still has those that the person saw, and waits until the update is
 * active. The revision guards what lies between looking and changing. When the answer is lost, the function is looked
 * at again, so that the result is the truth: it is repeated only if it did not happen. Once the change is made, or may
 * be, there is a result, whatever happens then.
 *
 * Rejects with `ChangedMeanwhile` when the function has other layers than expected, else as the gateway. Cancelling
 * rejects with the signal's reason if nothing was changed.
 */
export async function changeOrder(
  gateway: LambdaGateway,
  change: OrderChange,
  options: UpdateOptions = {},
): Promise<OrderChanged> {
  for (let attempt = 1; ; attempt++) {
    const current = await waitUntilReady(gateway, change.function, options);
    const isAsWanted = sameOrder(arns(current), change.after);
    if (isAsWanted && attempt === 1) return finished(current, 'unchanged');
    if (isAsWanted) return waitUntilActive(gateway, change, current, options); // an earlier attempt came late
    if (!sameOrder(arns(current), change.before)) throw changedMeanwhile(change);
    const sent = await send(gateway, change, current, options);
    if (sent.status === 'made') return waitUntilActive(gateway, change, sent.configuration, options);
    if (sent.status === 'open') return unknown(change, current);
    options.signal?.throwIfAborted();
    // Another kind of change was quicker: with the same layers, the plan still holds.
    if (!isPassing(sent.failure) || attempt >= attempts) throw sent.failure;
  }
}

/** What a function is now, for whoever shows it after a failure; `undefined` when that fails too. Takes ten seconds at most. */
export async function lookAtFunction(
  gateway: LambdaGateway,
  name: string,
): Promise<FunctionConfiguration | undefined> {
  return gateway.getFunction(name, { signal: AbortSignal.timeout(lookLimit) }).catch(() => undefined);
}

type Sent =
  | { readonly status: 'made'; readonly configuration: FunctionConfiguration }
  | { readonly status: 'notMade'; readonly failure: unknown }
  | { readonly status: 'open' };

/** Sends the change, and finds out whether it was made. Rejects with the signal's reason when it was not sent. */
async function send(
  gateway: LambdaGateway,
  { function: name, after }: OrderChange,
  { revisionId }: FunctionConfiguration,
  { signal, lookPauses: pauses }: UpdateOptions,
): Promise<Sent> {
  try {
    return { status: 'made', configuration: await gateway.updateLayers(name, after, { revisionId, signal }) };
  } catch (failure) {
    if (isCancellation(failure)) throw failure;
    if (!leavesOpen(failure)) return { status: 'notMade', failure };
    const isDone = (each: FunctionConfiguration) => sameOrder(arns(each), after);
    const look = (limit: AbortSignal) => gateway.getFunction(name, { signal: limit });
    const seen = await lookForOutcome(failure, look, { isDone, pauses });
    if (seen !== undefined && isDone(seen)) return { status: 'made', configuration: seen };
    const isOpen = seen === undefined || isOnItsWay(failure);
    return isOpen ? { status: 'open' } : { status: 'notMade', failure };
  }
}

function isPassing(failure: unknown): boolean {
  return leavesOpen(failure) || (failure instanceof UserError && failure.code === 'ChangedMeanwhile');
}

async function waitUntilReady(
  gateway: LambdaGateway,
  name: string,
  options: UpdateOptions,
): Promise<FunctionConfiguration> {
  return poll(
    gateway,
    name,
    options,
    ({ lastUpdate, state }) => lastUpdate !== 'InProgress' && state !== 'Pending',
  );
}

/** Never rejects: the change is made, and that must be told, whatever becomes of the waiting. */
async function waitUntilActive(
  gateway: LambdaGateway,
  change: OrderChange,
  made: FunctionConfiguration,
  options: UpdateOptions,
): Promise<OrderChanged> {
  let seen = made;
  try {
    await poll(gateway, change.function, options, (each) => {
      seen = each;
      return each.lastUpdate !== 'InProgress';
    });
  } catch (error) {
    const pending = finished(seen, 'pending');
    return isCancellation(error) ? pending : { ...pending, warning: notSeenActive(change, error) };
  }
  if (seen.lastUpdate === 'Failed') return { ...finished(seen, 'failed'), warning: updateFailed(seen) };
  const isAsWanted = sameOrder(arns(seen), change.after);
  return isAsWanted ? finished(seen, 'active') : { ...finished(seen, 'active'), warning: overtaken(change) };
}

async function poll(
  gateway: LambdaGateway,
  name: string,
  { signal, pollMilliseconds = 1_000, limitMilliseconds = 300_000 }: UpdateOptions,
  isDone: (configuration: FunctionConfiguration) => boolean,
): Promise<FunctionConfiguration> {
  const end = performance.now() + limitMilliseconds;
  for (;;) {
    const configuration = await gateway.getFunction(name, { signal });
    if (isDone(configuration)) return configuration;
    if (performance.now() > end) {
      throw new UserError(
        'ServiceFailed',
        `${configuration.name} is still being updated after ${Math.round(limitMilliseconds / 1000)} s.`,
        'Look at it again later; Lambda goes on.',
      );
    }
    await pause(pollMilliseconds, signal);
  }
}

function arns({ layers }: FunctionConfiguration): string[] {
  return layers.map(({ arn }) => arn);
}

function finished(configuration: FunctionConfiguration, status: OrderChanged['status']): OrderChanged {
  return { status, layers: arns(configuration), configuration };
}

function changedMeanwhile({ function: name }: OrderChange): UserError {
  return new UserError(
    'ChangedMeanwhile',
    `The layers of ${name} are no longer those that were shown.`,
    'They were left as they are. Look at them and try again.',
  );
}

function unknown({ function: name, after }: OrderChange, configuration: FunctionConfiguration): OrderChanged {
  const warning = `Whether the layers of ${name} were changed is not known: there was no answer. It may still be done; look again in a moment.`;
  return { status: 'unknown', layers: after, configuration, warning };
}

function updateFailed({ name, lastUpdateReason }: FunctionConfiguration): string {
  const reason = lastUpdateReason ?? 'it gives no reason';
  return `Lambda could not finish the update of ${name}: ${reason}. Until it is mended, the function goes on as it was before.`;
}

function notSeenActive({ function: name }: OrderChange, error: unknown): string {
  return `The layers of ${name} are changed, but whether the update is active is not known. ${describeError(error)}`;
}

function overtaken({ function: name }: OrderChange): string {
  return `The layers of ${name} were changed, and somebody else has changed them again since.`;
}
