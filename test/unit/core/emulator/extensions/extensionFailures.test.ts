import assert from 'node:assert/strict';
import { payloadText } from '../../../../../src/core/emulator/invocation.ts';
import { HandExtension, register } from '../handExtension.ts';
import { Stage } from '../stage.ts';
import { Emulators } from '../support.ts';

describe('extensions that fail', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  function crashBody(requestId: string, errorType: string, text: string): string {
    return `{"errorType":"${errorType}","errorMessage":"RequestId: ${requestId} Error: ${text}"}`;
  }

  /** A following invocation, in an environment whose extension works. */
  async function assertServesAgain(stage: Stage, count = 2): Promise<void> {
    const result = stage.emulator.invoke({ payload: '{}' });
    await stage.started('agent', count);
    const agent = await HandExtension.register(stage.url, 'agent');
    agent.park();
    await stage.runtime.serveOne('"again"');
    const { status, initMs } = await result;
    assert.equal(status, 'success');
    assert.ok((initMs ?? -1) >= 0, 'in a fresh environment');
  }

  for (const { how, code, errorType } of [
    { how: 'is not executable', code: 'EACCES', errorType: 'PermissionDenied' },
    { how: 'has a wrong format', code: 'ENOEXEC', errorType: 'UnknownError' },
  ]) {
    it(`that ${how} keeps the runtime from starting`, async () => {
      const stage = await Stage.start(emulators, ['agent', 'later']);
      stage.attached.launchErrors.set('agent', Object.assign(new Error(`spawn ${code}`), { code }));
      const { status, errorType: type, payload, requestId } = await stage.emulator.invoke({ payload: '{}' });
      assert.deepEqual([status, type], ['crash', 'Extension.LaunchError']);
      const text = Buffer.from(payload).toString();
      assert.equal(text, crashBody(requestId, 'Extension.LaunchError', `spawn ${code}`));
      assert.deepEqual(stage.lines('EXTENSION'), [
        `EXTENSION\tName: agent\tState: LaunchError\tEvents: []\tError Type: ${errorType}`,
      ]);
      assert.match(
        stage.lines('INIT_REPORT')[0] ?? '',
        /\tStatus: error\tError Type: Extension\.LaunchError$/,
      );
      assert.deepEqual([stage.attached.launches.length, stage.attached.extensions.length], [0, 0]);
      assert.equal(stage.attached.released, 1);
    });
  }

  it('are ten at most', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `agent${String(index).padStart(2, '0')}`);
    const stage = await Stage.start(emulators, names);
    const { errorType } = await stage.emulator.invoke({ payload: '{}' });
    assert.equal(errorType, 'Extension.LaunchError');
    assert.equal(stage.attached.extensions.length, 10);
    assert.equal(stage.attached.launches.length, 0);
    const line = 'EXTENSION\tName: agent10\tState: LaunchError\tEvents: []\tError Type: TooManyExtensions';
    assert.equal(stage.lines('EXTENSION').at(-1), line);
  });

  for (const { when, registers } of [
    { when: 'before it registered', registers: false },
    { when: 'after it registered', registers: true },
  ]) {
    it(`by ending in init ${when} fail the first invocation, and the next one starts afresh`, async () => {
      const stage = await Stage.start(emulators, ['agent']);
      const result = stage.emulator.invoke({ payload: '{}' });
      const agent = await stage.started('agent');
      if (registers) await register(stage.url, 'agent');
      agent.exit({ code: 3, signal: null });
      const { requestId, payload } = await result;
      assert.equal(Buffer.from(payload).toString(), crashBody(requestId, 'Extension.Crash', 'exit status 3'));
      await assertServesAgain(stage);
    });
  }

  for (const { exit, text } of [
    { exit: { code: 0, signal: null }, text: 'exit code 0' },
    { exit: { code: null, signal: 'SIGKILL' }, text: 'signal: killed' },
  ]) {
    it(`fail the invocation during which they end by ${text}`, async () => {
      const stage = await Stage.start(emulators, ['agent']);
      const [agent] = await stage.warmUp({ agent: ['INVOKE'] });
      const event = agent?.next();
      const next = stage.runtime.next();
      await stage.emulator.whenReady();
      const result = stage.emulator.invoke({ payload: '{}' });
      await Promise.all([event, next]);
      (await stage.started('agent')).exit(exit);
      const { requestId, logTail, ...rest } = await result;
      assert.equal(payloadText(rest), crashBody(requestId, 'Extension.Crash', text));
      assert.match(logTail, /\tStatus: error\tError Type: Extension\.Crash\n$/);
      await assertServesAgain(stage);
    });
  }

  it('after the response let it stand', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: ['INVOKE'] });
    const event = agent?.next();
    const result = stage.emulator.invoke({ payload: '{}' });
    await stage.runtime.serveOne('"said"');
    await event;
    (await stage.started('agent')).exit({ code: 1, signal: null });
    assert.equal(payloadText(await result), '"said"');
    await assertServesAgain(stage);
  });

  it('between two invocations harm none of them', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: [] });
    agent?.park();
    stage.runtime.park();
    await stage.emulator.whenReady();
    (await stage.started('agent')).exit({ code: 1, signal: null });
    await stage.steps.until(({ name, step }) => name === 'bootstrap' && step !== 'started');
    await assertServesAgain(stage);
  });

  for (const kind of ['init', 'exit'] as const) {
    const errorType = kind === 'init' ? 'Extension.InitError' : 'Extension.ExitError';

    it(`by reporting ${kind}/error are told apart from a crash`, async () => {
      const stage = await Stage.start(emulators, ['agent']);
      const result = stage.emulator.invoke({ payload: '{}' });
      const process = await stage.started('agent');
      const agent = await HandExtension.register(stage.url, 'agent', ['INVOKE']);
      assert.equal((await agent.report(kind, 'Extension.NoLicence')).status, 202);
      assert.equal((await agent.report(kind, 'Extension.Other')).status, 202, 'again, to no effect');
      process.exit({ code: 1, signal: null });
      const { requestId, payload } = await result;
      assert.equal(Buffer.from(payload).toString(), crashBody(requestId, errorType, 'exit status 1'));
      const state = kind === 'init' ? 'InitError' : 'ExitError';
      assert.deepEqual(stage.lines('EXTENSION'), [
        `EXTENSION\tName: agent\tState: ${state}\tEvents: [INVOKE]\tError Type: Extension.NoLicence`,
      ]);
      await assertServesAgain(stage);
    });

    it(`inside the runtime by reporting ${kind}/error are told apart from its crash`, async () => {
      const stage = await Stage.start(emulators);
      const result = stage.emulator.invoke({ payload: '{}' });
      const process = await stage.started('bootstrap');
      const inside = await HandExtension.register(stage.url, 'inside');
      assert.equal((await inside.report(kind)).status, 202);
      process.exit({ code: 1, signal: null });
      assert.equal((await result).errorType, errorType);
    });
  }

  it('by reporting exit/error during an invocation fail it when they end', async () => {
    const stage = await Stage.start(emulators, ['agent']);
    const [agent] = await stage.warmUp({ agent: ['INVOKE'] });
    const event = agent?.next();
    const result = stage.emulator.invoke({ payload: '{}' });
    await Promise.all([event, stage.runtime.take()]);
    await agent?.report('exit');
    (await stage.started('agent')).exit({ code: 2, signal: null });
    assert.equal((await result).errorType, 'Extension.ExitError');
    await assertServesAgain(stage);
  });
});
