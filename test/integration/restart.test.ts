import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually, extensionApi, useDebugging, workspaceFolder } from './support/debugging.ts';
import { breakpointAt, nextStop, resume } from './support/stops.ts';
import { mark } from './support/remains.ts';

describe('Execution environments that are replaced, or that the user starts', () => {
  const debugging = useDebugging();
  const runtimes: ChildProcess[] = [];
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(() => runtimes.splice(0).forEach(kill));
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  async function start(configuration: Record<string, unknown>): Promise<void> {
    const given = {
      type: 'lambda-runtime',
      request: 'launch',
      name: 'test',
      functionName: 'test',
      ...configuration,
    };
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), given));
  }

  async function invoke(event: unknown) {
    const outcome = await (await extensionApi()).invokeFunction({ event });
    assert.ok(outcome);
    return outcome;
  }

  const coldStarts = () => debugging.own().output.match(/^INIT_START/gm)?.length ?? 0;

  /** Changes a file until that is noticed: a watcher that was only just made may miss a change. */
  async function change(write: () => void): Promise<void> {
    const before = coldStarts();
    let writtenAt = 0;
    await eventually(() => {
      if (Date.now() - writtenAt > 3000) {
        write();
        writtenAt = Date.now();
      }
      return coldStarts() > before ? true : undefined;
    }, 'a new execution environment');
  }

  it('run changed code and layers with the next invocation', async () => {
    const layer = join(work, 'layer');
    cpSync(join(workspaceFolder().uri.fsPath, 'layers/bash-runtime'), layer, { recursive: true });
    const code = join(work, 'code');
    cpSync(join(workspaceFolder().uri.fsPath, 'functions/hello-bash'), code, { recursive: true });
    writeFileSync(join(layer, 'word'), 'old');
    const handler = (text: string) => `handler() { echo "\\"${text} $(cat /opt/word)\\""; }\n`;
    writeFileSync(join(code, 'index.sh'), handler('first'));
    await start({
      code,
      layers: [layer],
      handler: 'index.handler',
      env: mark,
      hotReload: true,
      isolation: 'namespace',
    });
    assert.equal((await invoke({})).payload.trim(), '"first old"');
    await change(() => writeFileSync(join(code, 'index.sh'), handler('second')));
    assert.equal((await invoke({})).payload.trim(), '"second old"');
    await change(() => writeFileSync(join(layer, 'word'), 'new'));
    assert.equal((await invoke({})).payload.trim(), '"second new"');
    assert.match(
      debugging.own().output,
      /index\.sh changed: the next invocation runs in a new execution environment/,
    );
  });

  it('keep their breakpoints', async () => {
    const code = join(work, 'code');
    cpSync(join(workspaceFolder().uri.fsPath, 'functions/hello-node'), code, { recursive: true });
    const file = join(code, 'index.js');
    vscode.debug.addBreakpoints([breakpointAt({ file, line: 9 })]);
    const layers = ['greetings', 'node-runtime'];
    await start({ code, layers, handler: 'index.handler', hotReload: true });
    for (const round of ['before', 'after']) {
      const response = invoke({ name: 'Grace' });
      await resume(await nextStop(debugging.records));
      assert.deepEqual(JSON.parse((await response).payload), { greeting: 'Hello, Grace!' });
      if (round === 'before')
        await change(() => writeFileSync(file, `${readFileSync(file, 'utf8')}\n// changed\n`));
    }
  });

  it('take a runtime that the user starts, and another one when that has ended', async () => {
    await start({ request: 'attach', event: { n: 1 } });
    const first = await startRuntime(answering);
    await eventually(
      () => (/test got {"n":1}/.test(debugging.own().output) ? true : undefined),
      'the answer',
    );
    kill(first);
    const pending = invoke({ n: 2 });
    await startRuntime(answering);
    assert.equal((await pending).payload, 'test got {"n":2}');
  });

  it('take another runtime of the user when the init of the first one failed', async () => {
    await start({ request: 'attach' });
    const error = '{"errorMessage":"no module","errorType":"ImportError"}';
    await startRuntime(
      `curl -sS -d '${error}' "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/init/error"`,
    );
    await eventually(
      () => (/^INIT_REPORT .*\tStatus: error/m.test(debugging.own().output) ? true : undefined),
      'the report',
    );
    await startRuntime(answering);
    assert.equal((await invoke({ n: 1 })).payload, 'test got {"n":1}');
  });

  /** Runs a script with the environment that the console says, as a user would in a terminal. */
  async function startRuntime(script: string): Promise<ChildProcess> {
    const variables = await eventually(() => {
      const lines = [...debugging.own().output.matchAll(/^export (\w+)='(.*)'$/gm)];
      return lines.length > 0
        ? Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]))
        : undefined;
    }, 'the variables of the environment');
    const env = { PATH: process.env['PATH'], ...variables };
    const child = spawn('bash', ['-c', script], { cwd: work, env, detached: true });
    runtimes.push(child);
    return child;
  }
});

/** A runtime that says what it got. */
const answering = `base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
  while :; do
    id=$(curl -sS -D - -o event "$base/next" | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi')
    curl -sS -o answer -d "$AWS_LAMBDA_FUNCTION_NAME got $(cat event)" "$base/$id/response"
  done`;

/** Ends a runtime and what it started, wherever it is. */
function kill({ exitCode, pid, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}
