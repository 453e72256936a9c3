import assert from 'node:assert/strict';
import { silentLogger } from '../../../../../src/core/base/logger.ts';
import { PausableClock } from '../../../../../src/core/emulator/clock.ts';
import { functionSettings } from '../../../../../src/core/emulator/functionSettings.ts';
import { LoopbackServer } from '../../../../../src/core/emulator/http/loopbackServer.ts';
import { payloadText } from '../../../../../src/core/emulator/invocation.ts';
import { EnvironmentApis } from '../../../../../src/core/emulator/runtime/environmentApis.ts';
import { Stage } from '../stage.ts';
import { call, Emulators, type Reply } from '../support.ts';

const oversized = Buffer.alloc(6_291_557, '1');

/** The error bodies of the Runtime API (Runtime Interface Emulator, `rapi/rendering`); state and id are in the table of states. */
const bodies = {
  tooLarge:
    '{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}\n',
  mode: '{"errorMessage":"Invalid function response mode","errorType":"InvalidFunctionResponseMode"}\n',
  internal: '{"errorMessage":"Internal Server Error","errorType":"InternalServerError"}\n',
  noEnvironment: '{"errorMessage":"No execution environment is running","errorType":"Forbidden"}\n',
  unknownId: '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}\n',
};

function assertReply({ status, headers, body }: Reply, expectedStatus: number, expectedBody: string): void {
  assert.deepEqual([status, body], [expectedStatus, expectedBody]);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(Number(headers['content-length']), Buffer.byteLength(expectedBody));
}

describe('the errors of the Runtime API', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  for (const { what, post, invoker } of [
    {
      what: 'a response',
      post: (stage: Stage, id: string) => stage.runtime.respond(id, oversized),
      invoker: 'Function.ResponseSizeTooLarge',
    },
    {
      what: 'an error',
      post: (stage: Stage, id: string) => stage.runtime.fail(id, 'Function.Odd', oversized.toString()),
      invoker: 'Function.ResponseSizeTooLarge',
    },
  ]) {
    it(`refuse ${what} that is too large, and the runtime goes on`, async () => {
      const stage = await Stage.start(emulators);
      const [first, second] = [1, 2].map((payload) => stage.emulator.invoke({ payload: String(payload) }));
      assertReply(await post(stage, await stage.runtime.take()), 413, bodies.tooLarge);
      await stage.runtime.serveOne('"next"');
      const result = await first;
      assert.equal(result?.errorType, invoker);
      assert.equal(
        payloadText(result),
        `{"errorType":"${invoker}","errorMessage":"Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes)."}`,
      );
      assert.equal((await second)?.status, 'success');
      assert.equal(stage.attached.launches.length, 1);
    });
  }

  it('refuse an init error that is too large', async () => {
    const stage = await Stage.start(emulators);
    await stage.warmUp();
    assertReply(await stage.runtime.initError('Runtime.Odd', oversized.toString()), 413, bodies.tooLarge);
  });

  for (const mode of ['Streaming', 'buffered']) {
    it(`refuse the response mode "${mode}", tell the invoker at once, and let the runtime go no further`, async () => {
      const stage = await Stage.start(emulators);
      const url = `${stage.invokeUrl}/2015-03-31/functions/thumbnails/invocations`;
      const answered = call(url, { method: 'POST' });
      await stage.records.until(({ state }) => state === 'queued');
      const id = await stage.runtime.take();
      const refused = await stage.runtime.respond(id, '1', { 'Lambda-Runtime-Function-Response-Mode': mode });
      assertReply(refused, 400, bodies.mode);
      const { headers, body } = await answered;
      assert.equal(headers['x-amz-function-error'], 'Unhandled');
      assert.equal(
        body,
        '{"errorType":"Runtime.InvalidResponseModeHeader","errorMessage":"Invalid function response mode"}',
      );
      const next = await stage.runtime.next();
      assert.equal(next.status, 403);
      assert.match(next.body, /^\{"errorMessage":"State transition from InvocationResponse to Ready failed /);
      assertReply(await stage.runtime.respond(id), 400, bodies.unknownId);
    });
  }

  it('say that nobody is there while no environment runs', async () => {
    const { runtime } = await Stage.start(emulators);
    assertReply(await runtime.next(), 403, bodies.noEnvironment);
    assertReply(await runtime.initError('Runtime.Odd'), 403, bodies.noEnvironment);
    assertReply(await runtime.respond('x'), 400, bodies.unknownId);
    assertReply(await runtime.fail('x', 'Function.Odd'), 400, bodies.unknownId);
  });

  it('admit an error of the emulator itself', async () => {
    const broken = (): never => {
      throw new Error('secret detail');
    };
    const settings = functionSettings({ functionName: 'thumbnails' });
    const apis = new EnvironmentApis(settings, new PausableClock(), 'token', {
      alive: broken,
      last: () => undefined,
    });
    const server = new LoopbackServer(apis, silentLogger);
    const url = `http://127.0.0.1:${await server.listen(0)}/2018-06-01/runtime/invocation/next`;
    try {
      assertReply(await call(url), 500, bodies.internal);
    } finally {
      await server.close();
    }
  });
});
