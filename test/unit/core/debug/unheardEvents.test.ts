import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { UnheardEvents } from '../../../../src/core/debug/unheardEvents.ts';

const output = (category?: string) => ({
  seq: 0,
  type: 'event',
  event: 'output',
  body: { output: 'text', category },
});
const stopped = (reason: string, description: string) => ({
  seq: 0,
  type: 'event',
  event: 'stopped',
  body: { reason, description, threadId: 1, allThreadsStopped: true },
});

describe('What a debugger says', () => {
  let unheard: UnheardEvents;
  const silence = (message: ReturnType<typeof stopped | typeof output>) => unheard.onAnswer(message);
  beforeEach(() => (unheard = new UnheardEvents()));

  for (const category of ['stdout', 'stderr']) {
    it(`is not heard when it repeats the output of the process: ${category}`, () => {
      const message = output(category);
      silence(message);
      assert.notEqual(message.event, 'output');
    });
  }

  for (const category of ['console', 'important', 'telemetry', undefined]) {
    it(`is heard when it is output of its own: ${category ?? 'without a category'}`, () => {
      const message = output(category);
      silence(message);
      assert.deepEqual(message, output(category));
    });
  }

  it('is not heard when it is of threads that it stopped itself, beside the one that matters', () => {
    const [step, other] = [stopped('step', 'step over'), stopped('exception', 'signal SIGSTOP')];
    for (const message of [step, other]) silence(message);
    assert.deepEqual(step, stopped('step', 'step over'));
    assert.notEqual(other.event, 'stopped');
  });

  it('is heard when it is the pause that somebody asked for, once', () => {
    unheard.onRequest({ seq: 1, type: 'request', command: 'pause' } as DebugProtocol.Request);
    const [pause, other] = [stopped('exception', 'signal SIGSTOP'), stopped('exception', 'signal SIGSTOP')];
    for (const message of [pause, other]) silence(message);
    assert.deepEqual(pause, stopped('exception', 'signal SIGSTOP'));
    assert.notEqual(other.event, 'stopped');
  });

  it('is heard when a signal of somebody else stops the program', () => {
    const message = stopped('exception', 'signal SIGSEGV: address not mapped to object');
    silence(message);
    assert.equal(message.event, 'stopped');
  });

  it('is told from all other messages', () => {
    const event = { seq: 0, type: 'event', event: 'thread', body: { category: 'stdout' } };
    const request = { seq: 0, type: 'request', command: 'output' };
    for (const message of [event, request]) unheard.onAnswer(message);
    assert.deepEqual([event.event, request.command], ['thread', 'output']);
  });
});
