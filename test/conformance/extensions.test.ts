import assert from 'node:assert/strict';
import {
  functionName,
  useConformanceFunctions,
  type ConformanceOptions,
} from './support/conformanceFunction.ts';
import type { Message } from './support/meetingPoint.ts';
import { conformanceProgram } from './support/programs.ts';
import { runtimeClients } from './support/runtimeClients.ts';

/** The function on aws-lambda-go with the extension on lambda-extension in a layer. */
function extended(behavior: string, options: Partial<ConformanceOptions>): ConformanceOptions {
  return {
    code: conformanceProgram('go-function'),
    layers: [conformanceProgram('rust-extension')],
    ...options,
    env: { EXTENSION_BEHAVIOR: behavior, ...options.env },
  };
}

const quiet = ['registered', 'invoke', 'shutdown', 'sigterm'];

/** The longest shutdown phase, in milliseconds. */
const shutdownMs = 2000;

describe('An extension on lambda-extension', () => {
  const open = useConformanceFunctions();

  it('registers before the runtime starts, and learns about its function', async () => {
    const conformance = await open(extended('', { letThrough: ['invoke', 'shutdown'] }));
    const registered = await conformance.meeting.next('registered');
    assert.deepEqual(registered.message, {
      what: 'registered',
      accountId: '123456789012',
      functionName,
      functionVersion: '$LATEST',
      handler: 'app.handler',
    });
    registered.leave();
    assert.deepEqual(await conformance.ask({}), {});
  });

  it('is told of each invocation what the runtime is told', async () => {
    const conformance = await open(extended('', { letThrough: quiet }));
    for (let round = 0; round < 3; round++) {
      const seen = (await conformance.ask({ action: 'context' })) as Record<string, unknown>;
      const { message } = await conformance.meeting.next('invoke');
      assert.deepEqual(message, {
        what: 'invoke',
        arn: seen['arn'],
        deadlineMs: seen['deadlineMs'],
        requestId: seen['requestId'],
        traceId: seen['traceId'],
      });
    }
  });

  it('keeps the next invocation from starting while it works, but not the answer from the invoker', async () => {
    const letThrough = ['registered', 'shutdown', 'function'];
    const conformance = await open(extended('', { letThrough }));
    const { meeting } = conformance;
    const event = { action: 'meet', name: 'function' };
    await conformance.ask(event, { LogType: 'None' }); // the end of the log waits for the extension
    const atWork = await meeting.next('invoke');
    const second = conformance.ask(event);
    assert.equal(meeting.said().filter((what) => what === 'function').length, 1);
    atWork.leave();
    (await meeting.next('invoke')).leave();
    assert.deepEqual(await second, event);
    assert.deepEqual(meeting.said().slice(1, 3).sort(), ['function', 'invoke']);
    assert.deepEqual(meeting.said().slice(3, 5).sort(), ['function', 'invoke']);
  });

  it('is told why and until when the environment ends', async () => {
    const conformance = await open(extended('', { letThrough: quiet }));
    await conformance.ask({});
    const before = Date.now();
    await conformance.stop();
    assertShutdown((await conformance.meeting.next('shutdown')).message, 'SPINDOWN', before);
  });

  it('is told that the invocation took too long', async () => {
    const conformance = await open(extended('', { timeout: 1, letThrough: quiet }));
    const before = Date.now();
    const { errorMessage } = await conformance.fail({ action: 'meet', name: 'never let go' });
    assert.match(errorMessage, /Task timed out after 1\.00 seconds$/);
    assertShutdown((await conformance.meeting.next('shutdown')).message, 'TIMEOUT', before);
  });

  it('is told that the runtime failed, and starts again with it', async () => {
    const conformance = await open(extended('', { letThrough: quiet }));
    const before = Date.now();
    assert.equal((await conformance.fail({ action: 'exit' })).errorType, 'Runtime.ExitError');
    assertShutdown((await conformance.meeting.next('shutdown')).message, 'FAILURE', before);
    assert.deepEqual(await conformance.ask({}), {});
    assert.equal(conformance.meeting.said().filter((what) => what === 'registered').length, 2);
  });

  it('is ended when it stays', async () => {
    const conformance = await open(extended('stay', { letThrough: quiet }));
    await conformance.ask({});
    await conformance.stop(); // what is left running fails the test at its end
    assert.ok(conformance.meeting.said().includes('shutdown'));
  });

  it('fails the invocation when it ends during init', async () => {
    const conformance = await open(extended('exit in init', {}));
    const { errorType, errorMessage } = await conformance.fail({});
    assert.equal(errorType, 'Extension.Crash');
    assert.match(errorMessage, /exit status 3$/);
  });

  it('fails an invocation that is under way when it ends', async () => {
    const conformance = await open(extended('exit in invoke', { letThrough: quiet }));
    const { errorType } = await conformance.fail({ action: 'meet', name: 'never let go' });
    assert.equal(errorType, 'Extension.Crash');
  });
});

describe('A runtime that asks for SIGTERM with an extension of its own', () => {
  const open = useConformanceFunctions();

  for (const client of [runtimeClients.go, runtimeClients.rust]) {
    it(`is given it before it is ended, on ${client.name}`, async () => {
      const env = { CATCH_SIGTERM: '1' };
      const conformance = await open({ ...client.options(), env, letThrough: ['sigterm'] });
      assert.deepEqual(await conformance.ask({}), {});
      await conformance.stop();
      assert.deepEqual(conformance.meeting.said(), ['sigterm']);
    });

    it(`is ended although it does not finish, on ${client.name}`, async () => {
      const conformance = await open({ ...client.options(), env: { CATCH_SIGTERM: '1' } });
      assert.deepEqual(await conformance.ask({}), {});
      await conformance.stop(); // nobody lets it go; what is left running fails the test at its end
      assert.deepEqual(conformance.meeting.said(), ['sigterm']);
    });
  }

  it('is given it before external extensions are told of the shutdown', async () => {
    const conformance = await open(extended('', { env: { CATCH_SIGTERM: '1' }, letThrough: quiet }));
    assert.deepEqual(await conformance.ask({}), {});
    await conformance.meeting.next('invoke');
    await conformance.stop();
    assert.deepEqual(conformance.meeting.said(), ['registered', 'invoke', 'sigterm', 'shutdown']);
  });
});

function assertShutdown({ reason, deadlineMs }: Message, expected: string, before: number): void {
  assert.equal(reason, expected);
  assert.ok(Number(deadlineMs) >= before);
  assert.ok(Number(deadlineMs) <= Date.now() + shutdownMs);
}
