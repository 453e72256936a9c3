import type { FunctionSettings } from '../functionSettings.ts';

/** How a phase ended badly, for the tail of its report line. */
export type ReportStatus =
  { readonly kind: 'timeout' } | { readonly kind: 'error'; readonly errorType: string };

/** The figures of a `REPORT` line. */
export interface InvocationReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly billedMs: number;
  readonly maxMemoryMb: number;
  /** On a cold start only. */
  readonly initMs: number | undefined;
  readonly status: ReportStatus | undefined;
}

/** The line that opens an init phase. The ARN is made up, as the function's account is. */
export function initStartLine({ region, runtimeLabel }: FunctionSettings): string {
  const arn = `arn:aws:lambda:${region}::runtime:${runtimeLabel}`;
  return `INIT_START Runtime Version: ${runtimeLabel}\tRuntime Version ARN: ${arn}`;
}

/** The line that closes an init phase which failed; a good one has none. `phase` is `invoke` for a repeated init. */
export function initReportLine(phase: 'init' | 'invoke', durationMs: number, status: ReportStatus): string {
  return `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: ${phase}\t${statusFields(status)}`;
}

/** The line that opens an invocation. */
export function startLine(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`;
}

/** The line that closes an invocation. */
export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

/** The `REPORT` line in the form of 2024, which says how the invocation ended. */
export function reportLine(report: InvocationReport, memorySizeMb: number): string {
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${report.billedMs} ms`,
    `Memory Size: ${memorySizeMb} MB`,
    `Max Memory Used: ${report.maxMemoryMb} MB`,
  ];
  if (report.initMs !== undefined) fields.push(`Init Duration: ${report.initMs.toFixed(2)} ms`);
  if (report.status !== undefined) fields.push(statusFields(report.status));
  return fields.join('\t');
}

function statusFields(status: ReportStatus): string {
  return status.kind === 'timeout' ? 'Status: timeout' : `Status: error\tError Type: ${status.errorType}`;
}
