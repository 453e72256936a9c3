import { setTimeout } from 'node:timers/promises';

/** Waits some milliseconds. Rejects with the signal's own reason when somebody cancels. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}
