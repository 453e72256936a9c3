import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ShadowedBreakpoints } from '../../../../src/core/debug/shadowedBreakpoints.ts';

const shadowOf = (path: string) =>
  path.startsWith('/hidden/') ? { path: 'a.js', position: 2, winner: '/winner' } : undefined;
const request = (seq: number, path: string) => ({
  seq,
  type: 'request',
  command: 'setBreakpoints',
  arguments: { source: { path } },
});
const response = (seq: number, ...breakpoints: DebugProtocol.Breakpoint[]) => ({
  seq: 0,
  type: 'response',
  command: 'setBreakpoints',
  request_seq: seq,
  success: true,
  body: { breakpoints },
});
const changed = (breakpoint: DebugProtocol.Breakpoint) => ({
  seq: 0,
  type: 'event',
  event: 'breakpoint',
  body: { reason: 'changed', breakpoint },
});
const text = 'This file is hidden: layer 2 (/winner) supplies /opt/a.js. Set the breakpoint there.';

describe('Breakpoints in a file that another layer hides', () => {
  it('are not bound, and say which layer wins, at once and later', () => {
    const shadowed = new ShadowedBreakpoints('runs');
    shadowed.onRequest(request(1, '/hidden/a.js'), shadowOf);
    const answer = response(1, { id: 7, verified: true }, { verified: false, message: 'Unbound' });
    shadowed.onAnswer(answer);
    assert.deepEqual(answer.body.breakpoints, [
      { id: 7, verified: false, message: text },
      { verified: false, message: text },
    ]);
    const event = changed({ id: 7, verified: true });
    shadowed.onAnswer(event);
    assert.deepEqual(event.body.breakpoint, { id: 7, verified: false, message: text });
  });

  it('are believed when the debugger knows files by where they were built and has bound them', () => {
    const shadowed = new ShadowedBreakpoints('built');
    shadowed.onRequest(request(1, '/hidden/a.c'), shadowOf);
    const answer = response(1, { id: 7, verified: true }, { id: 8, verified: false });
    shadowed.onAnswer(answer);
    assert.deepEqual(answer.body.breakpoints, [
      { id: 7, verified: true },
      { id: 8, verified: false, message: text },
    ]);
  });

  it('are told from all others', () => {
    const shadowed = new ShadowedBreakpoints('tracker');
    shadowed.onRequest(request(1, '/winner/a.js'), shadowOf);
    shadowed.onRequest(request(2, '/hidden/a.js'), shadowOf);
    const [first, failed] = [response(1, { id: 1, verified: true }), { ...response(2), success: false }];
    shadowed.onAnswer(first);
    shadowed.onAnswer(failed);
    const event = changed({ id: 1, verified: true });
    shadowed.onAnswer(event);
    assert.deepEqual(
      [first.body.breakpoints[0], event.body.breakpoint],
      [
        { id: 1, verified: true },
        { id: 1, verified: true },
      ],
    );
  });
});
