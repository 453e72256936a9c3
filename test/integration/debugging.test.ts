import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeCommand, describeFolder } from '../support/tree.ts';
import { eventually, extensionApi, stopAll, useDebugging, workspaceFolder } from './support/debugging.ts';
import { findRemains, mark } from './support/remains.ts';
import { breakpointAt, nextStop, resume } from './support/stops.ts';

describe('Debugging a custom runtime', () => {
  const debugging = useDebugging();
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  async function start(configuration: string | Record<string, unknown>): Promise<boolean> {
    const given =
      typeof configuration === 'string'
        ? configuration
        : { type: 'lambda-runtime', request: 'launch', name: 'test', ...configuration };
    return vscode.debug.startDebugging(workspaceFolder(), given);
  }

  /** A function in bash, on the sample's bash runtime. */
  function bashFunction(script: string, attributes: Record<string, unknown> = {}): Record<string, unknown> {
    writeFileSync(join(work, 'index.sh'), script);
    return {
      code: work,
      layers: ['bash-runtime'],
      handler: 'index.handler',
      functionName: 'test',
      env: mark,
      ...attributes,
    };
  }

  async function invoke(event: unknown) {
    const outcome = await (await extensionApi()).invokeFunction({ event });
    assert.ok(outcome);
    return outcome;
  }

  for (const isolation of ['namespace', 'directory']) {
    for (const [name, answer] of [
      ['hello-bash', { greeting: 'GUTEN TAG, GRACE!' }],
      ['hello-node', { greeting: 'Hello, Grace!' }],
    ] as const) {
      it(`runs the sample ${name} with isolation "${isolation}" and returns its answer`, async () => {
        assert.ok(await start({ name, function: name, isolation, debugger: 'none' }));
        const outcome = await invoke({ name: 'Grace' });
        assert.deepEqual(JSON.parse(outcome.payload), answer);
        assert.equal(outcome.status, 'success');
        const { output } = debugging.own();
        assert.match(output, new RegExp(`Isolation: ${isolation}`));
        assert.match(output, new RegExp(`START RequestId: ${outcome.requestId} Version: \\$LATEST`));
        assert.match(output, /greeting Grace/);
        assert.match(
          output,
          new RegExp(`END RequestId: ${outcome.requestId}\\nREPORT RequestId: ${outcome.requestId}\\t`),
        );
      });
    }
  }

  it('sends the configured event at the start and shows the answer in the console', async () => {
    assert.ok(await start('hello-bash'));
    const { output } = await eventually(() => {
      const record = debugging.own();
      return record.output.includes('GUTEN TAG') ? record : undefined;
    }, 'the answer in the debug console');
    assert.match(output, /{"greeting":"GUTEN TAG, ADA!"}/);
  });

  it('invokes JSON that is typed in the debug console', async () => {
    assert.ok(await start(bashFunction('handler() { printf "got %s" "$1"; }')));
    const { session } = debugging.own();
    const answer = (await session.customRequest('evaluate', { expression: '{"a":1}', context: 'repl' })) as {
      result: string;
    };
    assert.equal(answer.result, 'got {"a":1}');
    await assert.rejects(
      Promise.resolve(session.customRequest('evaluate', { expression: 'no json', context: 'repl' })),
      /JSON/,
    );
  });

  it('stops at breakpoints in a function file and in a layer file, with those files open', async () => {
    const { fsPath: folder } = workspaceFolder().uri;
    const inFunction = { file: join(folder, 'functions/hello-node/index.js'), line: 9 };
    const inLayer = { file: join(folder, 'layers/greetings/nodejs/node_modules/greeting/index.js'), line: 9 };
    vscode.debug.addBreakpoints([inFunction, inLayer].map(breakpointAt));
    assert.ok(await start({ name: 'hello-node', function: 'hello-node', timeout: 1 }));
    const response = invoke({ name: 'Grace' });

    for (const place of [inFunction, inLayer]) {
      const stopped = await nextStop(debugging.records);
      const { file, line } = stopped;
      assert.deepEqual({ file, line }, place);
      await eventually(
        () => (vscode.window.activeTextEditor?.document.uri.fsPath === file ? true : undefined),
        `${file} to open`,
      );
      // Longer than the function's timeout: its clock stands still while the debugger is stopped.
      if (place === inFunction) await new Promise((resolve) => setTimeout(resolve, 1500));
      await resume(stopped);
    }
    assert.deepEqual(JSON.parse((await response).payload), { greeting: 'Hello, Grace!' });
  });

  it('stops nowhere when it is run without debugging', async () => {
    const file = join(workspaceFolder().uri.fsPath, 'functions/hello-node/index.js');
    vscode.debug.addBreakpoints([breakpointAt({ file, line: 9 })]);
    const configuration = { type: 'lambda-runtime', request: 'launch', name: 'test', function: 'hello-node' };
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), configuration, { noDebug: true }));
    assert.deepEqual(JSON.parse((await invoke({ name: 'Grace' })).payload), { greeting: 'Hello, Grace!' });
    assert.deepEqual(
      debugging.records.map(({ session }) => session.type),
      ['lambda-runtime'],
    );
  });

  it('offers the functions there are when F5 is pressed without a configuration', async () => {
    const bootstrap = vscode.Uri.joinPath(workspaceFolder().uri, 'layers/bash-runtime/bootstrap');
    await vscode.window.showTextDocument(bootstrap);
    const started = vscode.debug.startDebugging(workspaceFolder(), {} as vscode.DebugConfiguration);
    const session = await eventually(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return vscode.debug.activeDebugSession;
    }, 'a session of the first function');
    assert.ok(await started);
    assert.equal(session.configuration['function'], 'hello-bash');
    const outcome = await invoke({ name: 'Grace' });
    assert.deepEqual(JSON.parse(outcome.payload), { greeting: 'GUTEN TAG, GRACE!' });
  });

  it('gives the function the variables of a file, under those of the configuration', async () => {
    const envFile = join(work, 'function.env');
    writeFileSync(envFile, '# a comment\nFIRST=file\nSECOND="two words"\n');
    const script = 'handler() { printf "%s, %s" "$FIRST" "$SECOND"; }';
    assert.ok(await start(bashFunction(script, { envFile, env: { FIRST: 'configuration' } })));
    assert.equal((await invoke({})).payload, 'configuration, two words');
  });

  it('shows the function the same /opt that extracting the layers in order gives', async () => {
    const layers = ['greetings', 'german', 'bash-runtime'];
    const folders = layers.map((name) => join(workspaceFolder().uri.fsPath, 'layers', name));
    const expected = join(work, 'expected');
    for (const folder of folders) cpSync(folder, expected, { recursive: true, verbatimSymlinks: true });
    const code = join(work, 'code');
    cpSync(join(workspaceFolder().uri.fsPath, 'functions/hello-bash'), code, { recursive: true });
    writeFileSync(join(code, 'index.sh'), `handler() { ${describeCommand('/opt')}; }`);
    assert.ok(
      await start({ code, layers, handler: 'index.handler', functionName: 'test', isolation: 'namespace' }),
    );
    const { payload } = await invoke({});
    assert.deepEqual(payload.trim().split('\n').sort(), describeFolder(expected));
  });

  it('shows the beginning of a flood of output, and the report after it', async () => {
    const script = 'handler() { yes "a line of the log" | head -n 400000 >&2; echo done; }';
    assert.ok(await start({ ...bashFunction(script), timeout: 60 }));
    assert.equal((await invoke({})).payload, 'done');
    const { messages, output } = debugging.own();
    assert.match(output, /\n\[\d+ lines not shown; see the log\]\n/);
    assert.match(output, /^REPORT RequestId: /m);
    assert.ok(messages.length < 20_000, `${messages.length} messages`);
  });

  it('reports a handler error as the runtime does', async () => {
    assert.ok(await start({ name: 'hello-node', function: 'hello-node', debugger: 'none' }));
    const outcome = await invoke({});
    assert.equal(outcome.functionError, 'Unhandled');
    const error = JSON.parse(outcome.payload) as { errorType: string; errorMessage: string };
    assert.equal(error.errorType, 'TypeError');
    assert.equal(error.errorMessage, 'The event has no "name"');
  });

  it('reports a crash as Lambda does, and starts afresh for the next event', async () => {
    assert.ok(await start(bashFunction('handler() { [ "$1" = 1 ] && kill -9 $$; echo "fine $1"; }')));
    const crash = await invoke(1);
    assert.equal(crash.status, 'crash');
    assert.deepEqual(JSON.parse(crash.payload), {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${crash.requestId} Error: Runtime exited with error: signal: killed`,
    });
    assert.equal((await invoke(2)).payload, 'fine 2');
  });

  it('reports a timeout as Lambda does', async () => {
    assert.ok(await start(bashFunction('handler() { sleep 30; }', { timeout: 1 })));
    const outcome = await invoke({});
    assert.equal(outcome.status, 'timeout');
    assert.match(outcome.payload, /Task timed out after 1\.00 seconds/);
    assert.match(debugging.own().output, /Status: timeout/);
  });

  it("reports a missing bootstrap with Lambda's message, and says where it was looked for", async () => {
    assert.ok(await start({ code: work, layers: ['greetings'], functionName: 'test' }));
    const { payload } = await invoke({});
    assert.match(payload, /"errorType":"Runtime.InvalidEntrypoint"/);
    assert.match(payload, /Couldn't find valid bootstrap\(s\): \[\/var\/task\/bootstrap \/opt\/bootstrap\]/);
    assert.match(debugging.own().output, /Add a runtime layer/);
  });

  it('explains a bootstrap that is not executable', async () => {
    writeFileSync(join(work, 'bootstrap'), '#!/bin/sh\n');
    chmodSync(join(work, 'bootstrap'), 0o644);
    assert.ok(await start({ code: work, layers: [], functionName: 'test' }));
    assert.match((await invoke({})).payload, /fork\/exec \/var\/task\/bootstrap: permission denied/);
    assert.match(debugging.own().output, /bootstrap is not executable. Run "chmod \+x" on it/);
  });

  it('gives the function the variables of Lambda and nothing of the editor', async () => {
    assert.ok(
      await start(
        bashFunction('handler() { env | cut -d= -f1 | sort | tr "\\n" " "; }', { env: { MINE: '1' } }),
      ),
    );
    const { payload } = await invoke({});
    const names = payload.trim().split(' ');
    assert.ok(names.includes('MINE') && names.includes('AWS_LAMBDA_RUNTIME_API'));
    const odd = names.filter((name) => /^(VSCODE|ELECTRON|NODE_|HOME|USER|CHROME|NPM|npm)/.test(name));
    assert.deepEqual(odd, []);
  });

  it('leaves nothing behind when it is stopped, also in the middle of an invocation', async () => {
    await stopAll();
    const before = findRemains();
    assert.ok(
      await start(
        bashFunction('handler() { (setsid sleep 1000 &); touch /tmp/mark; sleep 1000; }', { timeout: 60 }),
      ),
    );
    const pending = invoke({}).catch((error: unknown) => error);
    await eventually(
      () => (/^START/m.test(debugging.own().output) ? true : undefined),
      'the invocation to start',
    );
    assert.notEqual(findRemains().processes.length, before.processes.length);
    const endpoint = /Invoke endpoint: (\S+)/.exec(debugging.own().output)?.[1] ?? '';
    await stopAll();
    assert.match(String(await pending), /stopped/);
    await eventually(() => {
      const now = findRemains();
      return now.processes.length === before.processes.length ? now : undefined;
    }, 'all processes to end');
    const { folders, mounts } = findRemains();
    assert.deepEqual({ folders, mounts }, { folders: before.folders, mounts: before.mounts });
    await assert.rejects(fetch(endpoint), /fetch failed/);
  });

  describe('with bad input', () => {
    const errors: string[] = [];
    let subscription: vscode.Disposable;
    before(() => {
      subscription = vscode.debug.registerDebugAdapterTrackerFactory('lambda-runtime', {
        createDebugAdapterTracker: () => ({
          onDidSendMessage: (message: {
            type: string;
            success?: boolean;
            body?: { error?: { variables?: { text?: string } } };
          }) => {
            if (message.type === 'response' && message.success === false) {
              errors.push(message.body?.error?.variables?.text ?? '');
            }
          },
        }),
      });
    });
    after(() => void subscription.dispose());
    beforeEach(() => void errors.splice(0));

    async function refused(configuration: Record<string, unknown>): Promise<string> {
      const before = findRemains();
      await Promise.resolve(start(configuration)).catch(() => false);
      const text = await eventually(() => errors[0], 'an error');
      assert.doesNotMatch(text, /\n\s+at /);
      assert.deepEqual(findRemains(), before);
      return text;
    }

    it('names a layer that does not exist', async () => {
      assert.match(
        await refused({ code: work, layers: ['layers/nowhere'] }),
        /layers\/nowhere does not exist/,
      );
    });

    it('names a file that is not a zip', async () => {
      writeFileSync(join(work, 'page.zip'), '<html>404</html>');
      assert.match(
        await refused({ code: work, layers: [join(work, 'page.zip')] }),
        /page\.zip is not a usable zip.*HTML/,
      );
    });

    it('names a zip that is cut off', async () => {
      const api = await extensionApi();
      const packaged = await api.packageLayer({ path: 'greetings', output: join(work, 'whole.zip') });
      assert.ok(packaged);
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.file(packaged.file));
      writeFileSync(join(work, 'half.zip'), bytes.subarray(0, bytes.length / 2));
      assert.match(await refused({ code: work, layers: [join(work, 'half.zip')] }), /half\.zip.*cut off/);
    });

    it('names a port that is in use', async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      try {
        assert.match(
          await refused({ code: work, layers: [], invokePort: port }),
          new RegExp(`${port}.*in use`),
        );
      } finally {
        server.close();
      }
    });

    it('names code that does not exist', async () => {
      assert.match(await refused({ code: join(work, 'gone') }), /gone cannot be read/);
    });

    it('does not start an unknown function', async () => {
      assert.equal(await start({ function: 'nobody' }), false);
    });

    it('says that nothing runs when there is nothing to invoke', async () => {
      const api = await extensionApi();
      await assert.rejects(api.invokeFunction({ event: {} }), { code: 'NoSession' });
    });
  });
});
