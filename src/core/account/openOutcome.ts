import { UserError } from '../base/errors.ts';
import { pause } from './pause.ts';

/** Milliseconds before each look at how a change ended whose answer did not come. */
export const looks: readonly number[] = [0, 1_000, 3_000, 8_000];
/** Milliseconds for one such look, and for tidying up. */
export const lookLimit = 10_000;

/** What is told of a change that was sent, and of which nobody can say whether it was made. */
export function outcomeUnknown(what: string): UserError {
  return new UserError(
    'OutcomeUnknown',
    `Whether ${what} was done is not known: there was no answer.`,
    'It may still be done. Look at the present state in a moment, before you try again.',
  );
}

/** Whether a change may have been made although it failed, because its answer did not come. */
export function leavesOpen(error: unknown): boolean {
  return (
    error instanceof UserError && ['NetworkFailed', 'ServiceFailed', 'OutcomeUnknown'].includes(error.code)
  );
}

/** Whether a change may be on its way still: it was sent, and nobody waits for it any more. */
export function isOnItsWay(failure: unknown): boolean {
  return failure instanceof UserError && failure.code === 'OutcomeUnknown';
}

/**
 * Looks how a change ended whose answer did not come. A request that failed has failed, so that one look tells;
 * one that is on its way still is looked for several times.
 * @returns the last thing seen, `undefined` when looking failed every time; never rejects
 */
export async function lookForOutcome<T>(
  failure: unknown,
  look: (signal: AbortSignal) => Promise<T>,
  {
    isDone,
    pauses = looks,
  }: { readonly isDone: (seen: T) => boolean; readonly pauses?: readonly number[] | undefined },
): Promise<T | undefined> {
  let seen: T | undefined;
  for (const milliseconds of pauses) {
    await pause(milliseconds, undefined);
    seen = (await look(AbortSignal.timeout(lookLimit)).catch(() => undefined)) ?? seen;
    if (seen !== undefined && (isDone(seen) || !isOnItsWay(failure))) return seen;
  }
  return seen;
}
