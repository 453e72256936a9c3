import { isJson, isRecord } from '../base/json.ts';
import type { InvokeResult } from '../emulator/invocation.ts';
import type { InvocationRow } from './invocationRow.ts';
import { prettyJson } from './jsonLayout.ts';

/** What can be read of an invocation. */
export const documentKinds = ['event', 'response', 'cause', 'log', 'telemetry'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** A text to be read, and what it is written in. */
export interface InvocationDocument {
  readonly text: string;
  readonly format: 'json' | 'text' | 'log';
}

/** How many bytes of a response that is no text are shown. */
const maxDumpBytes = 4096;

/** What there is to read of an invocation by now. */
export function availableDocuments({ record: { result } }: InvocationRow<unknown>): DocumentKind[] {
  return documentKinds.filter((kind) => {
    if (kind === 'response') return result !== undefined;
    return kind !== 'cause' || result?.errorCause !== undefined;
  });
}

/** The text of a document; `undefined` while there is none of this kind. */
export function invocationDocument(
  row: InvocationRow<unknown>,
  kind: DocumentKind,
): InvocationDocument | undefined {
  switch (kind) {
    case 'event':
      return payloadDocument(row.record.payload);
    case 'response':
      return row.record.result === undefined ? undefined : responseDocument(row, row.record.result);
    case 'cause': {
      const cause = row.record.result?.errorCause;
      return cause === undefined ? undefined : { text: `${prettyJson(cause)}\n`, format: 'json' };
    }
    case 'log':
      return { text: logText(row), format: 'log' };
    case 'telemetry':
      return { text: `${JSON.stringify(telemetryEvents(row), null, 2)}\n`, format: 'json' };
  }
}

function responseDocument(row: InvocationRow<unknown>, result: InvokeResult): InvocationDocument {
  const { payload, contentType } = result;
  const produced = producedBytes(row);
  const shown = payloadDocument(payload, contentType);
  if (produced === undefined || produced <= payload.length || result.status !== 'success') return shown;
  const note = `[The function streamed ${produced} bytes. These are the first ${payload.length}.]`;
  return { text: `${note}\n${shown.text}`, format: 'text' };
}

function payloadDocument(payload: Uint8Array, contentType?: string): InvocationDocument {
  const text = textOf(payload);
  if (text === undefined) return { text: dump(Buffer.from(payload), contentType), format: 'text' };
  return isJson(text) ? { text: `${prettyJson(text)}\n`, format: 'json' } : { text, format: 'text' };
}

/** The text that bytes are; `undefined` when they are none. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes in hexadecimal, with what they are. */
function dump(bytes: Buffer, contentType: string | undefined): string {
  const type = contentType === undefined ? '' : ` of type ${contentType}`;
  const shown = bytes.subarray(0, maxDumpBytes);
  const lines = [`[${bytes.length} bytes${type} that are no text.]`];
  for (let at = 0; at < shown.length; at += 16) {
    const row = shown.subarray(at, at + 16);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const printable = row.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${printable}`);
  }
  if (shown.length < bytes.length) lines.push(`[${bytes.length - shown.length} more bytes]`);
  return `${lines.join('\n')}\n`;
}

function logText({ output }: InvocationRow<unknown>): string {
  const { log } = output;
  const lines = log.items.map(({ text }) => text);
  if (log.dropped.items > 0) lines.unshift(`[${log.dropped.items} earlier lines are not kept.]`);
  return lines.map((line) => `${line}\n`).join('');
}

/** The events as an extension is sent them; the loss of earlier ones is told as the Telemetry API tells it. */
function telemetryEvents({ output }: InvocationRow<unknown>): readonly unknown[] {
  const { dropped, items } = output.telemetry;
  const events = items.map(({ time, type, record }) => ({ time, type, record }));
  if (dropped.items === 0) return events;
  const record = {
    droppedRecords: dropped.items,
    droppedBytes: dropped.bytes,
    reason: 'Only the newest events are kept.',
  };
  return [{ time: events[0]?.time, type: 'platform.logsDropped', record }, ...events];
}

/** How many bytes the runtime sent, as `platform.runtimeDone` tells. */
function producedBytes({ output }: InvocationRow<unknown>): number | undefined {
  const done = output.telemetry.items.findLast(({ type }) => type === 'platform.runtimeDone');
  const metrics = isRecord(done?.record) ? done.record['metrics'] : undefined;
  const bytes = isRecord(metrics) ? metrics['producedBytes'] : undefined;
  return typeof bytes === 'number' ? bytes : undefined;
}
