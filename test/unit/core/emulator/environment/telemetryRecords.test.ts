import assert from 'node:assert/strict';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import type { FunctionSettings } from '../../../../../src/core/emulator/functionSettings.ts';
import type { TelemetryEvent } from '../../../../../src/core/emulator/telemetry/telemetryEvent.ts';
import { HandExtension } from '../handExtension.ts';
import { HandTime } from '../handTime.ts';
import { Stage } from '../stage.ts';
import { Emulators, requestIdOf } from '../support.ts';
import { HttpReceiver } from '../telemetry/receivers.ts';

const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';
const tracing = { type: 'X-Amzn-Trace-Id', value: trace };
const phase = { initializationType: 'on-demand', phase: 'init' };
const initStart = {
  ...phase,
  runtimeVersion: 'provided:al2023',
  runtimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:provided:al2023',
  functionName: 'thumbnails',
  functionVersion: '$LATEST',
  functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:thumbnails',
  instanceMaxMemory: 134_217_728,
};
const subscription = { name: 'agent', state: 'Subscribed', types: ['platform', 'function', 'extension'] };
const extension = { name: 'agent', state: 'Ready', events: ['INVOKE', 'SHUTDOWN'] };
const memory = { memorySizeMB: 128, maxMemoryUsedMB: 66 };

/** What is told of an init that goes well and takes 40 ms. */
const goodInit = [
  ['platform.initStart', initStart],
  ['platform.telemetrySubscription', subscription],
  ['platform.initRuntimeDone', { ...phase, status: 'success' }],
  ['platform.extension', extension],
  ['platform.initReport', { ...phase, status: 'success', metrics: { durationMs: 40 } }],
];

describe('the telemetry of a whole life', () => {
  const emulators = new Emulators();
  let time: HandTime;
  let receiver: HttpReceiver;
  let stage: Stage;

  beforeEach(async () => {
    receiver = await HttpReceiver.start();
    time = new HandTime();
  });
  afterEach(async () => {
    for (const process of stage.attached.extensions) process.exit({ code: 0, signal: null });
    await emulators.stop();
    await receiver.close();
  });

  async function start(settings: Partial<FunctionSettings> = {}): Promise<void> {
    stage = await Stage.start(emulators, ['agent'], settings, { clock: new PausableClock(time) });
    stage.emulator.prewarm();
  }

  /** The extension registers and subscribes, once it was started for the `count`th time. */
  async function subscribed(count = 1): Promise<HandExtension> {
    await stage.started('agent', count);
    const agent = await HandExtension.register(stage.url, 'agent', ['INVOKE', 'SHUTDOWN']);
    assert.equal((await agent.subscribe(receiver.port)).status, 200);
    return agent;
  }

  /** Init, and an event in the hands of the runtime; the extension waits for what comes after. */
  async function invoked(): Promise<{ id: string; agent: HandExtension }> {
    await start();
    const agent = await subscribed();
    await stage.started('bootstrap');
    time.pass(40);
    const [event, next] = [agent.next(), stage.runtime.next()];
    await stage.emulator.whenReady();
    stage.emulator.invoke({ payload: '{}', traceHeader: trace }).catch(() => undefined);
    const id = requestIdOf(await next);
    await event;
    return { id, agent };
  }

  /** All that was received up to an event of this type. */
  async function told(last: string): Promise<(readonly [string, unknown])[]> {
    const events = await receiver.events.until((values) => values.some(({ type }) => type === last));
    return events.map(({ type, record }: TelemetryEvent) => [type, record] as const);
  }

  function spans(latencyMs: number, durationMs: number, overheadMs: number): object[] {
    const at = (ms: number): string => new Date(1_700_000_000_000 + 40 + ms).toISOString();
    return [
      { name: 'responseLatency', start: at(0), durationMs: latencyMs },
      { name: 'responseDuration', start: at(latencyMs), durationMs },
      { name: 'runtimeOverhead', start: at(latencyMs + durationMs), durationMs: overheadMs },
    ];
  }

  /** The time in which only the extension was at work, `atMs` after the start of an invocation. */
  function overhead(atMs: number, durationMs: number, initMs = 40): object {
    const start = new Date(1_700_000_000_000 + initMs + atMs).toISOString();
    return { name: 'extensionOverhead', start, durationMs };
  }

  it('tells of a success, with what the function and the extension wrote', async () => {
    const { id, agent } = await invoked();
    (await stage.started('bootstrap')).onOutput('working');
    (await stage.started('agent')).onOutput('watching');
    time.pass(7.5);
    await stage.runtime.respond(id, '"four"');
    time.pass(2);
    stage.runtime.park();
    await receiver.events.until((values) => values.some(({ type }) => type === 'platform.runtimeDone'));
    time.pass(4);
    agent.park();
    assert.deepEqual(await told('platform.report'), [
      ...goodInit,
      ['platform.start', { requestId: id, tracing, version: '$LATEST' }],
      ['function', 'working'],
      ['extension', 'watching'],
      [
        'platform.runtimeDone',
        {
          requestId: id,
          tracing,
          status: 'success',
          metrics: { durationMs: 9.5, producedBytes: 6 },
          spans: spans(7.5, 0, 2),
        },
      ],
      [
        'platform.report',
        {
          requestId: id,
          tracing,
          status: 'success',
          metrics: { durationMs: 13.5, billedDurationMs: 54, ...memory, initDurationMs: 40 },
          spans: [overhead(9.5, 4)],
        },
      ],
    ]);
    assert.ok(receiver.events.values.every(({ time: at }) => /^2023-11-14T22:13:20\.0\d\dZ$/.test(at)));
  });

  it('tells of an error that the function reported', async () => {
    const { id, agent } = await invoked();
    time.pass(3);
    await stage.runtime.fail(id, 'Function.ValueError', '{}');
    stage.runtime.park();
    agent.park();
    assert.deepEqual((await told('platform.report')).slice(goodInit.length + 1), [
      [
        'platform.runtimeDone',
        {
          requestId: id,
          tracing,
          status: 'error',
          errorType: 'Function.ValueError',
          metrics: { durationMs: 3 },
          spans: spans(3, 0, 0),
        },
      ],
      [
        'platform.report',
        {
          requestId: id,
          tracing,
          status: 'error',
          errorType: 'Function.ValueError',
          metrics: { durationMs: 3, billedDurationMs: 43, ...memory, initDurationMs: 40 },
          spans: [overhead(3, 0)],
        },
      ],
    ]);
  });

  it('tells of a crash, before the extension has to end', async () => {
    const { id, agent } = await invoked();
    const shutdown = agent.next();
    time.pass(4);
    (await stage.started('bootstrap')).exit({ code: 1, signal: null });
    const outcome = { requestId: id, tracing, status: 'failure', errorType: 'Runtime.ExitError' };
    assert.deepEqual((await told('platform.report')).slice(goodInit.length + 1), [
      ['platform.runtimeDone', { ...outcome, metrics: { durationMs: 4 } }],
      [
        'platform.report',
        { ...outcome, metrics: { durationMs: 4, billedDurationMs: 44, ...memory, initDurationMs: 40 } },
      ],
    ]);
    assert.equal((await shutdown).shutdownReason, 'FAILURE');
  });

  it('tells of a timeout, before the extension has to end', async () => {
    const { id, agent } = await invoked();
    const shutdown = agent.next();
    time.pass(3000);
    const outcome = { requestId: id, tracing, status: 'timeout' };
    const [done, report, ...more] = (await told('platform.report')).slice(goodInit.length + 1);
    assert.deepEqual(done, ['platform.runtimeDone', { ...outcome, metrics: { durationMs: 3000 } }]);
    const metrics = { durationMs: 3000, billedDurationMs: 3040, ...memory, initDurationMs: 40 };
    assert.deepEqual(report, ['platform.report', { ...outcome, metrics }]);
    assert.deepEqual(more, []);
    assert.equal((await shutdown).shutdownReason, 'TIMEOUT');
  });

  it('tells durations to the microsecond', async () => {
    await start();
    const agent = await subscribed();
    await stage.started('bootstrap');
    for (const ms of [0.1, 0.2]) time.pass(ms);
    agent.park();
    const next = stage.runtime.next();
    await stage.emulator.whenReady();
    const result = stage.emulator.invoke({ payload: '{}' });
    const id = requestIdOf(await next);
    for (const ms of [0.1, 0.2]) time.pass(ms);
    (await stage.started('bootstrap')).exit({ code: 1, signal: null });
    const durations = (await told('platform.report'))
      .map(([, record]) => (record as { metrics?: object }).metrics)
      .filter((metrics) => metrics !== undefined);
    const report = { durationMs: 0.3, billedDurationMs: 1, ...memory, initDurationMs: 0.3 };
    assert.deepEqual(durations, [{ durationMs: 0.3 }, { durationMs: 0.3 }, report]);
    (await stage.started('agent')).exit({ code: 0, signal: null });
    const { requestId, durationMs, initMs } = await result;
    assert.deepEqual([requestId, durationMs, initMs], [id, 0.3, 0.3]);
  });

  it('tells of an error in init', async () => {
    await start();
    const agent = await subscribed();
    const shutdown = agent.next();
    await stage.started('bootstrap');
    await stage.settle(); // the extension is ready
    time.pass(12);
    await stage.runtime.initError('Runtime.ImportError');
    (await stage.started('bootstrap')).exit({ code: 1, signal: null });
    const outcome = { ...phase, status: 'error', errorType: 'Runtime.ImportError' };
    assert.deepEqual((await told('platform.initReport')).slice(2), [
      ['platform.initRuntimeDone', outcome],
      ['platform.extension', extension],
      ['platform.initReport', { ...outcome, metrics: { durationMs: 12 } }],
    ]);
    assert.equal((await shutdown).shutdownReason, 'FAILURE');
  });

  it('tells of an init in which bootstrap was never started', async () => {
    stage = await Stage.start(emulators, ['agent']);
    stage.attached.launchErrors.set('bootstrap', new Error('no such file'));
    const told: string[] = [];
    stage.emulator.onTelemetry(({ type }) => told.push(type));
    const result = stage.emulator.invoke({ payload: '{}' });
    await stage.started('agent');
    await HandExtension.register(stage.url, 'agent');
    assert.equal((await result).errorType, 'Runtime.InvalidEntrypoint');
    assert.deepEqual(told.slice(0, 3), ['platform.initStart', 'platform.extension', 'platform.initReport']);
  });

  it('tells of an init that took too long, and of its repetition within an invocation', async () => {
    await start();
    const shutdown = (await subscribed()).next();
    await stage.started('bootstrap');
    await stage.settle(); // the extension is ready
    time.pass(10_000);
    assert.deepEqual((await told('platform.initReport')).slice(2), [
      ['platform.initRuntimeDone', { ...phase, status: 'timeout' }],
      ['platform.extension', extension],
      ['platform.initReport', { ...phase, status: 'timeout', metrics: { durationMs: 10_000 } }],
    ]);
    assert.equal((await shutdown).shutdownReason, 'TIMEOUT');
    (await stage.started('agent')).exit({ code: 0, signal: null });
    receiver.events.values.length = 0;

    const result = stage.emulator.invoke({ payload: '{}', traceHeader: trace });
    const agent = await subscribed(2);
    await stage.started('bootstrap', 2);
    const event = agent.next();
    await stage.settle();
    time.pass(100);
    const next = stage.runtime.next();
    const id = requestIdOf(await next);
    await event;
    time.pass(5);
    await stage.runtime.respond(id);
    stage.runtime.park();
    agent.park();
    const again = { ...phase, phase: 'invoke' };
    const events = await told('platform.report');
    assert.deepEqual(events.slice(0, 2), [
      ['platform.start', { requestId: id, tracing, version: '$LATEST' }],
      ['platform.initStart', { ...initStart, phase: 'invoke' }],
    ]);
    assert.deepEqual(events.filter(([type]) => type.startsWith('platform.init')).slice(1), [
      ['platform.initRuntimeDone', { ...again, status: 'success' }],
      ['platform.initReport', { ...again, status: 'success', metrics: { durationMs: 100 } }],
    ]);
    const [, report] = events.at(-1) ?? [];
    assert.deepEqual(report, {
      requestId: id,
      tracing,
      status: 'success',
      metrics: { durationMs: 105, billedDurationMs: 105, ...memory },
      spans: [overhead(105, 0, 10_000)],
    });
    assert.equal((await result).status, 'success');
  });
});
