import assert from 'node:assert/strict';
import { maxResponseBytes, maxSyncPayloadBytes } from '../../src/core/emulator/limits.ts';
import { functionName, useConformanceFunctions } from './support/conformanceFunction.ts';
import { runtimeClients, type ExpectedError, type RuntimeClient } from './support/runtimeClients.ts';

const events = [{}, [], null, 3, 'Grüße, 世界 ✓', { nested: [{ deep: { yes: true } }], '<&>': '\\"\n' }];

const clientContext = {
  client: {
    installation_id: 'installation',
    app_title: 'conformance',
    app_version_name: '1',
    app_version_code: '1',
    app_package_name: 'test',
  },
  custom: { color: 'blue' },
  env: { locale: 'en' },
};

/** Milliseconds by which a client's own reckoning of its deadline may be off. */
const deadlineSlack = 200;

function assertError(found: { errorType?: string; errorMessage: string }, expected: ExpectedError): void {
  assert.equal(found.errorType, expected.errorType);
  assert.match(found.errorMessage, expected.errorMessage);
}

/** An event of exactly so many bytes. */
function eventOf(bytes: number): { action: string; filler: string } {
  const empty = { action: 'measure', filler: '' };
  return { ...empty, filler: 'x'.repeat(bytes - JSON.stringify(empty).length) };
}

for (const client of Object.values(runtimeClients) as RuntimeClient[]) {
  describe(`A function on ${client.name}`, () => {
    const open = useConformanceFunctions();

    it('is given every event as it was sent, and its answer reaches the invoker', async () => {
      const conformance = await open(client.options());
      for (const event of events) assert.deepEqual(await conformance.ask(event), event);
    });

    it('sees request id, function, deadline, trace, client context and tenant', async () => {
      const timeout = 30;
      const conformance = await open({ ...client.options(), timeout });
      const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
      const before = Date.now() + timeout * 1000 - deadlineSlack;
      const reply = await conformance.invoke(
        { action: 'context' },
        {
          traceHeader,
          TenantId: 'tenant-1',
          ClientContext: Buffer.from(JSON.stringify(clientContext)).toString('base64'),
        },
      );
      assert.equal(reply.functionError, undefined, reply.text);
      const { deadlineMs, born, ...seen } = JSON.parse(reply.text) as Record<string, unknown>;
      assert.deepEqual(seen, {
        arn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
        color: 'blue',
        requestId: reply.requestId,
        tenantId: 'tenant-1',
        traceId: seen['traceId'],
      });
      assert.match(String(seen['traceId']), /^Root=1-5759e988-bd862e3fe1be46a994272793;/);
      assert.equal(typeof born, 'string');
      assert.ok(Number(deadlineMs) >= before);
      assert.ok(Number(deadlineMs) <= Date.now() + timeout * 1000 + deadlineSlack);
    });

    it("reports a handler's error and goes on in the same process", async () => {
      const conformance = await open(client.options());
      const before = await conformance.born();
      assertError(await conformance.fail({ action: 'fail' }), client.failure);
      assert.equal(await conformance.born(), before);
    });

    it('is started anew after it exits in an invocation', async () => {
      const conformance = await open(client.options());
      const before = await conformance.born();
      const { errorType, errorMessage } = await conformance.fail({ action: 'exit' });
      assert.equal(errorType, 'Runtime.ExitError');
      assert.match(errorMessage, /^RequestId: \S+ Error: Runtime exited with error: exit status 7$/);
      assert.notEqual(await conformance.born(), before);
    });

    it('tells of a crash', async () => {
      const conformance = await open(client.options());
      assertError(await conformance.fail({ action: 'panic' }), client.panic);
      assert.deepEqual(await conformance.ask({ after: 'the crash' }), { after: 'the crash' });
    });

    it('tells why it cannot be loaded, at each invocation', async () => {
      const conformance = await open({ ...client.options(), handler: 'broken.handler' });
      assertError(await conformance.fail({}), client.broken);
      assertError(await conformance.fail({}), client.broken);
    });

    it('answers with the most that Lambda lets through, and not with one byte more', async () => {
      const conformance = await open(client.options());
      const { text, functionError } = await conformance.invoke({
        action: 'respond',
        bytes: maxResponseBytes,
      });
      assert.equal(functionError, undefined);
      assert.equal(text.length, maxResponseBytes);
      const over = maxResponseBytes + 1;
      assert.deepEqual(await conformance.fail({ action: 'respond', bytes: over }), {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: `Response payload size (${over} bytes) exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
      });
      assert.deepEqual(await conformance.ask({ after: 'that' }), { after: 'that' });
    });

    it('takes the largest event, and never sees one of one byte more', async () => {
      const conformance = await open(client.options());
      await assert.rejects(conformance.invoke(eventOf(maxSyncPayloadBytes + 1)), {
        name: 'RequestTooLargeException',
      });
      const { text } = await conformance.invoke(eventOf(maxSyncPayloadBytes));
      assert.deepEqual(JSON.parse(text.slice(0, 100)), { bytes: maxSyncPayloadBytes });
    });

    it(`serves ${client.calls} calls, one after the other, in one process`, async () => {
      const conformance = await open(client.options());
      const before = await conformance.born();
      for (let call = 0; call < client.calls; call++) {
        assert.deepEqual(await conformance.ask({ call }), { call });
      }
      assert.equal(await conformance.born(), before);
    });
  });
}
