import assert from 'node:assert/strict';
import type { InvocationRecord, InvokeResult } from '../../../../src/core/emulator/invocation.ts';
import {
  availableDocuments,
  invocationDocument,
} from '../../../../src/core/invocations/invocationDocument.ts';
import { InvocationRow } from '../../../../src/core/invocations/invocationRow.ts';

const result: InvokeResult = {
  requestId: 'id',
  status: 'success',
  payload: Buffer.from('{}'),
  logTail: '',
  durationMs: 1,
  billedMs: 1,
  maxMemoryMb: 0,
};

function row(given: Partial<InvocationRecord> = {}): InvocationRow<string> {
  const payload = Buffer.from('{}');
  const record = {
    requestId: 'id',
    attempt: 1,
    payload,
    context: {},
    state: 'done',
    queuedAtMs: 0,
    result,
    ...given,
  } as const;
  return new InvocationRow(1, 'session', record);
}

function response(payload: string | Buffer, given: Partial<InvokeResult> = {}) {
  return invocationDocument(
    row({ result: { ...result, payload: Buffer.from(payload), ...given } }),
    'response',
  );
}

describe('The documents of an invocation', () => {
  it('lay JSON out and leave other text as it is', () => {
    assert.deepEqual(response('{"a":1}'), { text: '{\n  "a": 1\n}\n', format: 'json' });
    assert.deepEqual(response('<p>Hello</p>'), { text: '<p>Hello</p>', format: 'text' });
    assert.deepEqual(response(''), { text: '', format: 'text' });
  });

  it('show bytes that are no text in hexadecimal, and say what they are', () => {
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]);
    const shown = response(bytes, { contentType: 'image/png' });
    assert.equal(
      shown?.text,
      `[6 bytes of type image/png that are no text.]\n00000000  89 50 4e 47 00 ff${' '.repeat(30)}  .PNG..\n`,
    );
    assert.equal(shown.format, 'text');
    assert.match(
      response(Buffer.alloc(10_000, 0xfe))?.text ?? '',
      /^\[10000 bytes [\s\S]*\[5904 more bytes\]\n$/,
    );
  });

  it('say of a streamed response that only its beginning is kept', () => {
    const streamed = row({ result: { ...result, payload: Buffer.from('begin') } });
    const metrics = { durationMs: 1, producedBytes: 12 };
    streamed.output.addTelemetry({ time: '', type: 'platform.runtimeDone', record: { metrics } });
    assert.deepEqual(invocationDocument(streamed, 'response'), {
      text: '[The function streamed 12 bytes. These are the first 5.]\nbegin',
      format: 'text',
    });
  });

  it('have no response before there is one', () => {
    const running = new InvocationRow(1, 'session', {
      requestId: 'id',
      attempt: 1,
      payload: Buffer.from('1'),
      context: {},
      state: 'running',
      queuedAtMs: 0,
    });
    assert.equal(invocationDocument(running, 'response'), undefined);
    assert.equal(invocationDocument(running, 'event')?.text, '1\n');
  });

  it('are those that there are by now', () => {
    const names = (given: InvocationRow<string>) => availableDocuments(given).join(' ');
    const { requestId, attempt, payload, context, queuedAtMs } = row().record;
    const running = { requestId, attempt, payload, context, queuedAtMs, state: 'running' } as const;
    assert.equal(names(new InvocationRow(1, 'session', running)), 'event log telemetry');
    assert.equal(names(row()), 'event response log telemetry');
    const failed = row({ result: { ...result, status: 'error', errorCause: '{"paths":["a.js"]}' } });
    assert.equal(names(failed), 'event response cause log telemetry');
    assert.equal(invocationDocument(failed, 'cause')?.text, '{\n  "paths": [\n    "a.js"\n  ]\n}\n');
  });

  it('tell a loss of telemetry as the Telemetry API does', () => {
    const chatty = row();
    const events = Array.from({ length: 20_000 }, (_, index) => ({
      time: 'now',
      type: 'function',
      record: `${index} ${'x'.repeat(80)}`,
    }));
    for (const event of events) chatty.output.addTelemetry(event);
    const shown = JSON.parse(invocationDocument(chatty, 'telemetry')?.text ?? '') as {
      type: string;
      record: { droppedRecords: number };
    }[];
    assert.equal(shown[0]?.type, 'platform.logsDropped');
    assert.equal(shown[0].record.droppedRecords + shown.length - 1, events.length);
    assert.deepEqual(shown.at(-1), events.at(-1));
  });
});
