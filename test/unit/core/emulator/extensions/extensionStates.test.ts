import assert from 'node:assert/strict';
import { HandExtension, register } from '../handExtension.ts';
import { Stage } from '../stage.ts';
import { Emulators, type Reply } from '../support.ts';

type Ask = 'register' | 'next' | 'init error' | 'exit error';

/** The Runtime Interface Emulator's answers in each state of an external extension; `parks` means that the call waits. */
const expected: Readonly<Record<string, Readonly<Record<Ask, number | 'parks'>>>> = {
  Started: row(200, 403, 403, 403),
  Registered: row(403, 'parks', 202, 202),
  Ready: row(403, 403, 403, 202),
  Running: row(403, 'parks', 403, 202),
  InitError: row(403, 403, 202, 403),
  ExitError: row(403, 403, 403, 202),
};

const targets: Readonly<Record<Ask, string>> = {
  register: 'Registered',
  next: 'Ready',
  'init error': 'InitError',
  'exit error': 'Exited',
};

function row(
  registering: number,
  next: number | 'parks',
  initError: number,
  exitError: number,
): Record<Ask, number | 'parks'> {
  return { register: registering, next, 'init error': initError, 'exit error': exitError };
}

const nobody = '00000000-0000-4000-8000-000000000000';

describe('the Extensions API in each state', () => {
  const emulators = new Emulators();
  afterEach(() => emulators.stop());

  for (const [kind, name] of [
    ['external', 'agent'],
    ['internal', 'inside'],
  ] as const) {
    for (const [state, row] of Object.entries(expected)) {
      if (kind === 'internal' && state === 'Started') continue; // it comes into being by registering
      for (const [ask, status] of Object.entries(row) as [Ask, number | 'parks'][]) {
        it(`in ${state} answers ${ask} of an ${kind} extension with ${status}`, async () => {
          const stage = await Stage.start(emulators, kind === 'external' ? ['agent'] : []);
          const extension = await reach(stage, name, state);
          const reply = await outcome(stage, name, extension, ask);
          assert.equal(reply === 'parks' ? reply : reply.status, status);
          if (reply !== 'parks')
            assert.equal(reply.body, bodyOf(reply, { kind, name, state, extension, ask }));
        });
      }
    }
  }

  interface Case {
    readonly kind: 'external' | 'internal';
    readonly name: string;
    readonly state: string;
    readonly extension: HandExtension;
    readonly ask: Ask;
  }

  function bodyOf({ status, body }: Reply, { kind, name, state, extension, ask }: Case): string {
    const error = (errorMessage: string, type: string): string =>
      `{"errorMessage":"${errorMessage}","errorType":"Extension.${type}"}\n`;
    if (status === 200) return body;
    if (status === 202) return '{"status":"OK"}\n';
    if (state === 'Started') {
      // Nobody knows an identifier before it has registered.
      const text = ask === 'next' ? `Unknown extension ${nobody}` : 'Unknown Lambda-Extension-Identifier';
      return error(text, 'UnknownExtensionIdentifier');
    }
    if (kind === 'internal' && ask === 'register') {
      return state === 'Running'
        ? error('Extension registration closed already', 'RegistrationClosed')
        : error('Extension with this name already registered', 'InvalidExtensionState');
    }
    const who = ask === 'register' ? name : extension.id;
    const text = `State transition from ${state} to ${targets[ask]} failed for extension ${who}. Error: State transition is not allowed`;
    return error(text, 'InvalidExtensionState');
  }

  async function reach(stage: Stage, name: string, state: string): Promise<HandExtension> {
    stage.emulator.prewarm();
    await stage.started(name === 'agent' ? name : 'bootstrap');
    if (state === 'Started') return new HandExtension(stage.url, nobody);
    const extension = await HandExtension.register(stage.url, name, ['INVOKE']);
    if (state === 'InitError' || state === 'ExitError') {
      assert.equal((await extension.report(state === 'InitError' ? 'init' : 'exit')).status, 202);
    }
    if (state === 'Ready') await parked(extension.ask(), stage);
    if (state === 'Running') {
      stage.runtime.park();
      const event = extension.next();
      await stage.emulator.whenReady();
      stage.emulator.invoke({ payload: '{}' }).catch(() => undefined);
      await event;
    }
    return extension;
  }

  function outcome(stage: Stage, name: string, extension: HandExtension, ask: Ask): Promise<Reply | 'parks'> {
    switch (ask) {
      case 'register':
        return register(stage.url, name, ['INVOKE']);
      case 'next':
        return parked(extension.ask(), stage);
      case 'init error':
        return extension.report('init');
      case 'exit error':
        return extension.report('exit');
    }
  }

  /** A call that waits does so while another one, sent after it on a connection of its own, is answered. */
  async function parked(asked: Promise<Reply>, stage: Stage): Promise<Reply | 'parks'> {
    let reply: Reply | 'parks' = 'parks';
    asked.then(
      (value) => (reply = value),
      () => undefined,
    );
    await stage.settle();
    return reply;
  }
});
