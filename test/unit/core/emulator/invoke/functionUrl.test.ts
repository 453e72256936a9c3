import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import type { Logger } from '../../../../../src/core/base/logger.ts';
import { InvokeError } from '../../../../../src/core/emulator/invoke/invokeError.ts';
import type { Invocation } from '../../../../../src/core/emulator/invocation.ts';
import { answer, awsEventStream, fetchBytes, InvokeApis, sinkOf, type HandSink } from './support.ts';

const integration = 'application/vnd.awslambda.http-integration-response';

interface Event {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Record<string, string>;
  readonly cookies?: string[];
  readonly requestContext: { readonly http: { readonly method: string; readonly sourceIp: string } };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

describe('a function URL', () => {
  const apis = new InvokeApis();
  const warnings: string[] = [];
  let origin: string;
  let url: string;
  let sink: HandSink;

  before(async () => {
    const ignore = (): void => undefined;
    const logger: Logger = {
      trace: ignore,
      info: ignore,
      warn: (line) => warnings.push(line),
      error: ignore,
    };
    ({ url: origin, sink } = await apis.start(awsEventStream, logger));
    url = `${origin}/lambda-url/web`;
  });

  beforeEach(() => warnings.splice(0));
  after(() => apis.stop());

  /** What a browser gets when the function returns this. */
  async function returned(payload: string, options: RequestInit = {}): ReturnType<typeof fetchBytes> {
    const reply = fetchBytes(`${url}/`, options);
    answer(await sink.next(), {}, payload);
    return await reply;
  }

  /** What a browser gets when the function streams these pieces. */
  async function streamed(
    contentType: string,
    pieces: readonly (string | Buffer)[],
    end: (invocation: Invocation) => void = (invocation) => {
      answer(invocation, {});
    },
  ): ReturnType<typeof fetchBytes> {
    const reply = fetchBytes(`${url}/`);
    const invocation = await sink.next();
    sinkOf(invocation).start(contentType);
    for (const piece of pieces) await sinkOf(invocation).write(Buffer.from(piece));
    end(invocation);
    return await reply;
  }

  async function eventOf(path: string, options: RequestInit = {}): Promise<Event> {
    const reply = fetchBytes(origin + path, options);
    const invocation = await sink.next();
    answer(invocation, {}, '{}');
    await reply;
    return JSON.parse(invocation.payload.toString()) as Event;
  }

  function isBadGateway(reply: Awaited<ReturnType<typeof fetchBytes>>, reason: RegExp): void {
    assert.equal(reply.status, 502);
    assert.equal(reply.body.toString(), 'Internal Server Error');
    assert.match(reply.headers.get('x-emulator-reason') ?? '', reason);
  }

  describe('turns a request into an event', () => {
    it('with path, query, headers, cookies and body', async () => {
      const event = await eventOf('/lambda-url/web/a%2Fb/c?x=1&x=2', {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain', Cookie: 'a=1; b=2', 'X-Name': 'v' },
        body: 'höi',
      });
      assert.equal(event.rawPath, '/a%2Fb/c');
      assert.equal(event.rawQueryString, 'x=1&x=2');
      assert.equal(event.headers['x-name'], 'v');
      assert.deepEqual(event.cookies, ['a=1', 'b=2']);
      assert.equal(event.body, 'höi');
      assert.equal(event.requestContext.http.method, 'POST');
      assert.equal(event.requestContext.http.sourceIp, '127.0.0.1');
    });

    for (const [path, rawPath] of [
      ['/lambda-url/web', '/'],
      ['/lambda-url/web?a', '/'],
      ['/lambda-url/web/', '/'],
      ['/lambda-url/web:live/x', '/x'],
      ['/lambda-url/web//x/', '//x/'],
    ] as const) {
      it(`where ${path} leads to ${rawPath}`, async () => {
        assert.equal((await eventOf(path)).rawPath, rawPath);
      });
    }

    for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'PROPFIND']) {
      it(`of the method ${method}`, async () => {
        assert.equal((await eventOf('/lambda-url/web/', { method })).requestContext.http.method, method);
      });
    }

    it('whose trace header is that of the invocation', async () => {
      const reply = fetchBytes(url);
      const invocation = await sink.next();
      answer(invocation, {}, '1');
      const event = JSON.parse(invocation.payload.toString()) as Event;
      assert.match(invocation.traceHeader, /^Root=1-/);
      assert.equal(event.headers['x-amzn-trace-id'], invocation.traceHeader);
      assert.equal((await reply).headers.get('x-amzn-requestid'), invocation.requestId);
    });

    it('unless it is too large', async () => {
      const body = Buffer.alloc(6 * 2 ** 20 + 1);
      const reply = await fetchBytes(url, { method: 'POST', body });
      assert.equal(reply.status, 413);
      assert.equal(reply.headers.get('x-amzn-errortype'), 'RequestTooLargeException');
      // Fits as it is, and not in base64.
      assert.equal((await fetchBytes(url, { method: 'POST', body: body.subarray(1) })).status, 413);
      assert.equal(sink.pending, 0);
    });

    it('of its own function alone', async () => {
      assert.equal((await fetchBytes(`${origin}/lambda-url/other/`)).status, 404);
      assert.equal((await fetchBytes(`${origin}/lambda-url/%E0%A4%A/`)).status, 400);
      assert.equal((await fetchBytes(`${origin}/lambda-url/`)).status, 404);
      assert.equal(sink.pending, 0);
    });

    it('but not for a WebSocket', async () => {
      const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'x' };
      const outgoing = request(url, { headers, agent: false }).end();
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      assert.equal(incoming.statusCode, 400);
      assert.match(await text(incoming), /WebSocket/);
      assert.equal(sink.pending, 0);
    });

    it('also when the client offers HTTP/2', async () => {
      const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' };
      const outgoing = request(url, { headers, agent: false }).end();
      const answered = once(outgoing, 'response');
      answer(await sink.next(), {}, '"as before"');
      const [incoming] = (await answered) as [IncomingMessage];
      assert.equal(await text(incoming), 'as before');
    });

    it('unless there is no room for it', async () => {
      sink.refusal = new InvokeError('TooManyRequestsException', 'The queue is full.');
      const reply = await fetchBytes(url);
      sink.refusal = undefined;
      assert.equal(reply.status, 429);
      assert.equal(reply.headers.get('retry-after'), '1');
    });
  });

  describe('turns what a function returns into a response', () => {
    for (const [payload, body] of [
      ['{"hello":"web"}', '{"hello":"web"}'],
      ['[1, 2]', '[1, 2]'],
      ['"text"', 'text'],
      ['42', '42'],
      ['null', 'null'],
    ] as const) {
      it(`which is ${payload} as JSON`, async () => {
        const reply = await returned(payload);
        assert.equal(reply.status, 200);
        assert.equal(reply.headers.get('content-type'), 'application/json');
        assert.equal(reply.body.toString(), body);
      });
    }

    it('with status, headers and cookies of its own', async () => {
      const reply = await returned(
        JSON.stringify({
          statusCode: 201,
          headers: { 'Content-Type': 'text/html; charset=utf-8', 'X-Own': 'yes', 'X-Amzn-RequestId': 'mine' },
          cookies: ['a=1; Path=/', 'b=2'],
          body: '<p>höi</p>',
        }),
      );
      assert.equal(reply.status, 201);
      assert.equal(reply.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.equal(reply.headers.get('x-own'), 'yes');
      assert.deepEqual(reply.headers.getSetCookie(), ['a=1; Path=/', 'b=2']);
      assert.match(reply.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(reply.body.toString(), '<p>höi</p>');
    });

    it('with a body of bytes', async () => {
      const body = Buffer.from([65, 0, 255, 10]);
      const encoded = { statusCode: 200, body: body.toString('base64'), isBase64Encoded: true };
      assert.ok((await returned(JSON.stringify(encoded))).body.equals(body));
    });

    it('with a body that is no string', async () => {
      assert.equal((await returned('{"statusCode":200,"body":{"a":1}}')).body.toString(), '{"a":1}');
      assert.equal((await returned('{"statusCode":200}')).body.toString(), '');
    });

    it('without a body where there is none in HTTP', async () => {
      const reply = await returned('{"statusCode":204,"body":"none"}');
      assert.equal(reply.status, 204);
      assert.equal(reply.body.length, 0);
      const head = await returned('{"statusCode":200,"body":"four"}', { method: 'HEAD' });
      assert.equal(head.headers.get('content-length'), '4');
      assert.equal(head.body.length, 0);
    });

    it('unless it is not one', async () => {
      isBadGateway(await returned('{"statusCode":700}'), /statusCode/);
      isBadGateway(await returned('not JSON'), /not JSON/);
      isBadGateway(await returned(''), /not JSON/);
      isBadGateway(
        await returned('{"statusCode":200,"headers":{"a":"b\\r\\nSet-Cookie: c=d"}}'),
        /not allow/,
      );
      assert.equal(warnings.length, 4);
      assert.ok(warnings.every((line) => line.startsWith('Function URL, request ')));
    });

    it('and an error into 502', async () => {
      const reply = fetchBytes(url);
      answer(await sink.next(), { status: 'error', errorType: 'Function.Oops' }, '{"errorMessage":"secret"}');
      isBadGateway(await reply, /^Function\.Oops$/);
    });

    it('and says when it is given up', async () => {
      const reply = fetchBytes(url);
      (await sink.next()).fail(new Error('stopped'));
      assert.equal((await reply).status, 500);
    });

    it('from which no header can escape', async () => {
      const value = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('a\r\nX-Injected: 1'));
      const headers = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('X-A', 'Set-Cookie')), value);
      await fc.assert(
        fc.asyncProperty(headers, fc.array(value, { maxLength: 3 }), async (given, cookies) => {
          const reply = await returned(
            JSON.stringify({ statusCode: 200, headers: given, cookies, body: 'b' }),
          );
          assert.ok(reply.status === 200 ? reply.body.toString() === 'b' : reply.status === 502);
          assert.equal(reply.headers.get('x-injected'), null);
        }),
        { numRuns: 60 },
      );
    });
  });

  it('wants to have as it is written what is declared a stream, or begins with a prelude', async () => {
    const reply = fetchBytes(url);
    const invocation = await sink.next();
    const wanted = sinkOf(invocation);
    for (const contentType of [undefined, 'application/json', 'application/octet-stream']) {
      assert.equal(wanted.wants({ mode: 'streaming', contentType }), true);
      assert.equal(wanted.wants({ mode: undefined, contentType }), false);
    }
    assert.equal(wanted.wants({ mode: undefined, contentType: `${integration}; charset=x` }), true);
    answer(invocation, {}, '1');
    await reply;
  });

  describe('passes on what a function streams', () => {
    it('at once, under the type that the runtime gave', async () => {
      const outgoing = request(url, { agent: false }).end();
      const invocation = await sink.next();
      const runtime = sinkOf(invocation);
      runtime.start('text/event-stream');
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      assert.equal(incoming.statusCode, 200);
      assert.equal(incoming.headers['content-type'], 'text/event-stream');
      const received = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      for (const piece of ['data: 1\n\n', 'data: 2\n\n']) {
        await runtime.write(Buffer.from(piece));
        assert.equal(((await received.next()).value as Buffer).toString(), piece);
      }
      answer(invocation, {});
      assert.equal((await received.next()).done, true);
    });

    it('as bytes when there is no type', async () => {
      const reply = await streamed('', ['a', Buffer.from([0, 255])]);
      assert.equal(reply.headers.get('content-type'), 'application/octet-stream');
      assert.ok(reply.body.equals(Buffer.from([0x61, 0, 255])));
    });

    it('after the head that its prelude describes', async () => {
      const prelude = '{"statusCode":418,"headers":{"X-Own":"yes"},"cookies":["a=1","b=2"]}';
      const reply = await streamed(`${integration}; charset=x`, [
        prelude.slice(0, 9),
        `${prelude.slice(9)}\0\0\0`,
        '\0\0\0\0\0bo',
        'dy',
      ]);
      assert.equal(reply.status, 418);
      assert.equal(reply.headers.get('x-own'), 'yes');
      assert.equal(reply.headers.get('content-type'), 'application/octet-stream');
      assert.deepEqual(reply.headers.getSetCookie(), ['a=1', 'b=2']);
      assert.equal(reply.body.toString(), 'body');
    });

    it('unless the prelude is none', async () => {
      const end = Buffer.alloc(8);
      isBadGateway(await streamed(integration, ['<html>', end, 'more', 'and more']), /not a JSON object/);
      isBadGateway(await streamed(integration, ['{"statusCode":1}', end]), /statusCode/);
      isBadGateway(await streamed(integration, ['{"headers":{"a":"\\n"}}', end]), /not allow/);
      isBadGateway(await streamed(integration, ['{"statusCode":200}', Buffer.alloc(7)]), /ended before/);
      isBadGateway(await streamed(integration, []), /ended before/);
      isBadGateway(await streamed(integration, ['x'.repeat(40_000), 'x'.repeat(40_000)]), /longer than/);
    });

    it('and keeps a 502 whole when the function fails after it', async () => {
      const reply = await streamed(integration, ['{', Buffer.alloc(8)], (invocation) => {
        answer(invocation, { status: 'error', errorType: 'Function.Oops' });
      });
      isBadGateway(reply, /not a JSON object/);
    });

    it('until an error before its head is there', async () => {
      const reply = await streamed(integration, ['{"status'], (invocation) => {
        answer(invocation, { status: 'crash', errorType: 'Runtime.ExitError' });
      });
      isBadGateway(reply, /^Runtime\.ExitError$/);
    });

    it('and breaks the connection at an error in its middle', async () => {
      const broken = streamed('text/plain', ['half'], (invocation) => {
        answer(invocation, { status: 'timeout', errorType: 'Sandbox.Timedout' });
      });
      await assert.rejects(broken);
    });

    it('to nobody when the client is gone, and serves the next one', async () => {
      const outgoing = request(url, { agent: false }).end();
      outgoing.on('error', () => undefined);
      const invocation = await sink.next();
      sinkOf(invocation).start('text/plain');
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      incoming.on('error', () => undefined);
      const held = Array.from({ length: 5 }, () => sinkOf(invocation).write(Buffer.alloc(4 * 1024 * 1024)));
      incoming.destroy();
      await Promise.all(held);
      answer(invocation, {});
      assert.equal((await returned('1')).body.toString(), '1');
    });

    it('and survives a client that leaves before there is anything', async () => {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1');
      socket.write('GET /lambda-url/web HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const invocation = await sink.next();
      socket.destroy();
      await once(socket, 'close');
      sinkOf(invocation).start(integration);
      await sinkOf(invocation).write(Buffer.from(`{}${'\0'.repeat(8)}body`));
      answer(invocation, {});
      assert.equal((await returned('1')).status, 200);
    });
  });
});
