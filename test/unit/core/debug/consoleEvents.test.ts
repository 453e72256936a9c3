import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ConsoleEvents } from '../../../../src/core/debug/consoleEvents.ts';

const typed = (expression: string, context = 'repl') => ({
  seq: 4,
  type: 'request',
  command: 'evaluate',
  arguments: { expression, context },
});
const refused = (request_seq: number) => ({
  ...{ seq: 9, type: 'response', command: 'evaluate', request_seq },
  success: false,
  body: undefined as unknown,
});
const asked = (text: string) => ({
  ...{ seq: 5, type: 'request', command: 'completions' },
  arguments: { text, column: text.length + 1 },
});
const offered = (request_seq: number, success = true) => ({
  ...{ seq: 9, type: 'response', command: 'completions', request_seq, success },
  body: { targets: [{ label: 'debugger' }] },
});

describe('Events typed in the console of a debugger', () => {
  function start(state: 'running' | 'stopped' = 'running') {
    const sent: string[] = [];
    const events = new ConsoleEvents(
      {
        send: (event) => void sent.push(event),
        completionsOf: ({ text }: DebugProtocol.CompletionsArguments) => [{ label: `${text}…` }],
        isStopped: () => state === 'stopped',
      },
      'sent',
    );
    return { events, sent };
  }

  for (const text of ['{"name": "Ada"}', ' [1, 2]', '{}']) {
    it(`are sent to the function while it runs: ${text}`, () => {
      const { events, sent } = start();
      const request = typed(text);
      events.onRequest(request);
      assert.deepEqual(sent, [text]);
      assert.equal(request.arguments.expression, '0');
      const response = refused(request.seq);
      events.onAnswer(response);
      assert.equal(response.success, true);
      assert.deepEqual(response.body, { result: 'sent', variablesReference: 0 });
    });
  }

  for (const text of ['1', '"text"', 'null', '{ name }', '[a]', 'name']) {
    it(`are not taken for what may be an expression: ${text}`, () => {
      const { events, sent } = start();
      const request = typed(text);
      events.onRequest(request);
      assert.deepEqual(sent, []);
      assert.equal(request.arguments.expression, text);
      const response = refused(request.seq);
      events.onAnswer(response);
      assert.equal(response.success, false);
    });
  }

  it('are the debugger’s while the program is stopped, and wherever else something is evaluated', () => {
    const [stopped, running] = [start('stopped'), start()];
    stopped.events.onRequest(typed('{}'));
    for (const context of ['watch', 'hover']) running.events.onRequest(typed('{}', context));
    assert.deepEqual([stopped.sent, running.sent], [[], []]);
  });

  it('are answered once', () => {
    const { events } = start();
    events.onRequest(typed('{}'));
    events.onAnswer(refused(4));
    const later = refused(4);
    events.onAnswer(later);
    assert.equal(later.success, false);
  });

  it('are offered again, before what the debugger offers', () => {
    const { events } = start();
    events.onRequest(asked('{"na'));
    const response = offered(5);
    events.onAnswer(response);
    assert.deepEqual(response.body.targets, [{ label: '{"na…' }, { label: 'debugger' }]);
  });

  it('are offered alone by a debugger that offers nothing', () => {
    const { events } = start();
    events.onRequest(asked('['));
    const response = { ...offered(5), body: undefined as unknown };
    events.onAnswer(response);
    assert.deepEqual(response.body, { targets: [{ label: '[…' }] });
  });

  it('are not offered for expressions, for a stopped program, nor in place of an error', () => {
    const unchanged = [{ label: 'debugger' }];
    for (const [events, text, success] of [
      [start().events, 'name', true],
      [start('stopped').events, '{', true],
      [start().events, '{', false],
    ] as const) {
      events.onRequest(asked(text));
      const response = offered(5, success);
      events.onAnswer(response);
      assert.deepEqual(response.body.targets, unchanged);
    }
  });
});
