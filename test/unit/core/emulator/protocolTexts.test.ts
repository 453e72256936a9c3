import assert from 'node:assert/strict';
import { constants } from 'node:os';
import fc from 'fast-check';
import { exitMessage } from '../../../../src/core/emulator/runtime/exitMessage.ts';
import { resolveQualifier } from '../../../../src/core/emulator/invoke/functionName.ts';
import { functionSettings } from '../../../../src/core/emulator/functionSettings.ts';
import { goJson } from '../../../../src/core/emulator/http/goJson.ts';
import { LogTail } from '../../../../src/core/emulator/log/logTail.ts';
import { initStart, textLines } from '../../../../src/core/emulator/log/platformEvents.ts';
import { reportedError, validErrorType } from '../../../../src/core/emulator/runtime/reportedError.ts';
import { traceHeader } from '../../../../src/core/emulator/runtime/traceHeader.ts';

const settings = functionSettings({ functionName: 'thumbnails' });

describe('error types', () => {
  it('keep the form that Lambda knows and become Unknown otherwise', () => {
    assert.equal(validErrorType('Runtime.ImportError'), 'Runtime.ImportError');
    assert.equal(validErrorType('Function.Timeout'), 'Function.Timeout');
    assert.equal(validErrorType('Function.x'), 'Function.Unknown');
    assert.equal(validErrorType('Unhandled'), 'Runtime.Unknown');
    assert.equal(validErrorType(''), 'Runtime.Unknown');
  });

  it('make up for a missing error body', () => {
    assert.equal(
      Buffer.from(reportedError('Function.Broken', undefined, Buffer.alloc(0)).payload).toString(),
      '{"errorType":"Function.Broken","errorMessage":"Unknown application error occurred"}',
    );
  });
});

describe('the end of a process', () => {
  it('is told in the words of Lambda', () => {
    assert.equal(exitMessage({ code: 1, signal: null }), 'Runtime exited with error: exit status 1');
    assert.equal(exitMessage({ code: 0, signal: null }), 'Runtime exited without providing a reason');
    assert.equal(exitMessage({ code: null, signal: 'SIGKILL' }), 'Runtime exited with error: signal: killed');
    assert.equal(
      exitMessage({ code: null, signal: 'SIGABRT' }),
      'Runtime exited with error: signal: aborted',
    );
  });

  it('has a word of Go for every signal that ends a process', () => {
    const harmless = /^SIG(CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH)$/;
    const aliases = /^SIG(IOT|POLL|UNUSED)$/; // Node.js names the others
    const names = Object.keys(constants.signals).filter(
      (name) => !harmless.test(name) && !aliases.test(name),
    );
    assert.ok(names.length > 20);
    for (const signal of names) assert.doesNotMatch(exitMessage({ code: null, signal }), /SIG/);
    assert.match(exitMessage({ code: null, signal: 'SIGXFSZ' }), /: signal: file size limit exceeded$/);
  });
});

describe('log lines', () => {
  it('have the forms of Lambda', () => {
    assert.deepEqual(textLines(initStart(settings, 'init')), [
      'INIT_START Runtime Version: provided:al2023\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:provided:al2023',
    ]);
    const init = {
      initializationType: 'on-demand',
      phase: 'init',
      metrics: { durationMs: 9999.756 },
    } as const;
    const initReport = (status: 'success' | 'timeout') =>
      textLines({ type: 'platform.initReport', record: { ...init, status } });
    assert.deepEqual(initReport('success'), []);
    assert.deepEqual(initReport('timeout'), [
      'INIT_REPORT Init Duration: 9999.76 ms\tPhase: init\tStatus: timeout',
    ]);
    const metrics = {
      durationMs: 51.549,
      billedDurationMs: 163,
      memorySizeMB: 128,
      maxMemoryUsedMB: 33,
      initDurationMs: 111.23,
    };
    const report = {
      requestId: 'r',
      status: 'failure',
      errorType: 'Runtime.ExitError',
      metrics,
      tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1-a-b;Parent=c;Sampled=1' },
    } as const;
    assert.deepEqual(textLines({ type: 'platform.report', record: report }), [
      'END RequestId: r',
      'REPORT RequestId: r\tDuration: 51.55 ms\tBilled Duration: 163 ms\tMemory Size: 128 MB\tMax Memory Used: 33 MB\tInit Duration: 111.23 ms\tStatus: error\tError Type: Runtime.ExitError',
      'XRAY TraceId: 1-a-b\tSegmentId: c\tSampled: true\t',
    ]);
  });
});

describe('the tail of a log', () => {
  it('is the longest end of the log that fits 4,096 bytes and whole characters', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀'), maxLength: 3000 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const tail = new LogTail();
        for (const each of lines) tail.add(each);
        const all = lines.map((each) => `${each}\n`).join('');
        const text = tail.text();
        assert.ok(all.endsWith(text));
        const bytes = Buffer.byteLength(text);
        assert.ok(bytes <= 4096);
        assert.ok(text === all || bytes > 4092);
      }),
    );
  });
});

describe('JSON as Go writes it', () => {
  it('escapes markup and still means the same', () => {
    assert.equal(goJson({ a: '<b> & c\u2028' }), '{"a":"\\u003cb\\u003e \\u0026 c\\u2028"}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(JSON.parse(goJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('the trace header', () => {
  it('keeps what the caller gave and makes up the rest', () => {
    const root = '1-5759e988-bd862e3fe1be46a994272793';
    assert.match(traceHeader(`Root=${root}`, 0), new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=0$`));
    assert.equal(
      traceHeader(`Sampled=1; Parent=53995c3f42cd8ad8;Root=${root};Lineage=a:0`, 0),
      `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:0`,
    );
    assert.match(traceHeader('nonsense', 1_465_510_280_000), /^Root=1-5759e988-[0-9a-f]{24};/);
  });

  it('never contains what a header may not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (given) => {
        assert.match(traceHeader(`Parent=${given};Lineage=${given}`, 0), /^[\x20-\x7e]+$/);
      }),
    );
  });
});

describe('function names', () => {
  it('yield the qualifier', () => {
    assert.equal(resolveQualifier('thumbnails', undefined, settings), undefined);
    assert.equal(resolveQualifier('thumbnails:live', undefined, settings), 'live');
    assert.equal(resolveQualifier('thumbnails:live', 'live', settings), 'live');
    assert.equal(resolveQualifier('123456789012:function:thumbnails:3', undefined, settings), '3');
    assert.equal(
      resolveQualifier('arn:aws:lambda:us-east-1:123456789012:function:thumbnails', '$LATEST', settings),
      '$LATEST',
    );
  });

  it('are refused when they contradict themselves or mean another function', () => {
    assert.throws(() => resolveQualifier('thumbnails:live', 'test', settings), { status: 400 });
    assert.throws(() => resolveQualifier('thumbnails', 'a b', settings), { status: 400 });
    assert.throws(() => resolveQualifier('a/b', undefined, settings), { status: 400 });
    assert.throws(() => resolveQualifier('999999999999:function:thumbnails', undefined, settings), {
      status: 404,
    });
  });
});
