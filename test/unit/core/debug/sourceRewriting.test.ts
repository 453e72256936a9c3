import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { relocateSources } from '../../../../src/core/debug/sourceRewriting.ts';

/** Moves what is below `/opt` to `/layer`. */
const relocate = (path: string) => (path.startsWith('/opt/') ? path.replace('/opt/', '/layer/') : undefined);

/** A message after its sources were moved. */
function moved(message: object): unknown {
  const copy = structuredClone(message) as DebugProtocol.ProtocolMessage;
  relocateSources(copy, relocate);
  return copy;
}

describe('Sources that messages of a debugger name', () => {
  it('are moved wherever they stand: in frames, breakpoints, lists and events', () => {
    const source = (path: string) => ({ name: 'a.js', path });
    const message = (path: string) => ({
      arguments: { source: source(path), breakpoints: [{ line: 1 }] },
      body: {
        source: source(path),
        sources: [source(path), source('/usr/lib/x.js')],
        stackFrames: [{ id: 1, source: source(path) }, { id: 2 }],
        breakpoint: { id: 3, source: source(path) },
      },
    });
    assert.deepEqual(moved(message('/opt/lib/a.js')), message('/layer/lib/a.js'));
  });

  it('lose their reference, so that the file itself is opened, unless they stay where they are', () => {
    const frames = (path: string, more: object) => ({
      body: { stackFrames: [{ source: { path, ...more } }] },
    });
    const reference = { sourceReference: 7 };
    assert.deepEqual(moved(frames('/opt/a.js', reference)), frames('/layer/a.js', {}));
    assert.deepEqual(moved(frames('/usr/a.js', reference)), frames('/usr/a.js', reference));
  });

  it('are told from texts and things that are called alike', () => {
    const message = {
      type: 'event',
      body: { source: '/opt/a.js', path: '/opt/a.js', output: '/opt/a.js', sources: '/opt/a.js' },
      arguments: { source: { sourceReference: 1 }, sources: [null, 1, { path: 5 }], expression: '/opt/a.js' },
    };
    assert.deepEqual(moved(message), message);
  });
});
