import type { PausableClock } from '../clock.ts';
import type { Invocation } from '../invocation.ts';
import type { PhaseStatus, PlatformEvent } from '../log/platformEvents.ts';
import type { PhaseEnd } from './environmentContext.ts';

/** The event that closes the runtime's part of an invocation, with what it spent its time on. */
export function runtimeDone(
  invocation: Invocation,
  end: PhaseEnd,
  startMs: number,
  clock: PausableClock,
): PlatformEvent {
  const endMs = clock.elapsedMs();
  const { response } = invocation;
  const errorType = end.kind === 'failed' ? end.failure.errorType : invocation.currentAnswer?.errorType;
  return {
    type: 'platform.runtimeDone',
    record: {
      ...invocationFields(invocation),
      status: statusOf(invocation, end),
      ...(errorType === undefined ? {} : { errorType }),
      metrics: {
        durationMs: rounded(endMs - startMs),
        ...(response?.bytes === undefined ? {} : { producedBytes: response.bytes }),
      },
      ...(response?.endMs === undefined
        ? {}
        : { spans: spans(startMs, { ...response, endMs: response.endMs }, endMs, clock) }),
    },
  };
}

/** What every event about an invocation carries. */
export function invocationFields({ request, requestId, traceHeader }: Invocation): {
  readonly requestId: string;
  readonly tracing: { readonly type: 'X-Amzn-Trace-Id'; readonly value: string };
  readonly tenantId?: string;
} {
  const { tenantId } = request;
  const tracing = { type: 'X-Amzn-Trace-Id', value: traceHeader } as const;
  return { requestId, ...(tenantId === undefined ? {} : { tenantId }), tracing };
}

/** How telemetry calls the end of an invocation. */
export function statusOf(invocation: Invocation, end: PhaseEnd): PhaseStatus {
  if (end.kind === 'timeout') return 'timeout';
  if (end.kind === 'failed') return 'failure';
  return invocation.currentAnswer?.status === 'success' ? 'success' : 'error';
}

function spans(
  startMs: number,
  response: { readonly startMs: number; readonly endMs: number },
  endMs: number,
  clock: PausableClock,
) {
  const at = (ms: number) => new Date(clock.epochMs() - (endMs - ms)).toISOString();
  const span = (
    name: 'responseLatency' | 'responseDuration' | 'runtimeOverhead',
    from: number,
    to: number,
  ) => ({
    name,
    start: at(from),
    durationMs: rounded(to - from),
  });
  return [
    span('responseLatency', startMs, response.startMs),
    span('responseDuration', response.startMs, response.endMs),
    span('runtimeOverhead', response.endMs, endMs),
  ];
}

/** Milliseconds as Lambda writes them: to the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
