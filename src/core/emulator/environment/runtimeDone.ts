import type { PausableClock } from '../clock.ts';
import type { Invocation } from '../invocation.ts';
import type { PhaseStatus, PlatformEvent, Span } from '../log/platformEvents.ts';
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
  return {
    type: 'platform.runtimeDone',
    record: {
      ...invocationFields(invocation),
      ...outcomeOf(invocation, end),
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

/** How telemetry calls the end of an invocation; to be asked before a timeout has become the invoker's answer. */
export function outcomeOf(
  invocation: Invocation,
  end: PhaseEnd,
): { readonly status: PhaseStatus; readonly errorType?: string } {
  const errorType = end.kind === 'failed' ? end.failure.errorType : invocation.currentAnswer?.errorType;
  return { status: statusOf(invocation, end), ...(errorType === undefined ? {} : { errorType }) };
}

function statusOf(invocation: Invocation, end: PhaseEnd): PhaseStatus {
  if (end.kind === 'timeout') return 'timeout';
  if (end.kind === 'failed') return 'failure';
  return invocation.currentAnswer?.status === 'success' ? 'success' : 'error';
}

/** The part of an invocation in which only extensions were still at work; none unless it ended well. */
export function extensionOverhead(
  { runtimeReadyMs }: Invocation,
  end: PhaseEnd,
  clock: PausableClock,
): { readonly spans?: readonly Span[] } {
  if (end.kind !== 'ready' || runtimeReadyMs === undefined) return {};
  return { spans: [span('extensionOverhead', runtimeReadyMs, clock.elapsedMs(), clock)] };
}

function spans(
  startMs: number,
  response: { readonly startMs: number; readonly endMs: number },
  endMs: number,
  clock: PausableClock,
): readonly Span[] {
  return [
    span('responseLatency', startMs, response.startMs, clock),
    span('responseDuration', response.startMs, response.endMs, clock),
    span('runtimeOverhead', response.endMs, endMs, clock),
  ];
}

/** Both moments in running milliseconds. */
function span(name: Span['name'], fromMs: number, toMs: number, clock: PausableClock): Span {
  const start = new Date(clock.epochMs() - (clock.elapsedMs() - fromMs)).toISOString();
  return { name, start, durationMs: rounded(toMs - fromMs) };
}

/** Milliseconds as Lambda writes them: to the microsecond. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
