import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  functionUrlEvent,
  type FunctionUrlRequest,
} from '../../../../../src/core/emulator/invoke/functionUrlEvent.ts';

interface Event {
  readonly cookies?: string[];
  readonly headers: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly requestContext: { readonly http: { readonly path: string; readonly userAgent: string } };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

const plain: FunctionUrlRequest = {
  method: 'GET',
  rawPath: '/',
  rawQueryString: '',
  headers: { host: ['127.0.0.1:4566'] },
  httpVersion: '1.1',
  sourceIp: '127.0.0.1',
  body: Buffer.alloc(0),
};

function eventOf(request: Partial<FunctionUrlRequest>): Event {
  const epochMs = Date.UTC(2020, 2, 12, 19, 3, 58, 390);
  const context = { functionName: 'web', requestId: 'id', traceHeader: 'Root=1', epochMs };
  return functionUrlEvent({ ...plain, ...request }, context) as Event;
}

describe("a function URL's event", () => {
  it('describes a request as Lambda does', () => {
    const event = eventOf({
      method: 'PUT',
      rawPath: '/a%2Fb/%E2%98%83/space%20here',
      rawQueryString: 'dup=one&dup=two%2Cthree&plus=a+b&encoded=a%2Bb&empty=&bare&%65nc=one&enc=two',
      headers: {
        host: ['localhost:4566'],
        'user-agent': ['curl/8'],
        'x-repeat': ['one,two', 'three'],
        cookie: ['a=1; b=two', 'c=3'],
        'content-type': ['application/json; charset=utf-8'],
        'content-length': ['23'],
      },
      body: Buffer.from('{"hello":"snowman ☃"}'),
    });
    assert.deepEqual(event, {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%2Fb/%E2%98%83/space%20here',
      rawQueryString: 'dup=one&dup=two%2Cthree&plus=a+b&encoded=a%2Bb&empty=&bare&%65nc=one&enc=two',
      cookies: ['a=1', 'b=two', 'c=3'],
      headers: {
        'x-forwarded-for': '127.0.0.1',
        'content-length': '23',
        host: 'localhost:4566',
        'user-agent': 'curl/8',
        'x-repeat': 'one,two,three',
        cookie: 'a=1; b=two,c=3',
        'content-type': 'application/json; charset=utf-8',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': '4566',
        'x-amzn-trace-id': 'Root=1',
      },
      queryStringParameters: {
        dup: 'one,two,three',
        plus: 'a b',
        encoded: 'a+b',
        empty: '',
        bare: '',
        enc: 'one,two',
      },
      requestContext: {
        accountId: 'anonymous',
        apiId: 'web',
        domainName: 'localhost:4566',
        domainPrefix: 'web',
        http: {
          method: 'PUT',
          path: '/a/b/☃/space here',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'curl/8',
        },
        requestId: 'id',
        routeKey: '$default',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: 1584039838390,
      },
      body: '{"hello":"snowman ☃"}',
      isBase64Encoded: false,
    });
  });

  it('leaves out what a request does not have', () => {
    const event = eventOf({});
    for (const member of ['cookies', 'queryStringParameters', 'body']) assert.ok(!(member in event), member);
    assert.equal(event.isBase64Encoded, false);
    assert.equal(event.headers['content-length'], '0');
    assert.ok(!('content-length' in eventOf({ method: 'HEAD' }).headers));
  });

  it('keeps the headers between two hops to itself', () => {
    const { headers } = eventOf({
      headers: {
        connection: ['keep-alive, X-Hop'],
        'x-hop': ['1'],
        upgrade: ['h2c'],
        te: ['trailers'],
        a: ['b'],
      },
    });
    assert.equal(headers['a'], 'b');
    for (const name of ['connection', 'x-hop', 'upgrade', 'te']) assert.ok(!(name in headers), name);
  });

  it('takes a path that is not properly encoded as it is', () => {
    assert.equal(eventOf({ rawPath: '/%E0%A4%A' }).requestContext.http.path, '/%E0%A4%A');
  });

  for (const { type, encoding, text } of [
    { type: 'text/html; charset=utf-8', text: true },
    { type: 'application/json', text: true },
    { type: 'APPLICATION/XML', text: true },
    { type: 'application/javascript ;charset=utf-8', text: true },
    { type: 'application/x-www-form-urlencoded', text: false },
    { type: 'application/jsonp', text: false },
    { type: 'application/octet-stream', text: false },
    { type: undefined, text: false },
    { type: 'text/plain', encoding: 'gzip', text: false },
  ]) {
    it(`passes a body of ${type ?? 'no type'}${encoding ?? ''} on ${text ? 'as text' : 'in base64'}`, () => {
      const headers = {
        ...(type === undefined ? {} : { 'content-type': [type] }),
        ...(encoding === undefined ? {} : { 'content-encoding': [encoding] }),
      };
      const event = eventOf({ method: 'POST', headers, body: Buffer.from('ünï') });
      assert.equal(event.isBase64Encoded, !text);
      assert.equal(event.body, text ? 'ünï' : Buffer.from('ünï').toString('base64'));
    });
  }

  it('keeps every byte of a body', () => {
    const types = fc.constantFrom('text/plain', 'application/json', 'image/png', '');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), types, (bytes, type) => {
        const body = Buffer.from(bytes);
        const event = eventOf({ method: 'POST', headers: { 'content-type': [type] }, body });
        const back = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
        assert.ok(back.equals(body));
      }),
    );
  });

  it('survives JSON with any header name and query', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (name, value) => {
        const query = new URLSearchParams([[name, value]]).toString();
        const event = eventOf({ rawQueryString: query, headers: Object.fromEntries([[name, [value]]]) });
        const back = JSON.parse(JSON.stringify(event)) as Event;
        const parameters = new Map(Object.entries(back.queryStringParameters ?? {}));
        assert.equal(parameters.get(name), new URLSearchParams(query).get(name));
      }),
    );
  });
});
