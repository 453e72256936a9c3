import assert from 'node:assert/strict';
import { HandExtension, register } from '../handExtension.ts';
import { Stage } from '../stage.ts';
import { call, Emulators, rootOf, type Call, type Reply } from '../support.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';

describe('what the Extensions API refuses', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  async function prepared(names: readonly string[] = ['agent']): Promise<Stage> {
    const stage = await Stage.start(emulators, names);
    stage.emulator.prewarm();
    await stage.started(names[0] ?? 'bootstrap');
    return stage;
  }

  function ask(stage: Stage, path: string, options: Call): Promise<Reply> {
    return call(`${rootOf(stage.url)}/2020-01-01/extension/${path}`, options);
  }

  function assertRefused({ status, headers, body }: Reply, errorType: string, errorMessage?: string): void {
    assert.equal(status, 403);
    assert.equal(headers['content-type'], 'application/json');
    assert.ok(body.endsWith('"}\n'));
    const parsed = JSON.parse(body) as { errorMessage: string; errorType: string };
    assert.deepEqual(Object.keys(parsed), ['errorMessage', 'errorType']);
    assert.equal(parsed.errorType, errorType);
    if (errorMessage !== undefined) assert.equal(parsed.errorMessage, errorMessage);
  }

  for (const { what, headers = {}, body, errorType, text } of [
    {
      what: 'no name',
      body: '{"events":["INVOKE"]}',
      errorType: 'Extension.InvalidExtensionName',
      text: 'Empty extension name',
    },
    {
      what: 'an empty name, before it looks at the body',
      headers: { 'Lambda-Extension-Name': '' },
      body: '{',
      errorType: 'Extension.InvalidExtensionName',
      text: 'Empty extension name',
    },
    { what: 'a body that is not JSON', name: 'agent', body: '{', errorType: 'InvalidRequestFormat' },
    { what: 'an empty body', name: 'agent', body: '', errorType: 'InvalidRequestFormat' },
    { what: 'a list', name: 'agent', body: '[]', errorType: 'InvalidRequestFormat' },
    {
      what: 'events that are not texts',
      name: 'agent',
      body: '{"events":[1]}',
      errorType: 'InvalidRequestFormat',
    },
    {
      what: 'configuration keys',
      name: 'agent',
      body: '{"events":[],"ConfigurationKeys":["a"]}',
      errorType: 'InvalidRequestFormat',
      text: 'configurationKeys are deprecated; use environment variables instead',
    },
    {
      what: 'an unknown event',
      name: 'agent',
      body: '{"events":["INVOKE","FOO"]}',
      errorType: 'Extension.InvalidEventType',
      text: 'FOO: ErrorInvalidEventType',
    },
    {
      what: 'SHUTDOWN for an internal extension',
      name: 'inside',
      body: '{"events":["SHUTDOWN"]}',
      errorType: 'Extension.InvalidEventType',
      text: 'SHUTDOWN: ShutdownEventNotSupportedForInternalExtension',
    },
  ].map(({ name, ...rest }) =>
    name === undefined ? rest : { headers: { 'Lambda-Extension-Name': name }, ...rest },
  )) {
    it(`refuses to register with ${what}`, async () => {
      const stage = await prepared();
      assertRefused(await ask(stage, 'register', { method: 'POST', headers, body }), errorType, text);
      assert.equal((await register(stage.url, 'agent')).status, 200, 'it may try again');
    });
  }

  it('refuses internal extensions once the runtime has called next, but looks at the events first', async () => {
    const stage = await prepared([]);
    stage.runtime.park();
    await stage.emulator.whenReady();
    assertRefused(
      await register(stage.url, 'inside', ['INVOKE']),
      'Extension.RegistrationClosed',
      'Extension registration closed already',
    );
    assertRefused(
      await register(stage.url, 'inside', ['FOO']),
      'Extension.InvalidEventType',
      'FOO: ErrorInvalidEventType',
    );
  });

  it('refuses an eleventh extension', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `agent${index}`);
    const stage = await prepared(names);
    for (const name of [...names, 'inside1', 'inside2']) {
      assert.equal((await register(stage.url, name)).status, 200);
    }
    assertRefused(
      await register(stage.url, 'inside3'),
      'Extension.TooManyExtensions',
      'Extension limit (10) reached',
    );
  });

  for (const { path, method, unknown } of [
    { path: 'event/next', method: 'GET', unknown: `Unknown extension ${unknownId}` },
    { path: 'init/error', method: 'POST', unknown: 'Unknown Lambda-Extension-Identifier' },
    { path: 'exit/error', method: 'POST', unknown: 'Unknown Lambda-Extension-Identifier' },
  ]) {
    it(`knows the caller of ${path} by its identifier alone`, async () => {
      const stage = await prepared();
      await register(stage.url, 'agent');
      const error = { 'Lambda-Extension-Function-Error-Type': 'Extension.X' };
      const send = (id?: string): Promise<Reply> =>
        ask(stage, path, {
          method,
          headers: { ...error, ...(id === undefined ? {} : { 'Lambda-Extension-Identifier': id }) },
        });
      assertRefused(
        await send(),
        'Extension.MissingExtensionIdentifier',
        'Missing Lambda-Extension-Identifier header',
      );
      assertRefused(
        await send('agent'),
        'Extension.InvalidExtensionIdentifier',
        'Invalid Lambda-Extension-Identifier',
      );
      assertRefused(await send(unknownId), 'Extension.UnknownExtensionIdentifier', unknown);
    });
  }

  for (const kind of ['init', 'exit']) {
    it(`wants to know the error type of ${kind}/error`, async () => {
      const stage = await prepared();
      const { id } = await HandExtension.register(stage.url, 'agent');
      const headers = { 'Lambda-Extension-Identifier': id };
      assertRefused(
        await ask(stage, `${kind}/error`, { method: 'POST', headers, body: '{}' }),
        'Extension.MissingHeader',
        'Lambda-Extension-Function-Error-Type not found',
      );
    });
  }

  it('answers wrong methods and unknown paths like any other', async () => {
    const stage = await prepared();
    for (const path of ['register', 'init/error', 'exit/error']) {
      const { status, body } = await ask(stage, path, {});
      assert.deepEqual([status, body], [405, ''], path);
    }
    assert.equal((await ask(stage, 'event/next', { method: 'POST' })).status, 405);
    assert.equal((await ask(stage, 'nowhere', {})).status, 404);
  });

  it('refuses everybody while no environment runs', async () => {
    const stage = await Stage.start(emulators);
    const message = 'No execution environment is running';
    assertRefused(await register(stage.url, 'agent'), 'Forbidden', message);
    const extension = new HandExtension(stage.url, unknownId);
    for (const reply of [extension.ask(), extension.report('init'), extension.report('exit')]) {
      assertRefused(await reply, 'Forbidden', message);
    }
    assertRefused(await extension.subscribe(9999), 'Forbidden', message);
  });

  it('is not there at all when a layer switched extensions off', async () => {
    const stage = await Stage.start(emulators, 'switched off');
    stage.emulator.prewarm();
    await stage.started('bootstrap');
    const extension = new HandExtension(stage.url, unknownId);
    for (const asked of [
      register(stage.url, 'inside', ['INVOKE']),
      extension.ask(),
      extension.report('init'),
      extension.report('exit'),
      extension.subscribe(9999),
    ]) {
      const { status, body } = await asked;
      assert.deepEqual([status, body], [404, '']);
    }
    assert.equal((await call(`${rootOf(stage.url)}/nowhere`)).body, '404 page not found\n');
    const result = stage.emulator.invoke({ payload: '{}' });
    await stage.runtime.serveOne();
    assert.equal((await result).status, 'success');
  });
});
