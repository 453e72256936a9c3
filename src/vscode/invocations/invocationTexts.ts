import * as vscode from 'vscode';
import type { DocumentKind } from '../../core/invocations/invocationDocument.ts';
import type { InvocationStatus } from '../../core/invocations/invocationRow.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import type { Row } from './invocations.ts';

/** Names of documents, as titles. */
export const documentTitles: Readonly<Record<DocumentKind, () => string>> = {
  event: () => vscode.l10n.t('Event'),
  response: () => vscode.l10n.t('Response'),
  cause: () => vscode.l10n.t('Error Cause'),
  log: () => vscode.l10n.t('Log'),
  telemetry: () => vscode.l10n.t('Telemetry'),
};

/** How an invocation stands. */
export const statusTexts: Readonly<Record<InvocationStatus, () => string>> = {
  queued: () => vscode.l10n.t('queued'),
  running: () => vscode.l10n.t('running'),
  dropped: () => vscode.l10n.t('dropped'),
  success: () => vscode.l10n.t('success'),
  error: () => vscode.l10n.t('error'),
  timeout: () => vscode.l10n.t('timeout'),
  crash: () => vscode.l10n.t('crash'),
};

/** As much of a request id as tells invocations apart. */
export function shortId({ record }: Row): string {
  return record.requestId.slice(0, 8);
}

/** What a row says after its label. That all went well is said by the icon: there is room for little text. */
export function describeRow(row: Row): string {
  const { attempt, coldStart, result } = row.record;
  return [
    ...(row.status === 'success' ? [] : [statusTexts[row.status]()]),
    ...(attempt > 1 ? [vscode.l10n.t('attempt {0}', attempt)] : []),
    ...(result === undefined ? [] : [formatMs(result.durationMs)]),
    ...(coldStart === true ? [vscode.l10n.t('cold start')] : []),
    ...(result === undefined ? [] : [vscode.l10n.t('billed {0}', formatMs(result.billedMs))]),
    ...(result === undefined || result.maxMemoryMb === 0 ? [] : [`${result.maxMemoryMb} MB`]),
  ].join(' · ');
}

/** Everything known of an invocation, as a table. */
export function rowTooltip(row: Row): vscode.MarkdownString {
  const { record, session } = row;
  const { result } = record;
  const facts: [string, string | undefined][] = [
    [vscode.l10n.t('Function'), session.functionName],
    [vscode.l10n.t('Status'), statusTexts[row.status]()],
    [vscode.l10n.t('Error type'), result?.errorType],
    [vscode.l10n.t('Request id'), record.requestId],
    [vscode.l10n.t('Attempt'), record.attempt > 1 ? String(record.attempt) : undefined],
    [vscode.l10n.t('Queued'), formatTime(record.queuedAtMs)],
    [vscode.l10n.t('Waited'), waited(row)],
    [vscode.l10n.t('Cold start'), coldStart(row)],
    [vscode.l10n.t('Duration'), result && formatMs(result.durationMs)],
    [vscode.l10n.t('Billed'), result && formatMs(result.billedMs)],
    [
      vscode.l10n.t('Clock stood still'),
      result?.pausedMs === undefined ? undefined : formatMs(result.pausedMs),
    ],
    [
      vscode.l10n.t('Memory'),
      result && result.maxMemoryMb > 0
        ? vscode.l10n.t('{0} of {1} MB', result.maxMemoryMb, session.memorySize)
        : undefined,
    ],
    [vscode.l10n.t('Event'), formatBytes(record.payload.length)],
    [vscode.l10n.t('Response'), result && formatBytes(result.payload.length)],
  ];
  return table(facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

/** Names and values; the first row is the heading, which a table in Markdown has to have. */
function table(rows: readonly (readonly [string, string])[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  for (const [index, [name, value]] of rows.entries()) {
    markdown.appendMarkdown(`| ${name}&nbsp; | `).appendText(value).appendMarkdown(' |\n');
    if (index === 0) markdown.appendMarkdown('|:-|:-|\n');
  }
  return markdown;
}

/** How much there is to read in a document. */
export function describeDocument(row: Row, kind: DocumentKind): string {
  const { output, record } = row;
  switch (kind) {
    case 'event':
      return formatBytes(record.payload.length);
    case 'response':
      return [formatBytes(record.result?.payload.length ?? 0), record.result?.errorType ?? '']
        .filter((part) => part !== '')
        .join(' · ');
    case 'cause':
      return formatBytes(record.result?.errorCause?.length ?? 0);
    case 'log':
      return vscode.l10n.t('{0} lines', output.log.items.length + output.log.dropped.items);
    case 'telemetry':
      return vscode.l10n.t('{0} events', output.telemetry.items.length + output.telemetry.dropped.items);
  }
}

function waited({ record }: Row): string | undefined {
  const { queuedAtMs, startedAtMs } = record;
  return startedAtMs === undefined ? undefined : formatMs(startedAtMs - queuedAtMs);
}

function coldStart({ record }: Row): string | undefined {
  if (record.coldStart === undefined) return undefined;
  if (!record.coldStart) return vscode.l10n.t('no');
  const initMs = record.result?.initMs;
  return initMs === undefined ? vscode.l10n.t('yes') : vscode.l10n.t('yes, init took {0}', formatMs(initMs));
}

/** Milliseconds, with as many digits as are of interest. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms >= 100 || Number.isInteger(ms) ? Math.round(ms) : ms.toFixed(1)} ms`;
}

/** The time of day, in the user's way of writing. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString();
}
