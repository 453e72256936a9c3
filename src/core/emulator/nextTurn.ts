import { setImmediate } from 'node:timers/promises';

/**
 * Waits until everything the operating system already holds for this process has been delivered: output that a
 * runtime wrote before it made a call arrives in the same turn of the event loop as the call.
 */
export async function nextTurn(): Promise<void> {
  await setImmediate();
}
