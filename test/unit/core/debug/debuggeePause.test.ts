import assert from 'node:assert/strict';
import { DebuggeePause } from '../../../../src/core/debug/debuggeePause.ts';

const event = (name: string) => ({ seq: 0, type: 'event', event: name });
const request = (command: string) => ({ seq: 0, type: 'request', command });

describe('The pause of a program in a debugger', () => {
  function start() {
    const told: string[] = [];
    const pause = new DebuggeePause(() => {
      told.push('stop');
      return () => void told.push('go');
    });
    return { pause, told };
  }

  it('begins once, however many threads stop', () => {
    const { pause, told } = start();
    assert.equal(pause.isStopped, false);
    pause.onAnswer(event('stopped'));
    pause.onAnswer(event('stopped'));
    assert.deepEqual(told, ['stop']);
    assert.equal(pause.isStopped, true);
  });

  for (const command of ['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'goto']) {
    it(`ends with the request "${command}", of which adapters need not say that the program runs`, () => {
      const { pause, told } = start();
      pause.onAnswer(event('stopped'));
      pause.onRequest(request(command));
      assert.deepEqual(told, ['stop', 'go']);
      assert.equal(pause.isStopped, false);
    });
  }

  for (const name of ['continued', 'terminated', 'exited']) {
    it(`ends with the event "${name}"`, () => {
      const { pause, told } = start();
      pause.onAnswer(event('stopped'));
      pause.onAnswer(event(name));
      assert.deepEqual(told, ['stop', 'go']);
    });
  }

  it('outlives everything else that is said', () => {
    const { pause, told } = start();
    pause.onAnswer(event('stopped'));
    for (const command of ['evaluate', 'variables', 'pause']) pause.onRequest(request(command));
    for (const name of ['output', 'thread', 'breakpoint']) pause.onAnswer(event(name));
    pause.onAnswer({ seq: 0, type: 'response' });
    assert.deepEqual(told, ['stop']);
  });

  it('ends once when the debugger goes', () => {
    const { pause, told } = start();
    pause.onAnswer(event('stopped'));
    pause.end();
    pause.end();
    assert.deepEqual(told, ['stop', 'go']);
  });

  it('does not begin where the function has ended', () => {
    const pause = new DebuggeePause(() => undefined);
    pause.onAnswer(event('stopped'));
    assert.equal(pause.isStopped, false);
  });
});
