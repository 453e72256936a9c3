import assert from 'node:assert/strict';
import { chooseDebugger } from '../../../../src/core/debug/debuggers/chooseDebugger.ts';
import type { Bootstrap } from '../../../../src/core/run/bootstrap.ts';

const bootstrap = (head: string | Buffer): Bootstrap => ({
  path: '/opt/bootstrap',
  origin: 'bootstrap',
  head: Buffer.from(head),
  executable: true,
});

describe('The choice of a debugger', () => {
  const nodes = [
    '#!/usr/bin/env node\n',
    '#!/usr/bin/env -S node --enable-source-maps\n',
    '#!/usr/bin/env -S NODE_ENV=test node\n',
    '#!/opt/bin/node\n',
    '#! /opt/nodejs/bin/node --no-warnings\nconsole.log(1)',
    '#!/usr/bin/nodejs',
  ];
  for (const head of nodes) {
    it(`knows Node.js by ${JSON.stringify(head)}`, () => {
      assert.equal(chooseDebugger('auto', bootstrap(head))?.language, 'Node.js');
    });
  }

  const others = [
    '#!/bin/bash\nnode index.js',
    '#!/bin/bash node\n',
    '#!/usr/bin/env bash\n',
    '#!/usr/bin/env\n',
    '#!/usr/bin/python3 /usr/bin/node\n',
    '#!/opt/bin/node-wrapper\n',
    'node\n',
    '',
    Buffer.from('\x7fELF'),
  ];
  for (const head of others) {
    it(`runs without a debugger what begins with ${JSON.stringify(head.toString())}`, () => {
      assert.equal(chooseDebugger('auto', bootstrap(head)), undefined);
    });
  }

  it('is none when none is wanted', () => {
    assert.equal(chooseDebugger('none', bootstrap(nodes[0] ?? '')), undefined);
  });

  it('makes Node.js wait for the debugger before its first line', () => {
    const chosen = chooseDebugger('auto', bootstrap('#!/usr/bin/env node\n'));
    assert.deepEqual(chosen?.variables(9229), { NODE_OPTIONS: '--inspect-brk=127.0.0.1:9229' });
    const { type, request, address, port, continueOnAttach } = chosen.attach(9229, 42);
    assert.deepEqual(
      { type, request, address, port, continueOnAttach },
      {
        type: 'node',
        request: 'attach',
        address: '127.0.0.1',
        port: 9229,
        continueOnAttach: true,
      },
    );
  });

  it('keeps apart what Node.js says of its debugger and what the function says', () => {
    const chosen = chooseDebugger('auto', bootstrap('#!/usr/bin/env node\n'));
    const talk = [
      'Debugger listening on ws://127.0.0.1:9229/0f2c936f',
      'For help, see: https://nodejs.org/en/docs/inspector',
      'Debugger attached.',
      'Debugger ending on ws://127.0.0.1:9229/0f2c936f',
      'Waiting for the debugger to disconnect...',
    ];
    for (const line of talk) assert.equal(chosen?.isChatter(line), true, line);
    for (const line of ['Debugger', 'my Debugger attached.', 'Debugger attached. Twice', '']) {
      assert.equal(chosen?.isChatter(line), false, line);
    }
  });

  it('fills port and process id into a configuration of one’s own, wherever they stand', () => {
    const template = {
      type: 'cppdbg',
      request: 'attach',
      port: '${debugPort}',
      processId: '${pid}',
      connect: { host: 'localhost', address: 'tcp://127.0.0.1:${debugPort}/${pid}' },
      args: ['${pid}', 'x${debugPort}', 1, null, true],
      other: '${workspaceFolder}',
    };
    const chosen = chooseDebugger(template, bootstrap('anything'));
    assert.equal(chosen?.language, 'cppdbg');
    assert.deepEqual(chosen.variables(5678), {});
    assert.equal(chosen.isChatter('Debugger attached.'), false);
    assert.deepEqual(chosen.attach(5678, 42), {
      type: 'cppdbg',
      request: 'attach',
      port: 5678,
      processId: 42,
      connect: { host: 'localhost', address: 'tcp://127.0.0.1:5678/42' },
      args: [42, 'x5678', 1, null, true],
      other: '${workspaceFolder}',
    });
  });
});
