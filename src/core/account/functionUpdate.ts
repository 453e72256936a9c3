import { UserError, type UserErrorCode } from '../base/errors.ts';
import { sameOrder } from './layerNames.ts';
import { pause } from './pause.ts';
import type { FunctionConfiguration, LambdaGateway } from './ports.ts';

/** How patient an update is. */
export interface UpdateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two looks at an update that goes on; 1,000. */
  readonly pollMilliseconds?: number | undefined;
  /** Milliseconds after which such an update is given up waiting for; five minutes. */
  readonly limitMilliseconds?: number | undefined;
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
   * `active`: done and in use; `pending`: done, but somebody cancelled before Lambda had finished; `unchanged`: it
   * was so already.
   */
  readonly status: 'active' | 'pending' | 'unchanged';
  /** What the function has now, in order. */
  readonly layers: readonly string[];
  readonly configuration: FunctionConfiguration;
}

const attempts = 3;
/** Milliseconds for finding out how a change ended that was cancelled. */
const truthLimit = 10_000;

/**
 * Replaces a function's ordered layers, if it still has those that the person saw, and waits until the update is
 * active. The revision guards what lies between looking and changing. When the answer is lost, the function is looked
 * at again, so that the result is the truth: it is repeated only if it did not happen.
 *
 * Rejects with `ChangedMeanwhile` when the function has other layers than expected, `RequestRefused` when Lambda
 * could not finish the update, else as the gateway. Cancelling rejects with the signal's reason if nothing was changed.
 */
export async function changeOrder(
  gateway: LambdaGateway,
  change: OrderChange,
  options: UpdateOptions = {},
): Promise<OrderChanged> {
  for (let attempt = 1; ; attempt++) {
    const current = await waitUntilReady(gateway, change.function, options);
    if (sameOrder(arns(current), change.after)) return finished(current, 'unchanged');
    if (!sameOrder(arns(current), change.before)) throw changedMeanwhile(change);
    const failure = await update(gateway, change, current, options);
    if (failure === undefined) return await waitUntilActive(gateway, change, options);
    const present = await lookAfter(gateway, change, failure);
    if (present !== undefined && sameOrder(arns(present), change.after)) {
      return await waitUntilActive(gateway, change, options);
    }
    options.signal?.throwIfAborted();
    // Another kind of change was quicker: with the same layers, the plan still holds.
    if (!isPassing(failure) || attempt >= attempts) throw failure;
  }
}

/** Sends the change; what went wrong, if anything. */
async function update(
  gateway: LambdaGateway,
  { function: name, after }: OrderChange,
  { revisionId }: FunctionConfiguration,
  { signal }: UpdateOptions,
): Promise<Error | undefined> {
  try {
    await gateway.updateLayers(name, after, { revisionId, signal });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What the function is after a failure that leaves that open; `undefined` when it cannot be found out. */
async function lookAfter(
  gateway: LambdaGateway,
  { function: name }: OrderChange,
  failure: Error,
): Promise<FunctionConfiguration | undefined> {
  const isCertain = failure instanceof UserError && certain.has(failure.code);
  if (isCertain) return undefined;
  return gateway.getFunction(name, { signal: AbortSignal.timeout(truthLimit) }).catch(() => undefined);
}

/** After these, nothing was changed. */
const certain = new Set<UserErrorCode>([
  'AccessDenied',
  'NotFound',
  'LimitExceeded',
  'RequestRefused',
  'Throttled',
  'CredentialsInvalid',
  'CredentialsMissing',
]);

function isPassing(failure: Error): boolean {
  return (
    failure instanceof UserError &&
    ['NetworkFailed', 'ServiceFailed', 'ChangedMeanwhile'].includes(failure.code)
  );
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

async function waitUntilActive(
  gateway: LambdaGateway,
  change: OrderChange,
  options: UpdateOptions,
): Promise<OrderChanged> {
  const { function: name, after } = change;
  let seen: FunctionConfiguration | undefined;
  try {
    const configuration = await poll(gateway, name, options, (each) => {
      seen = each;
      return each.lastUpdate !== 'InProgress';
    });
    if (configuration.lastUpdate === 'Failed') throw updateFailed(configuration);
    if (!sameOrder(arns(configuration), after)) throw changedMeanwhile(change);
    return finished(configuration, 'active');
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    // It is changed, and that must be told, though nobody waits for the rest.
    const configuration =
      seen ?? (await gateway.getFunction(name, { signal: AbortSignal.timeout(truthLimit) }));
    return finished(configuration, 'pending');
  }
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

function updateFailed({ name, lastUpdateReason }: FunctionConfiguration): UserError {
  return new UserError(
    'RequestRefused',
    `Lambda could not finish the update of ${name}: ${lastUpdateReason ?? 'it gives no reason'}`,
    'Until it is mended, the function goes on as it was before.',
  );
}
