import assert from 'node:assert/strict';
import { useConformanceFunctions, type ConformanceFunction } from './support/conformanceFunction.ts';
import { freePort } from '../../src/core/base/freePort.ts';
import { conformanceProgram } from './support/programs.ts';

/** A telemetry event as lambda-extension understands it: it refuses what does not fit its types. */
interface TelemetryEvent {
  readonly time: string;
  readonly type: string;
  readonly record: unknown;
}

const quiet = ['registered', 'invoke', 'shutdown', 'telemetry'];

describe('The Telemetry API, subscribed by lambda-extension', () => {
  const open = useConformanceFunctions();

  async function openSubscribed(): Promise<ConformanceFunction> {
    return open({
      code: conformanceProgram('go-function'),
      layers: [conformanceProgram('rust-extension')],
      env: { TELEMETRY_PORT: String(await freePort()) },
      letThrough: quiet,
    });
  }

  it('delivers what the platform does, in order', async () => {
    const conformance = await openSubscribed();
    const { requestId } = await conformance.invoke({});
    const events = await eventsUntil(conformance, isReport);
    const types = events.map(({ type }) => type);
    const anywhere = ['platform.telemetrySubscription', 'platform.initRuntimeDone', 'platform.extension'];
    for (const type of anywhere) assert.ok(types.includes(type), `${type} is among ${types.join(', ')}`);
    const order = ['platform.initStart', 'platform.start', 'platform.runtimeDone', 'platform.report'];
    assert.deepEqual(
      types.filter((type) => order.includes(type)),
      order,
    );
    for (const { type, record } of events) {
      if (order.indexOf(type) > 0) assert.equal((record as { requestId: string }).requestId, requestId, type);
    }
    assert.ok(events.every(({ time }) => !Number.isNaN(Date.parse(time))));
  });

  it('delivers the lines of function and extension', async () => {
    const conformance = await openSubscribed();
    await conformance.invoke({ action: 'log', name: 'the function speaks' });
    const events = await eventsUntil(conformance, isReport);
    const lines = (type: string): string[] =>
      events.filter((event) => event.type === type).map(({ record }) => String(record).trimEnd());
    assert.deepEqual(lines('function'), ['the function speaks']);
    assert.deepEqual(lines('extension'), ['the extension speaks']);
  });

  it('tells how an invocation failed', async () => {
    const conformance = await openSubscribed();
    await conformance.fail({ action: 'fail' });
    const events = await eventsUntil(conformance, isReport);
    const done = events.find(({ type }) => type === 'platform.runtimeDone')?.record as { status: string };
    assert.equal(done.status, 'error');
  });

  it('goes on, invocation after invocation', async () => {
    const conformance = await openSubscribed();
    const ids: (string | undefined)[] = [];
    for (let round = 0; round < 20; round++) ids.push((await conformance.invoke({})).requestId);
    const events = await eventsUntil(
      conformance,
      (event) => isReport(event) && reportedId(event) === ids.at(-1),
    );
    assert.deepEqual(events.filter(isReport).map(reportedId), ids);
  });
});

/** The events that came until the wanted one did. */
async function eventsUntil(
  { meeting }: ConformanceFunction,
  isWanted: (event: TelemetryEvent) => boolean,
): Promise<TelemetryEvent[]> {
  const events: TelemetryEvent[] = [];
  while (!events.some(isWanted)) {
    const { message } = await meeting.next('telemetry');
    events.push(...(message['events'] as TelemetryEvent[]));
  }
  return events;
}

function isReport({ type }: TelemetryEvent): boolean {
  return type === 'platform.report';
}

function reportedId({ record }: TelemetryEvent): string {
  return (record as { requestId: string }).requestId;
}
