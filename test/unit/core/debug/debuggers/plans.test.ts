import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuredDebugger } from '../../../../../src/core/debug/debuggers/configuredDebugger.ts';
import { goDebugger } from '../../../../../src/core/debug/debuggers/goDebugger.ts';
import { javaDebugger } from '../../../../../src/core/debug/debuggers/javaDebugger.ts';
import type { DebugPlan } from '../../../../../src/core/debug/debuggers/languageDebugger.ts';
import type { AttachTemplate } from '../../../../../src/core/debug/launchConfiguration.ts';
import { nativeDebugger } from '../../../../../src/core/debug/debuggers/nativeDebugger.ts';
import { nodeDebugger } from '../../../../../src/core/debug/debuggers/nodeDebugger.ts';
import { pythonDebugger } from '../../../../../src/core/debug/debuggers/pythonDebugger.ts';
import { useTemporaryFolders } from '../../../../support/temporaryFolder.ts';
import { userError } from '../../../../support/userError.ts';
import { bootstrapOf, elfOf, startOf } from './support.ts';

const node = bootstrapOf('#!/usr/bin/env node\n');
const python = bootstrapOf('#!/usr/bin/python3\n');
const native = bootstrapOf(
  elfOf({ '.debug_info': 'x', '.debug_str': '/home/me/main.c' }),
  '/var/task/bootstrap',
);

/** The debug configuration for a process. */
function attachOf(plan: DebugPlan): AttachTemplate {
  return plan.attach?.(42) ?? assert.fail('there is no debug session');
}

describe('The debugger for', () => {
  const temporaryFolder = useTemporaryFolders();

  /** A folder with an executable of that name. */
  function toolFolder(name: string): string {
    const folder = temporaryFolder();
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
    return folder;
  }

  describe('Node.js', () => {
    it('makes it wait before its first line, beside the options that the function has', async () => {
      const temporary = { here: temporaryFolder(), inside: '/tmp' };
      const plan = await nodeDebugger.plan(await startOf(node, { node: '/js' }, { temporary }));
      const load = '--require "/tmp/.lambda-layers-debugger/start.cjs"';
      assert.equal(plan.variables?.['NODE_OPTIONS'], load);
      assert.ok(existsSync(join(temporary.here, '.lambda-layers-debugger/start.cjs')));
      const more = { temporary, variables: { NODE_OPTIONS: '--no-warnings' } };
      const beside = await nodeDebugger.plan(await startOf(node, { node: '/js' }, more));
      assert.equal(beside.variables?.['NODE_OPTIONS'], `--no-warnings ${load}`);
      const { type, request, port, continueOnAttach } = attachOf(plan);
      const expected = { type: 'node', request: 'attach', port: 5678, continueOnAttach: true };
      assert.deepEqual({ type, request, port, continueOnAttach }, expected);
    });

    it('keeps apart what Node.js says of its debugger and what the function says', async () => {
      const temporary = { here: temporaryFolder(), inside: '/tmp' };
      const { talk } = await nodeDebugger.plan(await startOf(node, { node: '/js' }, { temporary }));
      const its = [
        'Debugger listening on ws://127.0.0.1:9229/0f2c936f',
        'For help, see: https://nodejs.org/en/docs/inspector',
        'Debugger attached.',
        'Debugger ending on ws://127.0.0.1:9229/0f2c936f',
        'Waiting for the debugger to disconnect...',
      ];
      for (const line of its) assert.deepEqual(talk?.(line), {}, line);
      for (const line of ['Debugger', 'my Debugger attached.', 'Debugger attached. Twice', '']) {
        assert.equal(talk?.(line), undefined, line);
      }
    });
  });

  describe('Python', () => {
    it('puts a file in front of the program, and tells debugpy which folders are which', async () => {
      const work = temporaryFolder();
      const library = join(work, 'extension/bundled/libs');
      mkdirSync(join(library, 'debugpy'), { recursive: true });
      const start = await startOf(
        python,
        { debugpy: join(work, 'extension') },
        { variables: { PYTHONPATH: '/opt/x' }, temporary: { here: join(work, 'tmp'), inside: '/tmp' } },
      );
      const plan = await pythonDebugger.plan(start);
      const folder = '/tmp/.lambda-layers-debugger';
      assert.equal(plan.variables?.['PYTHONPATH'], `${folder}:/opt/x`);
      assert.ok(Object.values(plan.variables).includes(library));
      assert.ok(existsSync(join(work, 'tmp', '.lambda-layers-debugger', 'sitecustomize.py')));
      const { connect, pathMappings, justMyCode } = attachOf(plan);
      assert.deepEqual(connect, { host: '127.0.0.1', port: 5678 });
      assert.equal(justMyCode, false);
      assert.deepEqual(pathMappings, [{ localRoot: '/code', remoteRoot: '/var/task' }]);
    });

    it('gives up, and says why, when Python has no debugpy', async () => {
      const start = await startOf(
        python,
        { debugpy: '/none' },
        { temporary: { here: temporaryFolder(), inside: '/tmp' } },
      );
      const { talk } = await pythonDebugger.plan(start);
      const told = talk?.('lambda-layers: debugpy cannot be imported: No module named debugpy');
      assert.equal(told?.isOver, true);
      assert.match(told.shown ?? '', /No module named debugpy.*ms-python\.debugpy/);
      assert.equal(talk?.('hello'), undefined);
    });
  });

  describe('Java', () => {
    it('makes the JVM wait, beside the options that the function has', async () => {
      const start = await startOf(node, { java: '/java' }, { variables: { JAVA_TOOL_OPTIONS: '-Xmx64m' } });
      const plan = await javaDebugger.plan(start);
      const agent = '-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:5678';
      assert.deepEqual(plan.variables, { JAVA_TOOL_OPTIONS: `-Xmx64m ${agent}` });
      assert.deepEqual(plan.talk?.(`Picked up JAVA_TOOL_OPTIONS: -Xmx64m ${agent}`), {});
      assert.deepEqual(plan.talk('Listening for transport dt_socket at address: 5678'), {});
      assert.equal(plan.talk('Picked up JAVA_TOOL_OPTIONS: -Xmx64m'), undefined);
      assert.deepEqual(plan.attach?.(42), {
        type: 'java',
        request: 'attach',
        hostName: '127.0.0.1',
        port: 5678,
      });
    });
  });

  describe('Go', () => {
    const go = (sections: Readonly<Record<string, string>> = {}) =>
      bootstrapOf(elfOf({ '.go.buildinfo': 'x', '.debug_info': 'x', ...sections }));
    const settings = () => ({ 'go.alternateTools': { dlv: join(toolFolder('dlv'), 'dlv') } });

    it('attaches by the process id, with the Delve that the editor is set to', async () => {
      const chosen = settings();
      const plan = await goDebugger.plan(await startOf(go(), { go: '/go' }, { settings: chosen }));
      assert.equal(plan.ready, 'stopped');
      const { mode, processId, dlvToolPath, substitutePath } = attachOf(plan);
      const { dlv } = chosen['go.alternateTools'];
      assert.deepEqual({ mode, processId, dlvToolPath }, { mode: 'local', processId: 42, dlvToolPath: dlv });
      assert.deepEqual(substitutePath, []);
    });

    it('maps paths when the program was built where it runs', async () => {
      const start = await startOf(
        go({ '.gopclntab': '/var/task/main.go' }),
        { go: '/go' },
        { settings: settings() },
      );
      const { substitutePath } = attachOf(await goDebugger.plan(start));
      assert.deepEqual(substitutePath, [{ from: '/code', to: '/var/task' }]);
    });

    it('says how to build a program that has no debug information', async () => {
      const stripped = bootstrapOf(elfOf({ '.go.buildinfo': 'x' }));
      const start = await startOf(stripped, { go: '/go' }, { settings: settings() });
      await assert.rejects(
        async () => goDebugger.plan(start),
        userError('DebuggerMissing', 'without debug information'),
      );
    });
  });

  describe('native programs', () => {
    it('attaches LLDB by the process id, with the files as the process sees them', async () => {
      const settings = { 'lldb-dap.executable-path': join(toolFolder('lldb-dap'), 'lldb-dap') };
      const start = await startOf(native, { 'lldb-dap': '/lldb', cppdbg: '/cpp' }, { settings });
      const plan = await nativeDebugger.plan(start);
      const { type, pid, program, sourceMap, preRunCommands } = attachOf(plan);
      assert.deepEqual(
        { type, pid, program, sourceMap, preRunCommands },
        {
          type: 'lldb-dap',
          pid: 42,
          program: '/proc/42/root/var/task/bootstrap',
          sourceMap: [],
          preRunCommands: [
            'target modules search-paths add "/opt" "/proc/42/root/opt" "/var/task" "/proc/42/root/var/task"',
          ],
        },
      );
    });

    it('takes CodeLLDB where it is the only one', async () => {
      const built = bootstrapOf(elfOf({ '.debug_info': 'x', '.debug_line_str': '/var/task\0main.c' }));
      const plan = await nativeDebugger.plan(await startOf(built, { lldb: '/codelldb' }));
      const { type, sourceMap } = attachOf(plan);
      assert.deepEqual({ type, sourceMap }, { type: 'lldb', sourceMap: { '/var/task': '/code' } });
    });

    it('makes the process stop when it has become the program, and not before', async () => {
      const plan = await nativeDebugger.plan(await startOf(native, { lldb: '/codelldb' }));
      const words = plan.command?.('/bin/true') ?? [];
      assert.equal(words.at(-1), '/bin/true');
      assert.equal(plan.ready, 'stopped');
    });
  });

  describe('a language whose extension is missing', () => {
    for (const [debug, bootstrap, id] of [
      [nodeDebugger, node, 'ms-vscode.js-debug'],
      [pythonDebugger, python, 'ms-python.debugpy'],
      [javaDebugger, node, 'vscjava.vscode-java-debug'],
      [goDebugger, bootstrapOf(elfOf({ '.go.buildinfo': 'x', '.debug_info': 'x' })), 'golang.go'],
      [nativeDebugger, native, 'vadimcn.vscode-lldb'],
      [configuredDebugger({ type: 'rdbg', request: 'attach' }), node, '"debugger"'],
    ] as const) {
      it(`says that ${debug.language} needs it, and how to get it`, async () => {
        const start = await startOf(bootstrap, {});
        await assert.rejects(
          async () => debug.plan(start),
          (error) =>
            userError('DebuggerMissing', 'without a debugger')(error) &&
            (error as { help: string }).help.includes(id),
        );
      });
    }
  });

  describe('an attach configuration of one’s own', () => {
    it('fills in port and process id, wherever they stand', async () => {
      const template = {
        type: 'rdbg',
        request: 'attach',
        port: '${debugPort}',
        processId: '${pid}',
        connect: { host: 'localhost', address: 'tcp://127.0.0.1:${debugPort}/${pid}' },
        args: ['${pid}', 'x${debugPort}', 1, null, true],
        other: '${workspaceFolder}',
      };
      const more = { variables: { RUBY_DEBUG_PORT: '${debugPort}', OTHER: 'x' } };
      const plan = await configuredDebugger(template).plan(await startOf(node, { rdbg: '/rdbg' }, more));
      assert.deepEqual(plan.variables, { RUBY_DEBUG_PORT: '5678', OTHER: 'x' });
      assert.equal(plan.talk, undefined);
      assert.equal(plan.ready, 'listening');
      assert.deepEqual(plan.attach?.(42), {
        type: 'rdbg',
        request: 'attach',
        port: 5678,
        processId: 42,
        connect: { host: 'localhost', address: 'tcp://127.0.0.1:5678/42' },
        args: [42, 'x5678', 1, null, true],
        other: '${workspaceFolder}',
      });
    });

    it('is left to map paths itself when it says how', async () => {
      for (const [more, paths] of [
        [{}, 'tracker'],
        [{ pathMappings: [] }, 'runs'],
        [{ localRoot: '/x' }, 'runs'],
      ] as const) {
        const template = { type: 'rdbg', request: 'attach', ...more };
        assert.equal(
          (await configuredDebugger(template).plan(await startOf(node, { rdbg: '/x' }))).paths,
          paths,
        );
      }
    });
  });
});
