import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { InvokeOutcome } from '../../src/vscode/commands/invokeFunction.ts';
import { eventually, extensionApi, stopAll, useDebugging, workspaceFolder } from './support/debugging.ts';
import { mark } from './support/remains.ts';

describe('Invocations', () => {
  const debugging = useDebugging();
  let work: string;
  beforeEach(async () => {
    work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'));
    await run('clearInvocations', {});
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(work, { recursive: true, force: true });
  });

  const run = <T>(command: string, options: object): Promise<T> =>
    Promise.resolve(vscode.commands.executeCommand<T>(`lambdaLayers.${command}`, options));

  /** Starts a function in bash, on the sample's bash runtime. */
  async function start(script: string, attributes: Record<string, unknown> = {}): Promise<void> {
    writeFileSync(join(work, 'index.sh'), script);
    const configuration = {
      ...{ type: 'lambda-runtime', request: 'launch', name: 'test', code: work, layers: ['bash-runtime'] },
      ...{ handler: 'index.handler', functionName: 'test', env: mark, ...attributes },
    };
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), configuration));
  }

  async function invoke(event: unknown): Promise<InvokeOutcome> {
    const outcome = await (await extensionApi()).invokeFunction({ event });
    assert.ok(outcome);
    return outcome;
  }

  /** Opens a document of an invocation and returns what the editor shows. */
  async function open(requestId: string, document: string): Promise<vscode.TextDocument> {
    const uri = await run<vscode.Uri>('openInvocation', { requestId, document });
    const active = await eventually(() => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.toString() === uri.toString() ? editor.document : undefined;
    }, `${document} to open`);
    assert.equal(uri.scheme, 'lambda-invocation');
    return active;
  }

  it('open their event and response as JSON, laid out with the digits they were written with', async () => {
    await start('handler() { printf \'{"seen":12345678901234567890,"list":[]}\'; }');
    const { requestId } = await invoke({ name: 'Ada', tags: [1, 2] });
    const event = await open(requestId, 'event');
    assert.equal(event.languageId, 'json');
    assert.equal(event.getText(), `${JSON.stringify({ name: 'Ada', tags: [1, 2] }, null, 2)}\n`);
    const response = await open(requestId, 'response');
    assert.equal(response.languageId, 'json');
    assert.equal(response.getText(), '{\n  "seen": 12345678901234567890,\n  "list": []\n}\n');
  });

  it('open their log, with the init of a cold start and nothing of other invocations', async () => {
    await start('handler() { echo "working on $1" >&2; echo done; }');
    const first = await invoke('one');
    const second = await invoke('two');
    const cold = await open(first.requestId, 'log');
    assert.equal(cold.languageId, 'lambda-log');
    assert.match(
      cold.getText(),
      new RegExp(
        `^INIT_START .*\\n(.*\\n)*START RequestId: ${first.requestId} .*\\nworking on "one"\\nEND .*\\nREPORT .*\\n$`,
      ),
    );
    const warm = await open(second.requestId, 'log');
    assert.match(
      warm.getText(),
      new RegExp(`^START RequestId: ${second.requestId} .*\\nworking on "two"\\nEND `),
    );
  });

  it('open their telemetry, as an extension would be told', async () => {
    await start('handler() { echo working >&2; echo done; }');
    const { requestId } = await invoke({});
    const events = JSON.parse((await open(requestId, 'telemetry')).getText()) as {
      type: string;
      record: unknown;
    }[];
    const types = events.map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => !type.startsWith('platform.init')),
      ['platform.start', 'function', 'platform.runtimeDone', 'platform.report'],
    );
    assert.equal(types[0], 'platform.initStart');
    assert.equal(events.find(({ type }) => type === 'function')?.record, 'working');
  });

  it('follow a running invocation in its open log', async () => {
    await start(
      `handler() { echo first >&2; until [ -e ${work}/go ]; do sleep 0.05; done; echo last >&2; }`,
      {
        timeout: 60,
        isolation: 'directory', // has no /tmp of its own
      },
    );
    const pending = invoke({});
    const requestId = await eventually(
      () => /START RequestId: (\S+)/.exec(debugging.own().output)?.[1],
      'the invocation to start',
    );
    const log = await open(requestId, 'log');
    await eventually(() => (log.getText().includes('first') ? true : undefined), 'the first line');
    assert.doesNotMatch(log.getText(), /last/);
    await assert.rejects(run('openInvocation', { requestId, document: 'response' }), /no response/);
    writeFileSync(join(work, 'go'), '');
    await pending;
    await eventually(() => (/last\nEND/.test(log.getText()) ? true : undefined), 'the last line');
  });

  it('stay after the session has ended, until they are cleared', async () => {
    await start('handler() { echo "$1"; }');
    const { requestId } = await invoke({ kept: true });
    await stopAll();
    assert.match((await open(requestId, 'event')).getText(), /"kept": true/);
    assert.equal(await run('clearInvocations', {}), 1);
    await assert.rejects(run('openInvocation', { requestId, document: 'event' }), /no invocation/);
  });

  it('are replayed with the same event under a new request id', async () => {
    await start('handler() { printf "got %s" "$1"; }');
    const first = await invoke({ n: 1 });
    const again = await run<InvokeOutcome>('replayInvocation', { requestId: first.requestId });
    assert.equal(again.payload, 'got {"n":1}');
    assert.notEqual(again.requestId, first.requestId);
  });

  it('are replayed in a later session of the same name, and refused when there is none', async () => {
    await start('handler() { echo one; }');
    const { requestId } = await invoke({});
    await stopAll();
    await assert.rejects(
      run('replayInvocation', { requestId }),
      /No function "test" is running\. Start one with F5/,
    );
    await start('handler() { printf two; }');
    assert.equal((await run<InvokeOutcome>('replayInvocation', { requestId })).payload, 'two');
  });

  it('are copied as an AWS CLI command that a shell takes apart again, also with quotes in the event', async () => {
    await start('handler() { printf "%s" "$1"; }');
    const event = { text: `it's "quoted" $HOME \`x\` \\ ü`, 'a b': '\n' };
    const { requestId } = await invoke(event);
    const command = await run<string>('copyInvocationAsCli', { requestId });
    assert.equal(await vscode.env.clipboard.readText(), command);
    const words = wordsOf(command);
    assert.deepEqual(words.slice(0, 3), ['aws', 'lambda', 'invoke']);
    const argument = (name: string) => words[words.indexOf(name) + 1] ?? '';
    assert.deepEqual(JSON.parse(argument('--payload')), event);
    const response = await fetch(
      `${argument('--endpoint-url')}/2015-03-31/functions/${argument('--function-name')}/invocations`,
      { method: 'POST', body: argument('--payload') },
    );
    assert.deepEqual(await response.json(), event);
  });

  it('with long events are copied with a file, which goes when they are cleared', async () => {
    await start('handler() { echo fine; }');
    const { requestId } = await invoke('x'.repeat(10_000));
    const words = wordsOf(await run<string>('copyInvocationAsCli', { requestId }));
    const file = (words[words.indexOf('--payload') + 1] ?? '').replace(/^file:\/\//, '');
    assert.equal(readFileSync(file, 'utf8'), JSON.stringify('x'.repeat(10_000)));
    await run('clearInvocations', {});
    assert.throws(() => readFileSync(file), { code: 'ENOENT' });
  });

  it('are served in the order of the calls, whatever takes longer to be read', async () => {
    await start('handler() { echo "event $1" >&2; echo; }');
    const large = join(work, 'large.json');
    writeFileSync(large, JSON.stringify({ first: 'x'.repeat(500_000) })); // more would be cut in the console
    const api = await extensionApi();
    await Promise.all([
      api.invokeFunction({ event: 0 }),
      api.invokeFunction({ eventFile: large }),
      ...[2, 3, 4, 5].map((event) => api.invokeFunction({ event })),
    ]);
    const seen = [...debugging.own().output.matchAll(/^event (\d|\{)/gm)].map(([, event]) => event);
    assert.deepEqual(seen, ['0', '{', '2', '3', '4', '5']);
  });

  it('are offered again while an event is typed in the debug console', async () => {
    await start('handler() { echo; }');
    await invoke({ name: 'Grace', n: 1 });
    await invoke([1, 2]);
    const { session } = debugging.own();
    const typed = '{"name"';
    const { targets } = (await session.customRequest('completions', {
      text: typed,
      column: typed.length + 1,
    })) as {
      targets: { text: string }[];
    };
    assert.ok(targets.some(({ text }) => text === '{"name":"Grace","n":1}'));
    assert.ok(!targets.some(({ text }) => text === '[1,2]'));
  });

  it('are offered also while a language debugger has the console', async () => {
    const api = await extensionApi();
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), 'hello-node'));
    await api.invokeFunction({ event: { name: 'Grace', typed: true } });
    const child = debugging.records.findLast(({ session }) => session.parentSession !== undefined)?.session;
    assert.ok(child);
    const text = '{"name":"Gr';
    const { targets } = (await child.customRequest('completions', { text, column: text.length + 1 })) as {
      targets: { text?: string }[];
    };
    assert.equal(targets[0]?.text, '{"name":"Grace","typed":true}');
  });

  it('link stack frames in logs to the code, and to the layer that supplies a file', async () => {
    const layer = join(work, 'layer');
    mkdirSync(join(layer, 'lib'), { recursive: true });
    writeFileSync(join(layer, 'lib/tool.js'), '// a tool\n');
    const script = `handler() {
      echo "    at handler (/var/task/index.sh:2:7)" >&2
      echo "  File \\"/opt/lib/tool.js\\", line 1, in run" >&2
      echo "    at gone (/var/task/gone.js:1:1)" >&2
      echo
    }`;
    await start(script, { layers: [layer, 'bash-runtime'] });
    const { requestId } = await invoke({});
    const log = await open(requestId, 'log');
    const links = await eventually(async () => {
      const found = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
        'vscode.executeLinkProvider',
        log.uri,
      );
      return found.length > 0 ? found : undefined;
    }, 'links');
    const targets = links.map(({ target }) => target?.with({ fragment: '' }).fsPath);
    assert.deepEqual(targets, [join(work, 'index.sh'), join(layer, 'lib/tool.js')]);
    assert.equal(links[0]?.target?.fragment, 'L2,7');
    assert.equal(log.getText(links[0].range), '/var/task/index.sh:2:7');
  });

  it('of a function that is flooded with events do not stop the window', async () => {
    writeFileSync(join(work, 'index.js'), 'exports.handler = async () => null;');
    const env = { ...mark, PATH: `${process.env['PATH'] ?? ''}:/opt/bin` };
    await start('', { layers: ['node-runtime'], timeout: 60, debugger: 'none', env });
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, event) => invoke({ event })));
    const last = outcomes.at(-1);
    assert.ok(last);
    assert.match((await open(last.requestId, 'event')).getText(), /"event": 299/);
  });

  it('are sent from an editor that a template opened', async () => {
    await start('handler() { printf "%s" "$1"; }');
    const document = await vscode.workspace.openTextDocument({ language: 'json', content: '{"Records":[]}' });
    await vscode.window.showTextDocument(document);
    const outcome = await run<InvokeOutcome>('sendEvent', document.uri);
    assert.equal(outcome.payload, '{"Records":[]}');
  });
});

/** A command line as a shell splits it. */
function wordsOf(command: string): string[] {
  const output = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return output.split('\0').slice(0, -1);
}
