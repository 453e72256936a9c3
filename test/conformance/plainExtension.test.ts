import assert from 'node:assert/strict';
import { join } from 'node:path';
import { HttpReceiver } from '../unit/core/emulator/telemetry/receivers.ts';
import { useConformanceFunctions, type ConformanceOptions } from './support/conformanceFunction.ts';
import { conformanceSources } from './support/programs.ts';
import { runtimeClients } from './support/runtimeClients.ts';

/** The function and the extension on bash and curl. */
function extended(behavior: string, env: Readonly<Record<string, string>> = {}): ConformanceOptions {
  return {
    ...runtimeClients.bash.options(),
    layers: [join(conformanceSources, 'bash-extension')],
    env: { EXTENSION_BEHAVIOR: behavior, ...env },
  };
}

describe('An extension on bash and curl', () => {
  const open = useConformanceFunctions();

  it('fails the invocation when it reports an error of init and ends', async () => {
    const conformance = await open(extended('fail in init'));
    const { errorType, errorMessage } = await conformance.fail({});
    assert.equal(errorType, 'Extension.InitError');
    assert.match(errorMessage, /^RequestId: \S+ Error: exit status 1$/);
    const states = conformance.log.filter((line) => line.startsWith('EXTENSION\t'));
    const failed =
      'Name: plain\tState: InitError\tEvents: [INVOKE, SHUTDOWN]\tError Type: Extension.ConformanceError';
    assert.deepEqual(states, [`EXTENSION\t${failed}`]);
  });

  it('fails an invocation that is under way when it reports an error and ends', async () => {
    const conformance = await open(extended('fail in invoke'));
    const { errorType, errorMessage } = await conformance.fail({ action: 'meet', name: 'never let go' });
    assert.equal(errorType, 'Extension.ExitError');
    assert.match(errorMessage, /^RequestId: \S+ Error: exit status 1$/);
  });

  it('is given the logs in the form of the Logs API', async () => {
    const receiver = await HttpReceiver.start();
    try {
      const conformance = await open(extended('subscribe to logs', { LOGS_PORT: String(receiver.port) }));
      const { requestId } = await conformance.invoke({ action: 'log', name: 'the function speaks' });
      const events = await receiver.events.until((all) => all.some(({ type }) => type === 'platform.report'));
      assert.deepEqual(
        events.map(({ type }) => type),
        [
          'platform.logsSubscription',
          'extension',
          'platform.extension',
          'platform.start',
          'function',
          'platform.runtimeDone',
          'platform.end',
          'platform.report',
        ],
      );
      const record = (type: string): unknown => events.find((event) => event.type === type)?.record;
      assert.equal(record('extension'), 'answered "OK"');
      assert.equal(record('function'), 'the function speaks');
      assert.deepEqual(record('platform.start'), { requestId, version: '$LATEST' });
      assert.deepEqual(record('platform.runtimeDone'), { requestId, status: 'success' });
      assert.deepEqual(record('platform.end'), { requestId });
    } finally {
      await receiver.close();
    }
  });
});
