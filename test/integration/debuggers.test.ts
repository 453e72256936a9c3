import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { addToPath, type DebugTools, givenDebugTools } from '../support/debugTools.ts';
import {
  type DebuggedProgram,
  goProgram,
  nativeProgram,
  nodeProgram,
  pythonProgram,
  type Stop,
  write,
} from './support/debuggedPrograms.ts';
import {
  eventually,
  extensionApi,
  isEvent,
  stopAll,
  useDebugging,
  workspaceFolder,
} from './support/debugging.ts';
import { findRemains, mark } from './support/remains.ts';

describe('The debugger of each language', () => {
  const debugging = useDebugging();
  let tools: DebugTools;
  let work: string;
  before(() => addToPath((tools = givenDebugTools())));
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  const languages: readonly (readonly [string, RegExp, () => DebuggedProgram | Promise<DebuggedProgram>])[] =
    [
      ['Node.js', /Debugger: Node\.js \(\/opt\/bootstrap: first line names node\)/, () => nodeProgram(work)],
      [
        'Python',
        /Debugger: Python \(\/opt\/bootstrap: line 3 runs .*python3\)/,
        () => pythonProgram(work, tools),
      ],
      ['Go', /Debugger: Go \(\/opt\/bootstrap: Go build information\)/, () => goProgram(work, tools)],
      [
        'C',
        /Debugger: C, C\+\+ or Rust \(\/var\/task\/bootstrap: debug information\)/,
        () => nativeProgram(work),
      ],
    ];
  for (const [language, announcement, make] of languages) {
    for (const isolation of ['namespace', 'directory']) {
      if (isolation === 'directory' && language === 'Node.js') continue; // its runtime names /opt itself
      it(`stops in ${language} sources of a layer and of the function with isolation "${isolation}", shows variables, steps and goes on`, async () => {
        const { configuration, stops } = await make();
        vscode.debug.addBreakpoints(stops.map(breakpointAt));
        await start({ ...configuration, isolation, timeout: 60 });
        const answer = invoke({ n: 41 });
        for (const stop of stops) await withConsole(visit(stop));
        assert.equal((JSON.parse((await answer).payload) as { doubled: number }).doubled, 84);
        const { output } = debugging.own();
        assert.match(output, announcement);
      });
    }
  }

  for (const [language, make] of [
    ['Go', () => goProgram(work, tools, 'inside')],
    ['C', () => nativeProgram(work, 'inside')],
  ] as const) {
    it(`stops in ${language} sources of a program that was built at /var/task and /opt`, async () => {
      const { configuration, stops } = await make();
      vscode.debug.addBreakpoints(stops.map(breakpointAt));
      await start({ ...configuration, timeout: 60 });
      const answer = invoke({ n: 41 });
      for (const stop of stops) await withConsole(visit(stop));
      assert.equal((JSON.parse((await answer).payload) as { doubled: number }).doubled, 84);
    });
  }

  for (const [language, , make] of languages) {
    it(`ends a session that is stopped in ${language}, and leaves no process`, async () => {
      const before = findRemains();
      const { configuration, stops } = await make();
      vscode.debug.addBreakpoints(stops.map(breakpointAt));
      await start({
        ...configuration,
        timeout: 60,
        env: { ...(configuration['env'] as object | undefined), ...mark },
      });
      const answer = invoke({ n: 41 }).catch((error: unknown) => error);
      await withConsole(nextStop());
      await stopAll();
      assert.match(String(await answer), /stopped/);
      // Those of the test before may still be ending.
      const added = () => findRemains().processes.filter((pid) => !before.processes.includes(pid));
      await eventually(() => (added().length === 0 ? true : undefined), 'all processes to end');
    });
  }

  const interpreted: readonly (readonly [string, string, () => DebuggedProgram])[] = [
    ['Node.js', 'nodejs/addition.js', () => nodeProgram(work)],
    ['Python', 'python/addition.py', () => pythonProgram(work, tools)],
  ];
  for (const [language, path, make] of interpreted) {
    it(`stops in the ${language} source of the layer that wins, and says in the other why its breakpoint is not hit`, async () => {
      const { configuration, stops } = make();
      const [inLayer] = stops;
      assert.ok(inLayer);
      const layers = configuration['layers'] as string[];
      const folder = layers.at(-1) ?? '';
      const hidden = { ...inLayer, file: inLayer.file.replace(folder, join(work, 'hidden')) };
      cpSync(folder, join(work, 'hidden'), { recursive: true });
      vscode.debug.addBreakpoints([breakpointAt(hidden), breakpointAt(inLayer)]);
      const [ofHidden, ofWinner] = vscode.debug.breakpoints;
      assert.ok(ofHidden !== undefined && ofWinner !== undefined);
      await start({ ...configuration, layers: [join(work, 'hidden'), ...layers], timeout: 60 });
      const answer = invoke({ n: 41 });
      const stopped = await withConsole(nextStop());
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
      await stopped.session.customRequest('continue', { threadId: stopped.threadId });
      await answer;
    });

    it(`stops in the ${language} source of a layer that is a zip, which opens from the merged view`, async () => {
      const { configuration, stops } = make();
      const layers = configuration['layers'] as string[];
      const api = await extensionApi();
      const packaged = await api.packageLayer({ path: layers.at(-1) ?? '', output: join(work, 'layer.zip') });
      assert.ok(packaged);
      const zipped = [...layers.slice(0, -1), packaged.file];
      const root = await api.openOpt({ layers: zipped });
      assert.ok(root);
      const source = vscode.Uri.joinPath(root, path);
      const line = (stops[0]?.line ?? 0) - 1;
      vscode.debug.addBreakpoints([
        new vscode.SourceBreakpoint(new vscode.Location(source, new vscode.Position(line, 0))),
      ]);
      await start({ ...configuration, layers: zipped, timeout: 60 });
      const answer = invoke({ n: 41 });
      const stopped = await withConsole(nextStop());
      assert.equal(stopped.file, source.toString());
      assert.match(await readVariable(stopped, 'total'), /^42$/);
      await eventually(
        () =>
          vscode.window.activeTextEditor?.document.uri.toString() === source.toString() ? true : undefined,
        'the source to open',
      );
      await stopped.session.customRequest('continue', { threadId: stopped.threadId });
      await answer;
    });
  }

  it('stops in each Node.js program that a bootstrap runs one after the other, and in no one-liner', async () => {
    const { configuration, stops } = nodeProgram(work);
    const before = write(work, 'code/before.js', 'const word = "first";\nmodule.exports = word;\n');
    write(
      work,
      'code/bootstrap',
      `#!/bin/sh\nnode -p 1\nnode "$LAMBDA_TASK_ROOT/before.js"\nexec node "$LAMBDA_TASK_ROOT/main.js"\n`,
      0o755,
    );
    write(
      work,
      'code/main.js',
      "console.log('options', process.env.NODE_OPTIONS);\nrequire('/opt/bootstrap');\n",
    );
    const first: Stop = { file: before, line: 2, variable: 'word', value: /^'first'$/ };
    vscode.debug.addBreakpoints([first, ...stops].map(breakpointAt));
    await start({ ...configuration, isolation: 'namespace', timeout: 60 });
    const answer = invoke({ n: 41 });
    const stopped = await withConsole(nextStop());
    assert.equal(stopped.file, before);
    assert.match(await readVariable(stopped, 'word'), first.value);
    await stopped.session.customRequest('continue', { threadId: stopped.threadId });
    for (const stop of stops) await withConsole(visit(stop));
    assert.equal((JSON.parse((await answer).payload) as { doubled: number }).doubled, 84);
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
    assert.ok(output.includes(`${join(runtime, 'bootstrap')}:`), output);
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

  /** Waits for a stop, looks at a variable, steps, and goes on. */
  async function visit({ file, line, variable, value }: Stop): Promise<void> {
    const stopped = await nextStop();
    assert.equal(stopped.file, file);
    assert.equal(stopped.line, line);
    assert.match(await readVariable(stopped, variable), value);
    const { threadId } = stopped;
    await stopped.session.customRequest('next', { threadId });
    const stepped = await nextStop();
    assert.equal(stepped.reason, 'step');
    assert.equal(stepped.file, file);
    assert.notEqual(stepped.line, line);
    await stepped.session.customRequest('continue', { threadId: stepped.threadId });
  }

  /** Adds what the debug console says to a failure. */
  async function withConsole<T>(result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason}\nThe debug console says:\n${debugging.own().output}`, { cause: error });
    }
  }

  interface Stopped {
    readonly session: vscode.DebugSession;
    readonly threadId: number;
    readonly frameId: number;
    readonly file: string;
    readonly line: number;
    readonly reason: string;
  }

  async function nextStop(): Promise<Stopped> {
    const { session, body } = await eventually(() => {
      for (const record of debugging.records) {
        const at = record.messages.findIndex((message) => isEvent(message, 'stopped'));
        if (at < 0) continue;
        const [event] = record.messages.splice(at, 1) as DebugProtocol.StoppedEvent[];
        if (event !== undefined) return { session: record.session, body: event.body };
      }
      return undefined;
    }, 'a stop');
    const threadId = body.threadId ?? 0;
    const trace = (await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 })) as {
      stackFrames: DebugProtocol.StackFrame[];
    };
    const [top] = trace.stackFrames;
    assert.ok(top?.source?.path !== undefined, 'the top frame has no source');
    return {
      session,
      threadId,
      frameId: top.id,
      file: filePath(top.source.path),
      line: top.line,
      reason: body.reason,
    };
  }

  async function readVariable({ session, frameId }: Stopped, name: string): Promise<string> {
    const { scopes } = (await session.customRequest('scopes', { frameId })) as {
      scopes: DebugProtocol.Scope[];
    };
    for (const { variablesReference } of scopes) {
      const { variables } = (await session.customRequest('variables', { variablesReference })) as {
        variables: DebugProtocol.Variable[];
      };
      const found = variables.find((one) => one.name === name);
      if (found !== undefined) return found.value;
    }
    return assert.fail(`there is no variable ${name}`);
  }

  async function start(configuration: Readonly<Record<string, unknown>>): Promise<void> {
    const full = {
      type: 'lambda-runtime',
      request: 'launch',
      name: 'test',
      functionName: 'test',
      ...configuration,
    };
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), full));
  }

  async function invoke(event: unknown) {
    const outcome = await (await extensionApi()).invokeFunction({ event });
    assert.ok(outcome);
    return outcome;
  }

  const breakpointAt = ({ file, line }: Pick<Stop, 'file' | 'line'>) =>
    new vscode.SourceBreakpoint(new vscode.Location(vscode.Uri.file(file), new vscode.Position(line - 1, 0)));
  /** The server host names files by URIs, the desktop by paths. */
  const filePath = (text: string) =>
    text.startsWith('vscode-remote:') ? vscode.Uri.parse(text).fsPath : text;
});
