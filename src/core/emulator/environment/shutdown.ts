import type { ShutdownReason } from '../extensions/extensionEvents.ts';
import type { Extension, ExtensionRegistry } from '../extensions/extensionRegistry.ts';
import { shutdownMs } from '../limits.ts';
import type { EnvironmentProcesses } from './environmentProcesses.ts';

/**
 * Lambda's shutdown phase. Without extensions everything is killed at once. With them the runtime is asked to end
 * (`SIGTERM`) and has a share of the time; then the external extensions that want to know get `SHUTDOWN` and may use
 * the rest. Whatever is left at the end is killed.
 */
export async function shutDown(
  processes: EnvironmentProcesses,
  registry: ExtensionRegistry,
  reason: ShutdownReason,
  epochMs: () => number,
): Promise<void> {
  const registered = registry.extensions.filter(isRegistered);
  const external = registered.filter((extension) => extension.external);
  if (registered.length === 0) return;
  const totalMs = external.length > 0 ? shutdownMs.external : shutdownMs.internalOnly;
  const deadlineMs = epochMs() + totalMs;
  const deadline = performance.now() + totalMs;
  await processes.endRuntime(external.length > 0 ? shutdownMs.runtimeShare : totalMs);
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
