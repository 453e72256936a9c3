import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { addToPath, type DebugTools, givenDebugTools } from '../support/debugTools.ts';
import {
  eventually,
  extensionApi,
  isStopped,
  stopAll,
  useDebugging,
  workspaceFolder,
} from './support/debugging.ts';
import type { DebuggedProgram } from '../support/programs/debuggedProgram.ts';
import { goProgram } from '../support/programs/go.ts';
import { nativeProgram } from '../support/programs/native.ts';
import { nodeProgram } from '../support/programs/node.ts';
import { pythonProgram } from '../support/programs/python.ts';
import { rustProgram } from '../support/programs/rust.ts';
import { write } from '../support/programs/write.ts';
import { findRemains, mark } from './support/remains.ts';
import { breakpointAt, nextStop, readVariable, resume, visit } from './support/stops.ts';

/** How each program is made. What is built inside has its sources in `/opt` and `/var/task` for its debugger. */
const recipes = {
  'Node.js': nodeProgram,
  Python: pythonProgram,
  Go: (_, { compiledPrograms }) => goProgram(join(compiledPrograms, 'go')),
  C: (_, { compiledPrograms }) => nativeProgram(join(compiledPrograms, 'c')),
  Rust: (_, tools) => rustProgram(tools),
  'Go built inside': (_, { compiledPrograms }) => goProgram(join(compiledPrograms, 'go-inside')),
  'C built inside': (_, { compiledPrograms }) => nativeProgram(join(compiledPrograms, 'c-inside')),
} as const satisfies Record<string, (work: string, tools: DebugTools) => DebuggedProgram>;
type ProgramName = keyof typeof recipes;

describe('The debugger of each language', () => {
  const debugging = useDebugging();
  let work: string;
  before(() => addToPath(givenDebugTools()));
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  const program = (name: ProgramName): DebuggedProgram => recipes[name](join(work, name), givenDebugTools());

  const languages = [
    ['Node.js', /Debugger: Node\.js \(\/opt\/bootstrap: line 3 runs node\)/],
    ['Python', /Debugger: Python \(\/opt\/bootstrap: line 3 runs .*python3\)/],
    ['Go', /Debugger: Go \(\/var\/task\/bootstrap: Go build information\)/],
    ['C', /Debugger: C, C\+\+ or Rust \(\/var\/task\/bootstrap: debug information\)/],
    ['Rust', /Debugger: C, C\+\+ or Rust \(\/var\/task\/bootstrap: debug information of Rust\)/],
  ] as const;
  for (const [language, announcement] of languages) {
    for (const isolation of ['namespace', 'directory']) {
      it(`stops in ${language} sources of two layers and of the function with isolation "${isolation}", shows variables, steps and goes on`, async () => {
        await stopEverywhere(program(language), { isolation });
        assert.match(debugging.own().output, announcement);
      });
    }
  }

  for (const name of ['Go built inside', 'C built inside'] as const) {
    it(`stops in sources of a program in ${name.replace('inside', 'at /var/task and /opt')}`, async () => {
      await stopEverywhere(program(name));
    });
  }

  async function stopEverywhere({ configuration, stops }: DebuggedProgram, more = {}): Promise<void> {
    vscode.debug.addBreakpoints(stops.map(breakpointAt));
    await start({ ...configuration, ...more });
    const answer = invoke({ n: 41 });
    for (const stop of stops) await withConsole(visit(debugging.records, stop));
    assert.deepEqual(JSON.parse((await answer).payload), { doubled: 84 });
  }

  for (const [language] of languages) {
    it(`ends a session that is stopped in ${language}, and leaves no process`, async () => {
      const before = findRemains();
      const { configuration, stops } = program(language);
      vscode.debug.addBreakpoints(stops.map(breakpointAt));
      const env = { ...(configuration['env'] as object | undefined), ...mark };
      await start({ ...configuration, env });
      const answer = invoke({ n: 41 }).catch((error: unknown) => error);
      await withConsole(nextStop(debugging.records));
      await stopAll();
      assert.match(String(await answer), /stopped/);
      // Those of the test before may still be ending.
      const added = () => findRemains().processes.filter((pid) => !before.processes.includes(pid));
      await eventually(() => (added().length === 0 ? true : undefined), 'all processes to end');
    });
  }

  for (const name of ['Node.js', 'Python', 'Go', 'C'] as const) {
    it(`stops in the ${name} source of the layer that wins, and says in the other why its breakpoint is not hit`, async () => {
      const { configuration, stops } = program(name);
      const [inLayer] = stops;
      const { layers } = configuration;
      const folder = layers.at(-1) ?? '';
      const hidden = { ...inLayer, file: inLayer.file.replace(folder, join(work, 'hidden')) };
      cpSync(folder, join(work, 'hidden'), { recursive: true });
      vscode.debug.addBreakpoints([breakpointAt(hidden), breakpointAt(inLayer)]);
      const [ofHidden, ofWinner] = vscode.debug.breakpoints;
      assert.ok(ofHidden !== undefined && ofWinner !== undefined);
      await start({ ...configuration, layers: [join(work, 'hidden'), ...layers] });
      const answer = invoke({ n: 41 });
      const stopped = await withConsole(nextStop(debugging.records));
      assert.equal(stopped.file, inLayer.file);
      const told = await stopped.session.getDebugProtocolBreakpoint(ofHidden);
      const { verified, message } = told as DebugProtocol.Breakpoint;
      assert.equal(verified, false);
      assert.match(
        message ?? '',
        new RegExp(`hidden: layer ${layers.length + 1} \\(${folder}\\) supplies /opt/`),
      );
      const bound = await stopped.session.getDebugProtocolBreakpoint(ofWinner);
      assert.equal((bound as DebugProtocol.Breakpoint).verified, true);
      await resume(stopped);
      await answer;
    });
  }

  for (const name of ['Node.js', 'Python', 'Go built inside', 'C built inside'] as const) {
    it(`stops in the source of a layer that is a zip, which opens from the merged view: ${name}`, async () => {
      const { configuration, stops } = program(name);
      const { layers } = configuration;
      const folder = layers.at(-1) ?? '';
      const api = await extensionApi();
      const packaged = await api.packageLayer({ path: folder, output: join(work, 'layer.zip') });
      assert.ok(packaged);
      const zipped = [...layers.slice(0, -1), packaged.file];
      const root = await api.openOpt({ layers: zipped });
      assert.ok(root);
      const source = vscode.Uri.joinPath(root, relative(folder, stops[0].file));
      const place = new vscode.Location(source, new vscode.Position(stops[0].line - 1, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
      await start({ ...configuration, layers: zipped });
      const answer = invoke({ n: 41 });
      const stopped = await withConsole(nextStop(debugging.records));
      assert.equal(stopped.file, source.toString());
      assert.match(await readVariable(stopped, stops[0].variable), stops[0].value);
      await eventually(
        () =>
          vscode.window.activeTextEditor?.document.uri.toString() === source.toString() ? true : undefined,
        'the source to open',
      );
      await resume(stopped);
      await answer;
    });
  }

  for (const name of ['C', 'Rust'] as const) {
    for (const isolation of ['namespace', 'directory']) {
      it(`pauses a ${name} program that waits for an event, with isolation "${isolation}", and lets it go on`, async () => {
        await start({ ...program(name).configuration, isolation });
        await withConsole(invoke({ n: 1 }));
        const native = debugging.records.find(({ session }) => session.type !== 'lambda-runtime');
        assert.ok(native);
        const { threads } = (await native.session.customRequest('threads')) as {
          threads: DebugProtocol.Thread[];
        };
        const threadId = threads[0]?.id;
        native.messages.length = 0;
        await native.session.customRequest('pause', { threadId });
        await withConsole(eventually(() => native.messages.find(isStopped), 'the pause'));
        await native.quiet();
        await native.session.customRequest('continue', { threadId });
        assert.deepEqual(JSON.parse((await withConsole(invoke({ n: 41 }))).payload), { doubled: 84 });
      });
    }
  }

  it('stops in each Node.js program that a bootstrap runs one after the other, and in no one-liner', async () => {
    const { configuration, stops } = program('Node.js');
    const { code } = configuration;
    const before = write(
      String(code),
      'before.js',
      "const word = 'first';\nconsole.log('options', process.env.NODE_OPTIONS);\n",
    );
    const last = 'exec node "$NODE_PATH/aws-lambda-ric/index.mjs" "$_HANDLER"';
    write(
      String(code),
      'bootstrap',
      `#!/bin/sh\nexport NODE_PATH=/opt/nodejs/node_modules\nnode -p 1\nnode "$LAMBDA_TASK_ROOT/before.js"\n${last}\n`,
      0o755,
    );
    vscode.debug.addBreakpoints([{ file: before, line: 2 }, ...stops].map(breakpointAt));
    await start({ ...configuration, isolation: 'namespace' });
    const answer = invoke({ n: 41 });
    const stopped = await withConsole(nextStop(debugging.records));
    assert.equal(stopped.file, before);
    assert.match(await readVariable(stopped, 'word'), /^'first'$/);
    await resume(stopped);
    for (const stop of stops) await withConsole(visit(debugging.records, stop));
    assert.deepEqual(JSON.parse((await answer).payload), { doubled: 84 });
    const { output } = debugging.own();
    assert.match(output, /^1\n(.*\n)*options undefined$/m);
    assert.match(output, /^REPORT .*\nThe clock stood still for [\d.]+ s/m);
  });

  it('traces the lines of a shell script in the debug console, with the places of the sources, and not in the log', async () => {
    const script = write(
      work,
      'code/index.sh',
      'handler() {\n  local word=traced\n  echo "log $word" >&2\n  echo "$word"\n}\n',
    );
    const runtime = join(workspaceFolder().uri.fsPath, 'layers', 'bash-runtime');
    await start({ code: join(work, 'code'), layers: [runtime], handler: 'index.handler' });
    const outcome = await invoke({});
    assert.equal(outcome.payload, 'traced');
    const { output } = debugging.own();
    assert.match(output, /Debugger: shell \(a trace of executed lines\)/);
    assert.ok(output.includes(`${script}:2  local word=traced\n`), output);
    assert.match(output, /^\.\/layers\/bash-runtime\/bootstrap:\d+ {2}/m); // a file of the workspace
    assert.match(Buffer.from(outcome.logTail).toString(), /log traced/);
    assert.doesNotMatch(Buffer.from(outcome.logTail).toString(), /local word/);
  });

  it('says which extension of the editor is missing, and runs without', async () => {
    const runtime = join(workspaceFolder().uri.fsPath, 'layers', 'bash-runtime', 'bootstrap');
    write(work, 'code/java', readFileSync(runtime, 'utf8'), 0o755);
    write(work, 'code/bootstrap', '#!/bin/sh\nexec "$LAMBDA_TASK_ROOT/java" -jar app.jar\n', 0o755);
    write(work, 'code/index.sh', 'handler() { echo fine; }\n');
    await start({ code: join(work, 'code'), layers: [], handler: 'index.handler' });
    assert.equal((await invoke({})).payload, 'fine');
    assert.match(
      debugging.own().output,
      /without a debugger: .*"Debugger for Java".*\(vscjava\.vscode-java-debug\)/,
    );
  });

  /** Adds what the debug console says to a failure. */
  async function withConsole<T>(result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason}\nThe debug console says:\n${debugging.own().output}`, { cause: error });
    }
  }

  async function start(configuration: Readonly<Record<string, unknown>>): Promise<void> {
    const full = {
      type: 'lambda-runtime',
      request: 'launch',
      name: 'test',
      functionName: 'test',
      timeout: 60,
      ...configuration,
    };
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), full));
  }

  async function invoke(event: unknown) {
    const outcome = await (await extensionApi()).invokeFunction({ event });
    assert.ok(outcome);
    return outcome;
  }
});
