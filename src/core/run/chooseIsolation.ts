import { UserError } from '../base/errors.ts';
import { directoryIsolation } from './directoryIsolation.ts';
import type { Isolation, IsolationName } from './isolation.ts';
import { namespaceIsolation } from './namespaceIsolation.ts';

/** Best first; a new isolation is a file and a line here. */
const isolations: readonly Isolation[] = [namespaceIsolation, directoryIsolation];

/**
 * Picks an isolation: the wanted one, or the best that works here. What differs from Lambda is told.
 * @throws UserError `IsolationUnavailable` saying what is missing and how to allow it
 */
export async function chooseIsolation(
  wanted: IsolationName | 'auto',
  notice: (text: string) => void,
): Promise<Isolation> {
  for (const isolation of isolations) {
    if (wanted !== 'auto' && wanted !== isolation.name) continue;
    const reason = await isolation.unavailable();
    if (reason === undefined) {
      if (isolation.caveat !== undefined) notice(isolation.caveat);
      return isolation;
    }
    if (wanted !== 'auto') {
      throw new UserError(
        'IsolationUnavailable',
        `The isolation "${wanted}" does not work on this machine: ${reason}`,
        'Set "isolation" to "directory" in the launch configuration to run without it.',
      );
    }
    notice(`The isolation "${isolation.name}" does not work on this machine: ${reason}`);
  }
  throw new UserError('IsolationUnavailable', 'No isolation works on this machine.');
}
