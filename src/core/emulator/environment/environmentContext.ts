import type { Logger } from '../../base/logger.ts';
import type { PausableClock } from '../clock.ts';
import type { EnvironmentLauncher } from '../environmentLauncher.ts';
import type { Failure } from '../failure.ts';
import type { FunctionSettings } from '../functionSettings.ts';
import type { ExecutionLog } from '../log/executionLog.ts';

/** How init, or an invocation, ended for the environment. Only `ready` leaves it usable. */
export type PhaseEnd =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'stopped' };

/** What an execution environment works with. */
export interface EnvironmentContext {
  readonly settings: FunctionSettings;
  readonly launcher: EnvironmentLauncher;
  /** `host:port` of the Runtime API, once that listens. */
  readonly runtimeApi: () => string;
  /** What the metadata endpoint wants to see. */
  readonly metadataToken: string;
  /** Whether a new environment follows one that ended at once, not only with the next invocation. */
  readonly keepReady: boolean;
  readonly clock: PausableClock;
  /** How much later than it ends an invocation is told to end, in milliseconds. */
  readonly deadlineAllowanceMs: () => number;
  readonly log: ExecutionLog;
  readonly logger: Logger;
  /** Called when the processes of an environment are gone: connections to them are stale. */
  readonly closed: () => void;
}
