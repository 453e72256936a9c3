import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { maxHeldBytes } from '../../../../../src/core/emulator/telemetry/delivery.ts';
import type { TelemetryEvent } from '../../../../../src/core/emulator/telemetry/telemetryEvent.ts';
import type { SubscriptionNotice } from '../../../../../src/core/emulator/telemetry/telemetryHub.ts';
import { HandTime } from '../handTime.ts';
import { body, Hubs, line, platform, subscribe } from './hubs.ts';
import { HttpReceiver, hurriedTime } from './receivers.ts';

const hubs = new Hubs();
const patient = 30_000;

function has(count: number): (values: readonly unknown[]) => boolean {
  return ({ length }) => length >= count;
}

function dropped(events: readonly TelemetryEvent[]): number {
  return events
    .filter(({ type }) => type === 'platform.logsDropped')
    .reduce((sum, { record }) => sum + (record as { droppedRecords: number }).droppedRecords, 0);
}

describe('The telemetry hub', () => {
  afterEach(() => hubs.end());

  it('posts events as JSON arrays to the path of an HTTP destination', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    assert.deepEqual(subscribe(hub, 'tracer', body({ http: receiver.port })), { kind: 'subscribed' });
    const events = [platform('start', { requestId: 'a' }), line('Grüße\n'), line({ level: 'INFO' })];
    for (const event of events) hub.publish(event);
    await hub.flush(patient);
    const [batch] = receiver.batches.values;
    assert.deepEqual(batch?.events, events);
    assert.equal(batch.method, 'POST');
    assert.equal(batch.url, '/in?x=1');
    assert.equal(batch.headers['content-type'], 'application/json');
    assert.equal(batch.headers.host, `sandbox.localdomain:${receiver.port}`);
  });

  it('keeps one connection for all batches', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    for (let index = 0; index < 20; index += 1) {
      hub.publish(line(String(index)));
      await hub.flush(patient);
    }
    assert.equal(receiver.batches.values.length, 20);
    assert.deepEqual(receiver.connections.values, ['opened']);
  });

  it('writes lines of JSON to a TCP destination', async () => {
    const receiver = await hubs.tcp();
    const hub = hubs.start();
    subscribe(hub, 'tracer', body({ tcp: receiver.port }));
    const events = [line('one\ntwo'), line('Grüße'), platform('report')];
    for (const event of events) hub.publish(event);
    assert.deepEqual(await receiver.events.until(has(3)), events);
  });

  it('delivers without a flush when the time of the batch is over', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    hub.publish(line('on time'));
    assert.deepEqual(await receiver.events.until(has(1)), [line('on time')]);
  });

  it('gives each subscriber the types it asked for', async () => {
    const [one, other] = await Promise.all([hubs.http(), hubs.http()]);
    const hub = hubs.start();
    subscribe(hub, 'one', body({ http: one.port }, { types: ['function'] }));
    subscribe(hub, 'other', body({ http: other.port }, { types: ['platform', 'extension'] }));
    const extension = { ...line('hello'), type: 'extension' };
    for (const event of [platform('start'), line('a'), extension]) hub.publish(event);
    await hub.flush(patient);
    assert.deepEqual(one.events.values, [line('a')]);
    assert.deepEqual(other.events.values, [platform('start'), extension]);
  });

  it('replays init to a late subscriber, before its own subscription and what follows', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    hub.onSubscribed((notice) => {
      hub.publish(platform('telemetrySubscription', notice));
    });
    hub.publish(platform('initStart'));
    hub.publish(line('early'));
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    hub.closeSubscriptions();
    hub.publish(line('late'));
    await hub.flush(patient);
    const types = ['platform', 'function', 'extension'];
    assert.deepEqual(receiver.events.values, [
      platform('initStart'),
      line('early'),
      platform('telemetrySubscription', { name: 'tracer', state: 'Subscribed', types }),
      line('late'),
    ]);
  });

  it('bounds what it replays and announces the rest', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    const event = line('x'.repeat(1024 - JSON.stringify(line('')).length));
    const count = (2 * maxHeldBytes) / 1024;
    for (let index = 0; index < count; index += 1) hub.publish(event);
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    await receiver.events.until(has(count / 2));
    await hub.flush(patient);
    await hub.flush(patient);
    const last = receiver.events.values.at(-1);
    assert.equal(last?.type, 'platform.logsDropped');
    assert.equal(receiver.events.values.length, count / 2 + 1);
    assert.equal(dropped(receiver.events.values), count / 2);
  });

  it('refuses subscriptions after init, and goes on serving those it has', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    hub.closeSubscriptions();
    assert.deepEqual(subscribe(hub, 'late', body({ http: receiver.port })), {
      kind: 'refused',
      status: 403,
      errorType: 'Telemetry.SubscriptionClosed',
      errorMessage: 'Telemetry API subscription is closed',
    });
    const logs = body({ http: receiver.port }, { schemaVersion: '2020-08-15' });
    assert.deepEqual(subscribe(hub, 'late', logs, 'logs'), {
      kind: 'refused',
      status: 403,
      errorType: 'Logs.SubscriptionClosed',
      errorMessage: 'Logs API subscription is closed',
    });
    hub.publish(line('still'));
    await hub.flush(patient);
    assert.deepEqual(receiver.events.values, [line('still')]);
  });

  it('refuses a wrong body in the words of either API', () => {
    const hub = hubs.start();
    const telemetry = subscribe(hub, 'tracer', Buffer.from('{}'));
    assert(telemetry.kind === 'refused');
    assert.deepEqual([telemetry.status, telemetry.errorType], [400, 'ValidationError']);
    const logs = subscribe(hub, 'tracer', Buffer.from('{}'), 'logs');
    assert(logs.kind === 'refused');
    assert.deepEqual([logs.status, logs.errorType], [400, 'Logs.ValidationError']);
  });

  it('refuses its own port and 9001 as destinations', () => {
    const hub = hubs.start({ runtimeApiPort: () => 45_001 });
    for (const request of [body({ tcp: 45_001 }), body({ http: 45_001 }), body({ tcp: 9001 })]) {
      assert.equal(subscribe(hub, 'tracer', request).kind, 'refused');
    }
  });

  it('refuses an extension that has used the other API, and leaves its subscription alone', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    const logs = body({ http: receiver.port }, { schemaVersion: '2020-08-15' });
    subscribe(hub, 'modern', body({ http: receiver.port }, { types: ['function'] }));
    subscribe(hub, 'classic', logs, 'logs');
    const mixed = subscribe(hub, 'modern', logs, 'logs');
    assert(mixed.kind === 'refused');
    assert.equal(mixed.errorType, 'Logs.ValidationError');
    assert.match(mixed.errorMessage, /Telemetry API/);
    const other = subscribe(hub, 'classic', body({ http: receiver.port }));
    assert(other.kind === 'refused');
    assert.equal(other.errorType, 'ValidationError');
    assert.match(other.errorMessage, /Logs API/);
    hub.publish(line('both'));
    await hub.flush(patient);
    assert.deepEqual(receiver.events.values, [line('both'), line('both')]);
  });

  it('keeps the subscription of an extension that asks for the same again', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    const states: SubscriptionNotice['state'][] = [];
    hub.onSubscribed(({ state }) => states.push(state));
    hub.publish(line('early'));
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    hub.publish(line('between'));
    assert.deepEqual(subscribe(hub, 'tracer', body({ http: receiver.port })), { kind: 'subscribed' });
    hub.publish(line('late'));
    await hub.flush(patient);
    assert.deepEqual(receiver.events.values, [line('early'), line('between'), line('late')]);
    assert.deepEqual(states, ['Subscribed', 'Already subscribed']);
  });

  it('replaces the subscription of an extension that asks for something else', async () => {
    const [former, latter] = await Promise.all([hubs.http(), hubs.http()]);
    const hub = hubs.start();
    subscribe(hub, 'tracer', body({ http: former.port }));
    hub.publish(line('first'));
    await hub.flush(patient);
    subscribe(hub, 'tracer', body({ http: latter.port }));
    hub.publish(line('second'));
    await hub.flush(patient);
    assert.deepEqual(former.events.values, [line('first')]);
    assert.deepEqual(latter.events.values, [line('first'), line('second')]);
    await former.connections.until(has(2));
    assert.deepEqual(former.connections.values, ['opened', 'closed']);
  });

  it('does not let a slow subscriber hold up the others', async () => {
    const [slow, quick] = await Promise.all([hubs.http(), hubs.http()]);
    const held: (() => void)[] = [];
    slow.answer = (response) => held.push(() => response.end());
    const hub = hubs.start();
    subscribe(hub, 'slow', body({ http: slow.port }));
    subscribe(hub, 'quick', body({ http: quick.port }));
    for (let index = 0; index < 100; index += 1) {
      hub.publish(line(index));
      if (index % 10 === 9) await quick.events.until(has(index + 1));
    }
    assert.equal(slow.batches.values.length, 1);
    slow.answer = (response) => response.end();
    for (const answer of held) answer();
    await hub.flush(patient);
    const expected = Array.from({ length: 100 }, (_, index) => line(index));
    assert.deepEqual(slow.events.values, expected);
    assert.deepEqual(quick.events.values, expected);
  });

  it('has no timer left after a flush', async () => {
    const receiver = await hubs.http();
    const time = new HandTime();
    const hub = hubs.start({ time });
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    hub.publish(line('one'));
    await hub.flush(500);
    assert.equal(time.armed, 0);
    assert.deepEqual(receiver.events.values, [line('one')]);
  });

  it('ends a flush at its limit when an HTTP subscriber never answers, and its connection when disposed', async () => {
    const receiver = await hubs.http();
    receiver.answer = () => undefined;
    const time = new HandTime();
    const hub = hubs.start({ time });
    subscribe(hub, 'stuck', body({ http: receiver.port }));
    hub.publish(line('lost'));
    const flush = hub.flush(500);
    await receiver.batches.until(has(1));
    time.pass(500);
    await flush;
    hub.dispose();
    await receiver.connections.until(has(2));
    assert.equal(time.armed, 0);
    assert.match(hubs.warnings.join('\n'), /stuck does not get 1 records/);
  });

  it('drops with an announcement what a TCP subscriber does not read', async () => {
    const receiver = await hubs.tcp('reads when told');
    const hub = hubs.start();
    subscribe(hub, 'deaf', body({ tcp: receiver.port }));
    const text = 'x'.repeat(10_000);
    const count = 5_000; // 50 MB, more than sockets and the hub hold
    for (let index = 0; index < count; index += 1) {
      hub.publish(line(`${index} ${text}`));
      if (index % 100 === 0) await new Promise(setImmediate);
    }
    const [socket] = await receiver.sockets.until(has(1));
    receiver.read(socket as Socket);
    const events = await receiver.events.until(
      (values) => values.filter(({ type }) => type === 'function').length + dropped(values) >= count,
    );
    const indices = events
      .filter(({ type }) => type === 'function')
      .map(({ record }) => Number.parseInt(String(record), 10));
    assert.equal(indices.length + dropped(events), count);
    assert(indices.length < count);
    assert.deepEqual(
      indices,
      [...indices].sort((a, b) => a - b),
    );
  });

  it('tries again when a subscriber answers with an error or breaks the connection', async () => {
    const receiver = await hubs.http();
    let faults = 0;
    receiver.answer = (response) => {
      faults += 1;
      if (faults === 1) response.writeHead(500).end('{}');
      else if (faults === 2) response.destroy();
      else response.end();
    };
    const hub = hubs.start({ time: hurriedTime });
    subscribe(hub, 'moody', body({ http: receiver.port }));
    hub.publish(line('at last'));
    const batches = await receiver.batches.until(has(3));
    assert.deepEqual(
      batches.map(({ events }) => events),
      [[line('at last')], [line('at last')], [line('at last')]],
    );
  });

  it('waits for a subscriber that listens only after it has subscribed', async () => {
    const placeholder = await HttpReceiver.start();
    const { port } = placeholder;
    await placeholder.close();
    const hub = hubs.start();
    subscribe(hub, 'late', body({ http: port }));
    hub.publish(line('hello'));
    const receiver = await hubs.http(port);
    assert.deepEqual(await receiver.events.until(has(1)), [line('hello')]);
  });

  it('tells a subscriber that died and came back what it missed', async () => {
    const former = await hubs.http();
    const { port } = former;
    const hub = hubs.start({ time: hurriedTime });
    subscribe(hub, 'phoenix', body({ http: port }));
    hub.publish(line('before'));
    await former.events.until(has(1));
    await former.close();
    hub.publish(line('missed'));
    while (!hubs.warnings.some((warning) => warning.includes('phoenix'))) {
      hub.publish(platform('start')); // what was given up is told with the next event
      await new Promise(setImmediate);
    }
    const latter = await hubs.http(port);
    hub.publish(line('after'));
    await latter.events.until((events) => events.some(({ record }) => record === 'after'));
    const types = latter.events.values.map(({ type }) => type);
    assert(dropped(latter.events.values) >= 1);
    assert(types.indexOf('platform.logsDropped') < types.indexOf('function'));
  });

  it('connects again to a TCP subscriber that closed the connection', async () => {
    const receiver = await hubs.tcp();
    const hub = hubs.start();
    subscribe(hub, 'tracer', body({ tcp: receiver.port }));
    hub.publish(line('one'));
    await receiver.events.until(has(1));
    receiver.sockets.values[0]?.end();
    await receiver.closed.until(has(1));
    hub.publish(line('two'));
    assert.deepEqual(await receiver.events.until(has(2)), [line('one'), line('two')]);
    assert.equal(receiver.sockets.values.length, 2);
  });

  it('does not read an endless answer to its end', async () => {
    const receiver = await hubs.http();
    receiver.answer = (response) => {
      response.write('x'.repeat(100_000));
    };
    const hub = hubs.start();
    subscribe(hub, 'chatty', body({ http: receiver.port }));
    hub.publish(line('one'));
    await hub.flush(patient);
    hub.publish(line('two'));
    await hub.flush(patient);
    assert.deepEqual(receiver.events.values, [line('one'), line('two')]);
  });

  it('survives events that are no JSON, without a word of their content', async () => {
    const receiver = await hubs.http();
    const hub = hubs.start();
    subscribe(hub, 'tracer', body({ http: receiver.port }));
    const circular: Record<string, unknown> = {};
    circular['secret'] = circular;
    hub.publish(line(circular));
    hub.closeSubscriptions();
    hub.publish(line(1n));
    hub.publish(line('fine'));
    await hub.flush(patient);
    assert.deepEqual(receiver.events.values, [line('fine')]);
    assert.equal(hubs.warnings.length, 2);
    assert.doesNotMatch(hubs.warnings.join(), /secret/);
  });

  it('does nothing any more once disposed', async () => {
    const [receiver, tcp] = await Promise.all([hubs.http(), hubs.tcp()]);
    const hub = hubs.start();
    subscribe(hub, 'one', body({ http: receiver.port }));
    subscribe(hub, 'other', body({ tcp: tcp.port }));
    hub.publish(line('one'));
    await hub.flush(patient);
    await tcp.events.until(has(1));
    hub.dispose();
    await receiver.connections.until(has(2));
    await tcp.closed.until(has(1));
    hub.publish(line('two'));
    await hub.flush(patient);
    assert.equal(subscribe(hub, 'one', body({ http: receiver.port })).kind, 'refused');
    hub.dispose();
    assert.equal(receiver.events.values.length, 1);
  });
});

describe('What a subscriber gets', () => {
  afterEach(() => hubs.end());

  const structured = line({ level: 'INFO', message: 'hi' });
  const asText = line('{"level":"INFO","message":"hi"}');

  for (const [schemaVersion, expected] of [
    ['2022-07-01', asText],
    ['2022-12-13', structured],
    ['2025-01-29', structured],
  ] as const) {
    it(`is a structured line as ${typeof expected.record} in schema ${schemaVersion}`, async () => {
      const receiver = await hubs.http();
      const hub = hubs.start();
      subscribe(hub, 'tracer', body({ http: receiver.port }, { schemaVersion }));
      hub.publish(structured);
      await hub.flush(patient);
      assert.deepEqual(receiver.events.values, [expected]);
    });
  }

  const metrics = { durationMs: 1.5, billedDurationMs: 2, memorySizeMB: 128, maxMemoryUsedMB: 30 };
  const notice = { name: 'old', state: 'Subscribed', types: ['platform'] };
  const mapped: readonly (readonly [TelemetryEvent, older: TelemetryEvent[], newer?: TelemetryEvent[]])[] = [
    [line('text'), [line('text')]],
    [structured, [asText]],
    [
      platform('start', { requestId: 'a', version: '$LATEST', tracing: {} }),
      [platform('start', { requestId: 'a', version: '$LATEST' })],
    ],
    [
      platform('runtimeDone', { requestId: 'a', status: 'success', metrics: {}, spans: [] }),
      [],
      [platform('runtimeDone', { requestId: 'a', status: 'success' })],
    ],
    [
      platform('runtimeDone', { requestId: 'a', status: 'error', errorType: 'Function.X' }),
      [],
      [platform('runtimeDone', { requestId: 'a', status: 'failure' })],
    ],
    [
      platform('runtimeDone', { requestId: 'a', status: 'timeout' }),
      [],
      [platform('runtimeDone', { requestId: 'a', status: 'timeout' })],
    ],
    [
      platform('runtimeDone', { requestId: 'a', status: 'failure', errorType: 'Runtime.ExitError' }),
      [platform('fault', 'RequestId: a Process exited before completing request')],
      [
        platform('fault', 'RequestId: a Process exited before completing request'),
        platform('runtimeDone', { requestId: 'a', status: 'failure' }),
      ],
    ],
    [
      platform('report', { requestId: 'a', status: 'success', metrics, spans: [] }),
      [platform('end', { requestId: 'a' }), platform('report', { requestId: 'a', metrics })],
    ],
    [
      platform('extension', { name: 'x', state: 'Ready', events: ['INVOKE'] }),
      [platform('extension', { name: 'x', state: 'Ready', events: ['INVOKE'] })],
    ],
    [platform('telemetrySubscription', notice), [platform('logsSubscription', notice)]],
    [platform('initStart', { phase: 'init' }), []],
    [platform('initRuntimeDone', { phase: 'init' }), []],
    [platform('initReport', { phase: 'init' }), []],
    [platform('start', null), [platform('start', {})]],
  ];

  for (const schemaVersion of ['2020-08-15', '2021-03-18']) {
    it(`through the Logs API with schema ${schemaVersion} is what that API knows`, async () => {
      const receiver = await hubs.http();
      const hub = hubs.start();
      const destination = {
        protocol: 'HTTP',
        URI: `http://sandbox:${receiver.port}/`,
        method: 'PUT',
        encoding: 'JSON',
      };
      subscribe(hub, 'old', body({}, { schemaVersion, destination }), 'logs');
      for (const [event] of mapped) hub.publish(event);
      await hub.flush(patient);
      const expected = mapped.flatMap(([, older, newer]) =>
        schemaVersion === '2020-08-15' ? older : (newer ?? older),
      );
      assert.deepEqual(receiver.events.values, expected);
      assert.deepEqual([...new Set(receiver.batches.values.map(({ method }) => method))], ['PUT']);
    });
  }
});
