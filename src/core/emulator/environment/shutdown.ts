import type { ShutdownReason } from '../extensions/extensionEvents.ts';
import type { Extension, ExtensionRegistry } from '../extensions/extensionRegistry.ts';
import { shutdownMs } from '../limits.ts';
import type { PhaseEnd } from './environmentContext.ts';
import type { EnvironmentProcesses } from './environmentProcesses.ts';

/** Why an environment ends, and what happens on the way. */
export interface Shutdown {
  readonly reason: ShutdownReason;
  /** The wall clock, in milliseconds since 1970. */
  readonly epochMs: () => number;
  /** Awaited between the end of the runtime and that of the extensions, if there are any. */
  readonly runtimeEnded: () => Promise<void>;
}

/** What the extensions are told when a phase ended like this. */
export function shutdownReason({ kind }: PhaseEnd): ShutdownReason {
  if (kind === 'timeout') return 'TIMEOUT';
  return kind === 'failed' ? 'FAILURE' : 'SPINDOWN';
}

/**
 * Lambda's shutdown phase. Without extensions everything is killed at once. With them the runtime is asked to end
 * (`SIGTERM`) and has a share of the time; then the external extensions that want to know get `SHUTDOWN` and may use
 * the rest. Whatever is left at the end is killed.
 */
export async function shutDown(
  processes: EnvironmentProcesses,
  registry: ExtensionRegistry,
  { reason, epochMs, runtimeEnded }: Shutdown,
): Promise<void> {
  const registered = registry.extensions.filter(isRegistered);
  const external = registered.filter((extension) => extension.external);
  if (registered.length === 0) return;
  const totalMs = external.length > 0 ? shutdownMs.external : shutdownMs.internalOnly;
  const deadlineMs = epochMs() + totalMs;
  const deadline = performance.now() + totalMs;
  await processes.endRuntime(external.length > 0 ? shutdownMs.runtimeShare : totalMs);
  await runtimeEnded();
  const [told, untold] = partition(external, ({ subscriptions }) => subscriptions.includes('SHUTDOWN'));
  registry.dispatch({ eventType: 'SHUTDOWN', shutdownReason: reason, deadlineMs });
  await Promise.all([
    processes.endExtensions(
      untold.map(({ name }) => name),
      0,
    ),
    processes.endExtensions(
      told.map(({ name }) => name),
      Math.max(0, deadline - performance.now()),
    ),
  ]);
}

function isRegistered({ state }: Extension): boolean {
  return state !== 'Started' && state !== 'LaunchError';
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
