import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  parseSubscription,
  type Subscription,
  type SubscriptionApi,
} from '../../../../../src/core/emulator/telemetry/subscription.ts';

const reserved = [45_001, 9001];

const valid = {
  schemaVersion: '2022-12-13',
  types: ['platform', 'function'],
  destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:8080' },
};

function parse(api: SubscriptionApi, body: unknown): ReturnType<typeof parseSubscription> {
  return parseSubscription(
    api,
    Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    reserved,
  );
}

function accepted(api: SubscriptionApi, body: unknown): Subscription {
  const parsed = parse(api, body);
  assert(parsed.kind === 'valid', JSON.stringify(parsed));
  return parsed.subscription;
}

function refused(api: SubscriptionApi, body: unknown): string {
  const parsed = parse(api, body);
  assert(parsed.kind === 'invalid', JSON.stringify(parsed));
  return parsed.message;
}

const http = (fields: object): object => ({ ...valid, destination: { protocol: 'HTTP', ...fields } });
const uri = (URI: string): object => http({ URI });
const tcp = (port: unknown): object => ({ ...valid, destination: { protocol: 'TCP', port } });
const buffering = (fields: unknown): object => ({ ...valid, buffering: fields });

describe('A telemetry subscription', () => {
  it('has the documented defaults', () => {
    assert.deepEqual(accepted('telemetry', valid), {
      api: 'telemetry',
      schemaVersion: '2022-12-13',
      types: ['platform', 'function'],
      buffering: { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1_000 },
      destination: { protocol: 'HTTP', host: 'sandbox.localdomain', port: 8080, path: '/', method: 'POST' },
    });
  });

  for (const schemaVersion of ['2022-07-01', '2022-12-13', '2025-01-29']) {
    it(`may use schema ${schemaVersion}`, () => {
      assert.equal(accepted('telemetry', { ...valid, schemaVersion }).schemaVersion, schemaVersion);
    });
  }

  it('keeps path and query of the destination and knows both names of the host', () => {
    const { destination } = accepted('telemetry', uri('http://sandbox:4243/logs/in?a=b'));
    assert.deepEqual(destination, {
      protocol: 'HTTP',
      host: 'sandbox',
      port: 4243,
      path: '/logs/in?a=b',
      method: 'POST',
    });
  });

  it('may go to port 80 when it says so', () => {
    assert.equal(accepted('telemetry', uri('http://sandbox.localdomain:80/a')).destination.port, 80);
  });

  it('may go to a TCP port', () => {
    assert.deepEqual(accepted('telemetry', tcp(4243)).destination, { protocol: 'TCP', port: 4243 });
  });

  it('names each type once, in the order given', () => {
    const types = ['function', 'platform', 'function'];
    assert.deepEqual(accepted('telemetry', { ...valid, types }).types, ['function', 'platform']);
  });

  it('has no use for the method, which only the Logs API knows', () => {
    const { destination } = accepted('telemetry', http({ URI: 'http://sandbox:1', method: 'PUT' }));
    assert(destination.protocol === 'HTTP');
    assert.equal(destination.method, 'POST');
  });

  it('tells all that is wrong in the words of the reference', () => {
    const body = {
      ...valid,
      types: [],
      destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain' },
    };
    assert.equal(refused('telemetry', body), 'URI port is not provided; types should not be empty');
  });

  const ranges = [
    ['maxItems', 1_000, 10_000],
    ['maxBytes', 262_144, 1_048_576],
    ['timeoutMs', 25, 30_000],
  ] as const;
  for (const [name, min, max] of ranges) {
    it(`takes buffering.${name} from ${min} to ${max} and nothing else`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max)), (value) => {
          assert.equal(accepted('telemetry', buffering({ [name]: value })).buffering[name], value);
        }),
      );
      const outside = fc.oneof(
        fc.integer({ max: min - 1 }),
        fc.integer({ min: max + 1 }),
        fc.double({ min, max, noInteger: true }),
        fc.constantFrom(min - 1, max + 1, 0, String(min), true, [], {}),
      );
      fc.assert(
        fc.property(outside, (value) => {
          assert.match(
            refused('telemetry', buffering({ [name]: value })),
            new RegExp(`^buffering\\.${name} `),
          );
        }),
      );
    });
  }

  it('never makes the parser throw', () => {
    fc.assert(
      fc.property(fc.constantFrom('telemetry', 'logs'), fc.jsonValue(), (api, value) => {
        refused(api, JSON.stringify(value));
        parse(api, { ...valid, destination: value });
        parse(api, http({ URI: value }));
      }),
    );
  });
});

describe('A subscription is refused, with the field named,', () => {
  const wrong: readonly (readonly [why: string, body: unknown, message: RegExp])[] = [
    ['when it is empty', '', /^request body /],
    ['when it is no JSON', '{"schemaVersion":', /^request body /],
    ['when it is a list', [], /^request body /],
    ['when it is null', null, /^request body /],
    ['without a schema version', { ...valid, schemaVersion: undefined }, /^schemaVersion /],
    ['for a version of the other API', { ...valid, schemaVersion: '2021-03-18' }, /^schemaVersion /],
    ['for a version that is a number', { ...valid, schemaVersion: 20221213 }, /^schemaVersion /],
    ['without types', { ...valid, types: undefined }, /^types /],
    ['for types that are no list', { ...valid, types: 'platform' }, /^types /],
    ['for no types', { ...valid, types: [] }, /^types should not be empty$/],
    ['for an unknown type', { ...valid, types: ['platform', 'metrics'] }, /^types /],
    ['for a type that is no text', { ...valid, types: [null] }, /^types /],
    ['for buffering that is null', buffering(null), /^buffering /],
    ['for buffering that is a list', buffering([]), /^buffering /],
    ['without a destination', { ...valid, destination: undefined }, /^destination /],
    ['for a destination that is text', { ...valid, destination: 'http://sandbox:1' }, /^destination /],
    ['without a protocol', { ...valid, destination: { URI: 'http://sandbox:1' } }, /^destination\.protocol /],
    [
      'for a protocol in small letters',
      { ...valid, destination: { protocol: 'tcp' } },
      /^destination\.protocol /,
    ],
    ['for HTTP without URI', http({ port: 8080 }), /^destination\.URI /],
    ['for a URI that is a number', http({ URI: 8080 }), /^destination\.URI /],
    ['for a URI that is none', uri('sandbox.localdomain:8080'), /^destination\.URI /],
    ['for HTTPS', uri('https://sandbox.localdomain:8080'), /^destination\.URI /],
    ['for this computer by its own name', uri('http://localhost:8080'), /^destination\.URI host /],
    ['for this computer by its address', uri('http://127.0.0.1:8080'), /^destination\.URI host /],
    ['for a foreign host', uri('http://sandbox.localdomain.example.com:8080'), /^destination\.URI host /],
    ['for credentials in the URI', uri('http://a:b@sandbox.localdomain:8080'), /^destination\.URI host /],
    ['without port in the URI', uri('http://sandbox.localdomain/logs:80'), /^URI port is not provided$/],
    ['for port 0 in the URI', uri('http://sandbox.localdomain:0'), /^destination\.URI port /],
    ['for too large a port in the URI', uri('http://sandbox.localdomain:65536'), /^destination\.URI /],
    [
      'for port 9001 in the URI',
      uri('http://sandbox.localdomain:9001'),
      /^destination\.URI port 9001 is reserved/,
    ],
    ["for the Runtime API's port in the URI", uri('http://sandbox:45001/'), /^destination\.URI port 45001 /],
    ['for TCP without port', tcp(undefined), /^destination\.port /],
    ['for a port that is text', tcp('4243'), /^destination\.port /],
    ['for port 0', tcp(0), /^destination\.port /],
    ['for too large a port', tcp(65_536), /^destination\.port /],
    ['for half a port', tcp(80.5), /^destination\.port /],
    ['for port 9001', tcp(9001), /^destination\.port 9001 is reserved/],
    ["for the Runtime API's port", tcp(45_001), /^destination\.port 45001 is reserved/],
  ];
  for (const [why, body, message] of wrong) {
    it(why, () => {
      assert.match(refused('telemetry', body), message);
    });
  }
});

describe('A subscription of the Logs API', () => {
  const logs = { types: ['function'], destination: valid.destination };

  it('uses schema 2020-08-15 unless it names one', () => {
    assert.equal(accepted('logs', logs).schemaVersion, '2020-08-15');
    assert.equal(accepted('logs', { ...logs, schemaVersion: '2021-03-18' }).schemaVersion, '2021-03-18');
    assert.match(refused('logs', { ...logs, schemaVersion: '2022-12-13' }), /^schemaVersion /);
  });

  it('may choose PUT', () => {
    const destination = { ...valid.destination, method: 'PUT', encoding: 'JSON' };
    const parsed = accepted('logs', { ...logs, destination }).destination;
    assert(parsed.protocol === 'HTTP');
    assert.equal(parsed.method, 'PUT');
  });

  it('may not choose another method or encoding', () => {
    const destination = { ...valid.destination, method: 'GET', encoding: 'XML' };
    const message = refused('logs', { ...logs, destination });
    assert.match(message, /destination\.method /);
    assert.match(message, /destination\.encoding /);
  });
});
