import { describeError, isCancellation, UserError } from '../base/errors.ts';

/**
 * A failure that has left something behind, with one sentence for each thing that somebody has to remove; the failure
 * as it was when nothing is left. A cancellation that left something is not silent any more.
 */
export function withLeftovers(failure: unknown, left: readonly string[]): unknown {
  if (left.length === 0) return failure;
  const cause = { cause: failure };
  if (isCancellation(failure)) {
    return new UserError(
      'ServiceFailed',
      'It was cancelled, but could not be tidied up.',
      left.join(' '),
      cause,
    );
  }
  if (!(failure instanceof UserError)) {
    return new UserError('ServiceFailed', describeError(failure), left.join(' '), cause);
  }
  const { code, message, help } = failure;
  return new UserError(code, message, [...(help === undefined ? [] : [help]), ...left].join(' '), cause);
}
