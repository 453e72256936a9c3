import type { Extension } from '../extensions/extensionRegistry.ts';
import { initializationType, type FunctionSettings } from '../functionSettings.ts';
import type { InitPhase, PhaseStatus, PlatformEvent } from '../log/platformEvents.ts';
import type { PhaseEnd } from './environmentContext.ts';
import { rounded } from './runtimeDone.ts';

/** An init that has ended. */
export interface EndedInit {
  readonly phase: InitPhase;
  readonly end: PhaseEnd;
  readonly durationMs: number;
  /** Whether bootstrap was started: a runtime that never was has nothing to be told of. */
  readonly bootstrapStarted: boolean;
  readonly extensions: readonly Extension[];
}

/** What the platform tells of the end of an init, in the order of the official emulator (`rapid/handlers.go`). */
export function initReport(
  settings: FunctionSettings,
  { bootstrapStarted, durationMs, end, extensions, phase }: EndedInit,
): readonly PlatformEvent[] {
  const record = {
    initializationType: initializationType(settings),
    phase,
    status: statusOfInit(end),
    ...(end.kind === 'failed' ? { errorType: end.failure.errorType } : {}),
  };
  return [
    ...(bootstrapStarted ? [{ type: 'platform.initRuntimeDone', record } as const] : []),
    ...extensions.map(extensionEvent),
    { type: 'platform.initReport', record: { ...record, metrics: { durationMs: rounded(durationMs) } } },
  ];
}

function extensionEvent({ errorType, name, state, subscriptions: events }: Extension): PlatformEvent {
  const failed = errorType === undefined ? {} : { errorType };
  return { type: 'platform.extension', record: { name, state, events, ...failed } };
}

function statusOfInit({ kind }: PhaseEnd): PhaseStatus {
  if (kind === 'ready') return 'success';
  return kind === 'timeout' ? 'timeout' : 'error';
}
