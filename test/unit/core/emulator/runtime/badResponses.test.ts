import assert from 'node:assert/strict';
import { payloadText, type InvokeResult } from '../../../../../src/core/emulator/invocation.ts';
import type { ResponseHead, ResponseSink } from '../../../../../src/core/emulator/invoke/responseSink.ts';
import { connectionsGone, head, RawClient } from '../rawClient.ts';
import { Stage } from '../stage.ts';
import { Emulators } from '../support.ts';

const streaming = [
  'Lambda-Runtime-Function-Response-Mode: streaming',
  'Transfer-Encoding: chunked',
  'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
];

/** Collects what is streamed. */
class Collected implements ResponseSink {
  wants({ mode }: ResponseHead): boolean {
    return mode === 'streaming';
  }
  text = '';
  contentType: string | undefined;
  start(contentType: string): void {
    this.contentType = contentType;
  }
  write(chunk: Buffer): Promise<void> {
    this.text += chunk.toString('latin1');
    return Promise.resolve();
  }
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

describe('responses that are broken', () => {
  const emulators = new Emulators();
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.start(emulators);
  });
  afterEach(async () => {
    await emulators.stop();
    await connectionsGone(0);
  });

  /** Invokes, answers by hand, and shows that the next invocation is served. */
  async function answered(
    answer: (client: RawClient, path: string) => Promise<unknown>,
    sink?: ResponseSink,
  ): Promise<InvokeResult> {
    const result = stage.emulator.invoke({ payload: '{}', sink });
    const id = await stage.runtime.take();
    const client = await RawClient.open(stage.url);
    await answer(client, `/2018-06-01/runtime/invocation/${id}`);
    await client.destroy();
    const next = stage.emulator.invoke({ payload: '{}' });
    await stage.runtime.serveOne('"fine"');
    assert.equal(payloadText(await next), '"fine"');
    return result;
  }

  it('because they come byte by byte are taken', async () => {
    const { payload } = await answered(async (client, path) => {
      await client.sendSlowly(head(`POST ${path}/response`, 'Content-Length: 6') + '"slow"');
      assert.match(await client.until(/OK/), /^HTTP\/1\.1 202 /);
    });
    assert.equal(Buffer.from(payload).toString(), '"slow"');
  });

  it('because they are shorter than announced are truncated, and say so', async () => {
    const { status, errorType, payload } = await answered(async (client, path) => {
      client.send(head(`POST ${path}/response`, 'Content-Length: 50') + '"short"');
      assert.match(
        await client.finish(),
        /^HTTP\/1\.1 400 .*\{"errorMessage":"HTTP request detected as truncated","errorType":"TruncatedHTTPRequest"\}\n$/s,
      );
    });
    assert.deepEqual([status, errorType], ['error', 'Runtime.TruncatedResponse']);
    assert.ok(!Buffer.from(payload).toString().includes('short'));
  });

  it('because they are longer than announced are cut, and the rest is no request', async () => {
    const { payload } = await answered(async (client, path) => {
      client.send(head(`POST ${path}/response`, 'Content-Length: 3') + '"a" and much more\r\n\r\n');
      assert.match(await client.closed(), /HTTP\/1\.1 400 /);
    });
    assert.equal(Buffer.from(payload).toString(), '"a"');
  });

  it('because their chunks have no length are truncated', async () => {
    const { errorType } = await answered(async (client, path) => {
      client.send(`${head(`POST ${path}/response`, 'Transfer-Encoding: chunked')}zz\r\n"x"\r\n0\r\n\r\n`);
      await client.closed();
    });
    assert.equal(errorType, 'Runtime.TruncatedResponse');
  });

  for (const how of ['hangs up', 'closes'] as const) {
    it(`because the runtime ${how} in the middle of a stream are truncated after what was sent`, async () => {
      const sink = new Collected();
      const { status, errorType } = await answered(async (client, path) => {
        client.send(
          head(`POST ${path}/response`, ...streaming) + chunk('first') + chunk('second') + '5\r\nth',
        );
        while (!sink.text.includes('second')) await stage.settle();
        await (how === 'hangs up' ? client.destroy() : client.finish());
      }, sink);
      assert.deepEqual([status, errorType], ['error', 'Runtime.TruncatedResponse']);
      assert.match(sink.text, /^firstsecond(th)?$/);
    });
  }

  const error = { errorMessage: 'in the middle', errorType: 'Broken' };
  for (const { what, trailers, expected, payload } of [
    {
      what: 'an error',
      trailers: [
        'Lambda-Runtime-Function-Error-Type: Function.Broken',
        `Lambda-Runtime-Function-Error-Body: ${base64(error)}`,
      ],
      expected: 'Function.Broken',
      payload: JSON.stringify(error),
    },
    {
      what: 'a body that is not base64',
      trailers: [
        'Lambda-Runtime-Function-Error-Type: Unhandled',
        'Lambda-Runtime-Function-Error-Body: Requires base64',
      ],
      expected: 'Runtime.Unknown',
      payload: '{"errorType":"Runtime.Unknown","errorMessage":"Requires base64"}',
    },
    {
      what: 'base64 of something else',
      trailers: [
        'Lambda-Runtime-Function-Error-Type: Function.Odd',
        'Lambda-Runtime-Function-Error-Body: /////w==',
      ],
      expected: 'Function.Odd',
      payload: '{"errorType":"Function.Odd","errorMessage":"/////w=="}',
    },
    {
      what: 'a type alone',
      trailers: ['Lambda-Runtime-Function-Error-Type: Function.Odd'],
      expected: 'Function.Odd',
      payload: '{"errorType":"Function.Odd","errorMessage":""}',
    },
    {
      what: 'a body alone',
      trailers: [`lambda-runtime-function-error-body: ${base64(error)}`],
      expected: 'Runtime.Unknown',
      payload: JSON.stringify(error),
    },
    {
      what: 'nothing but names',
      trailers: ['Lambda-Runtime-Function-Error-Type:', 'Lambda-Runtime-Function-Error-Body: '],
      expected: undefined,
      payload: 'some text',
    },
    {
      what: 'others',
      trailers: ['X-Checksum: 1', 'X-Checksum: 2'],
      expected: undefined,
      payload: 'some text',
    },
  ]) {
    for (const mode of ['streamed', 'buffered'] as const) {
      it(`with ${what} in the trailers of a ${mode} one give ${expected ?? 'no error'}`, async () => {
        const sink = new Collected();
        const result = await answered(async (client, path) => {
          const headers = mode === 'streamed' ? streaming : ['Transfer-Encoding: chunked'];
          client.send(head(`POST ${path}/response`, ...headers) + chunk('some text') + '0\r\n');
          client.send(`${trailers.join('\r\n')}\r\n\r\n`);
          assert.match(await client.until(/OK/), /^HTTP\/1\.1 202 /);
        }, sink);
        assert.equal(result.errorType, expected);
        assert.equal(payloadText(result), payload);
        if (mode === 'streamed') assert.equal(sink.text, 'some text');
      });
    }
  }

  it('with trailers that are none are truncated', async () => {
    const { errorType } = await answered(async (client, path) => {
      client.send(`${head(`POST ${path}/response`, ...streaming)}${chunk('x')}0\r\n\x01\x02 garbage\r\n\r\n`);
      await client.closed();
    }, new Collected());
    assert.equal(errorType, 'Runtime.TruncatedResponse');
  });

  it('because there are two of them are refused from the second on', async () => {
    await answered(async (client, path) => {
      const post = head(`POST ${path}/response`, 'Content-Length: 1') + '1';
      client.send(post + post + post);
      await client.until(/(HTTP.*\}\n){3}/s);
      const [first, ...others] = [...client.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(
        ([, status]) => status,
      );
      assert.equal(first, '202');
      assert.ok(others.every((status) => status === '400' || status === '403'));
    });
  });
});
