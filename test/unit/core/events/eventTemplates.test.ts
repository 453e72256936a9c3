import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isRecord } from '../../../../src/core/base/json.ts';
import { templateText } from '../../../../src/core/events/eventTemplate.ts';
import { eventTemplates } from '../../../../src/core/events/eventTemplates.ts';

/** What AWS's documents show on the top level of each event, or of its records. */
const documented: Readonly<Record<string, readonly string[]>> = {
  'api-gateway-rest': [
    'resource',
    'path',
    'httpMethod',
    'headers',
    'multiValueHeaders',
    'queryStringParameters',
    'multiValueQueryStringParameters',
    'pathParameters',
    'stageVariables',
    'requestContext',
    'body',
    'isBase64Encoded',
  ],
  'api-gateway-http': [
    'version',
    'routeKey',
    'rawPath',
    'rawQueryString',
    'cookies',
    'headers',
    'queryStringParameters',
    'pathParameters',
    'stageVariables',
    'requestContext',
    'body',
    'isBase64Encoded',
  ],
  'function-url': [
    'version',
    'routeKey',
    'rawPath',
    'rawQueryString',
    'cookies',
    'headers',
    'queryStringParameters',
    'requestContext',
    'body',
    'isBase64Encoded',
  ],
  s3: [
    'eventVersion',
    'eventSource',
    'awsRegion',
    'eventTime',
    'eventName',
    'userIdentity',
    'requestParameters',
    'responseElements',
    's3',
  ],
  sqs: [
    'messageId',
    'receiptHandle',
    'body',
    'attributes',
    'messageAttributes',
    'md5OfBody',
    'eventSource',
    'eventSourceARN',
    'awsRegion',
  ],
  sns: ['EventVersion', 'EventSubscriptionArn', 'EventSource', 'Sns'],
  'event-bridge': [
    'version',
    'id',
    'detail-type',
    'source',
    'account',
    'time',
    'region',
    'resources',
    'detail',
  ],
  schedule: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
  dynamodb: [
    'eventID',
    'eventName',
    'eventVersion',
    'eventSource',
    'awsRegion',
    'dynamodb',
    'eventSourceARN',
  ],
  kinesis: [
    'kinesis',
    'eventSource',
    'eventVersion',
    'eventID',
    'eventName',
    'invokeIdentityArn',
    'awsRegion',
    'eventSourceARN',
  ],
};

describe('The event templates', () => {
  it('are one for each service that is documented here, each under its own name', () => {
    assert.deepEqual(eventTemplates.map(({ id }) => id).sort(), Object.keys(documented).sort());
    assert.equal(new Set(eventTemplates.map(({ label }) => label)).size, eventTemplates.length);
  });

  for (const template of eventTemplates) {
    it(`give ${template.label} events the fields that are documented`, () => {
      const event = JSON.parse(templateText(template)) as unknown;
      assert.deepEqual(event, template.event, 'nothing is lost in JSON');
      for (const part of recordsOf(event)) {
        assert.deepEqual(Object.keys(part).sort(), [...(documented[template.id] ?? [])].sort());
      }
    });
  }

  it('name no account but the one of the documents, and only addresses reserved for examples', () => {
    for (const template of eventTemplates) {
      const text = templateText(template);
      for (const [account] of text.matchAll(/(?<=[":])\d{12}(?=[":])/g))
        assert.equal(account, '123456789012');
      for (const [address] of text.matchAll(/\b\d+\.\d+\.\d+\.\d+\b/g)) assert.match(address, /^192\.0\.2\./);
    }
  });

  it('hold HTTP headers in both forms of a REST request alike', () => {
    const { headers, multiValueHeaders } = named('api-gateway-rest') as {
      headers: Record<string, string>;
      multiValueHeaders: Record<string, string[]>;
    };
    assert.deepEqual(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
      Object.entries(multiValueHeaders),
    );
  });

  it('hold checksums of message bodies and readable base64', () => {
    for (const { body, md5OfBody } of recordsOf(named('sqs')) as { body: string; md5OfBody: string }[]) {
      assert.equal(createHash('md5').update(body).digest('hex'), md5OfBody);
    }
    const data = (recordsOf(named('kinesis')) as { kinesis: { data: string } }[]).map(({ kinesis }) =>
      Buffer.from(kinesis.data, 'base64').toString(),
    );
    assert.deepEqual(data, ['{"name":"Ada"}', '{"name":"Grace"}']);
  });

  it('tell old and new images of an item as the kind of change demands', () => {
    const records = recordsOf(named('dynamodb')) as { eventName: string; dynamodb: object }[];
    const images = records.map(({ eventName, dynamodb }) => [
      eventName,
      'NewImage' in dynamodb,
      'OldImage' in dynamodb,
    ]);
    assert.deepEqual(images, [
      ['INSERT', true, false],
      ['MODIFY', true, true],
      ['REMOVE', false, true],
    ]);
  });
});

function named(id: string): unknown {
  return eventTemplates.find((template) => template.id === id)?.event;
}

/** An event's records, or the event itself when it has none. */
function recordsOf(event: unknown): object[] {
  assert.ok(isRecord(event));
  const { Records } = event;
  return Array.isArray(Records) ? (Records as object[]) : [event];
}
