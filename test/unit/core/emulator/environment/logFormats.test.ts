import assert from 'node:assert/strict';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import { HandTime } from '../handTime.ts';
import { Stage } from '../stage.ts';
import { Emulators, requestIdOf } from '../support.ts';

const root = '1-5759e988-bd862e3fe1be46a994272793';

describe('the log of a function', () => {
  const emulators = new Emulators();
  let time: HandTime;
  beforeEach(() => (time = new HandTime()));
  afterEach(() => emulators.stop());

  it('in JSON format has one object a line, those of the platform being its telemetry', async () => {
    const clock = new PausableClock(time);
    const stage = await Stage.start(emulators, [], { logFormat: 'JSON' }, { clock });
    const result = stage.emulator.invoke({ payload: '{}' });
    const process = await stage.started('bootstrap');
    const id = await stage.runtime.take();
    process.onOutput('{"level":"INFO","message":"structured"}');
    process.onOutput('plain');
    await stage.runtime.respond(id);
    stage.runtime.park();
    const { logTail } = await result;
    const lines = logTail.trimEnd().split('\n');
    assert.deepEqual(lines.slice(1, 3), ['{"level":"INFO","message":"structured"}', 'plain']);
    const platform = [...lines.slice(0, 1), ...lines.slice(3)].map((line) => JSON.parse(line) as object);
    assert.deepEqual(
      platform.map((event) => Object.keys(event)),
      [
        ['time', 'type', 'record'],
        ['time', 'type', 'record'],
        ['time', 'type', 'record'],
      ],
    );
    const types = (platform as { type: string }[]).map(({ type }) => type);
    assert.deepEqual(types, ['platform.start', 'platform.runtimeDone', 'platform.report']);
    const init = stage.log.values
      .filter(({ source, requestId }) => source === 'platform' && requestId === undefined)
      .map(({ text }) => (JSON.parse(text) as { type: string }).type);
    assert.deepEqual(init, ['platform.initStart', 'platform.initRuntimeDone', 'platform.initReport']);
  });

  it('in text format ends a sampled invocation with its trace', async () => {
    const stage = await Stage.start(emulators, [], {}, { clock: new PausableClock(time) });
    await stage.warmUp();
    let next = stage.runtime.next();
    await stage.emulator.whenReady();
    for (const [sampled, lines] of [
      ['1', [`XRAY TraceId: ${root}\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t`]],
      ['0', []],
    ] as const) {
      const traceHeader = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=${sampled}`;
      const result = stage.emulator.invoke({ payload: '{}', traceHeader });
      const last = requestIdOf(await next);
      time.pass(2);
      await stage.runtime.respond(last);
      next = stage.runtime.next();
      next.catch(() => undefined);
      const init = sampled === '1' ? 'Init Duration: 0.00 ms\t' : '';
      const { logTail } = await result;
      assert.deepEqual(logTail.split('\n').slice(2, -1), [
        `REPORT RequestId: ${last}\tDuration: 2.00 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 33 MB\t${init}`,
        ...lines,
      ]);
    }
  });
});
