import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../../src/core/base/logger.ts';
import { Emulator } from '../../../../src/core/emulator/emulator.ts';
import { functionSettings } from '../../../../src/core/emulator/functionSettings.ts';
import { LayerStore } from '../../../../src/core/opt/layerStack.ts';
import { chooseIsolation } from '../../../../src/core/run/chooseIsolation.ts';
import { FunctionLauncher, type LauncherOptions } from '../../../../src/core/run/functionLauncher.ts';
import type { Isolation, IsolationName } from '../../../../src/core/run/isolation.ts';
import { LayerCache } from '../../../../src/core/run/layerCache.ts';
import { codeIn } from '../../../support/functionCode.ts';
import { processesNaming, until } from '../../../support/processes.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { type TreeEntry, writeTree } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

/** A runtime in bash and curl, as in the custom runtime tutorial: the handler is a function in the code. */
const runtime = `#!/bin/bash
set -u
source "$LAMBDA_TASK_ROOT/$(cut -d. -f1 <<< "$_HANDLER").sh"
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers="$(mktemp)"
  event="$(curl -sS -D "$headers" "$api/next")"
  id="$(grep -i lambda-runtime-aws-request-id "$headers" | tr -d '[:space:]' | cut -d: -f2)"
  rm "$headers"
  answer="$("$(cut -d. -f2 <<< "$_HANDLER")" "$event")"
  curl -sS -o /dev/null -d "$answer" "$api/$id/response"
done
`;

/** What a start without a debugger is. */
const unchanged = {
  variables: {},
  command: (executable: string) => [executable],
  detach: () => Promise.resolve(),
};

describe('The launcher of a function', () => {
  const emulators: Emulator[] = [];
  afterEach(() => Promise.all(emulators.splice(0).map((emulator) => emulator.stop())));
  const temporaryFolder = useTemporaryFolders();

  interface Given {
    readonly code: Readonly<Record<string, TreeEntry>>;
    readonly isolation?: IsolationName;
    readonly bootstrap?: TreeEntry;
    readonly options?: Partial<LauncherOptions>;
  }

  async function start({ code, isolation = 'namespace', bootstrap, options = {} }: Given) {
    const work = temporaryFolder();
    const library = writeTree(join(work, 'library'), { 'lib/greeting': 'hello', 'lib/name': 'library' });
    const zip = await writeZip(join(work, 'runtime.zip'), {
      bootstrap: bootstrap ?? { text: runtime, mode: 0o755 },
      'lib/name': 'runtime',
      'bin/greet': { text: '#!/bin/sh\ncat "$1/lib/greeting"\n', mode: 0o755 },
    });
    const codeFolder = writeTree(join(work, 'code'), code);
    const sessionFolder = join(work, 'session');
    const problems: string[] = [];
    const pids: number[] = [];
    const log: string[] = [];
    const store = new LayerStore();
    const settings = functionSettings({ functionName: 'echo', timeoutMs: 20_000 });
    const launcher = new FunctionLauncher({
      identity: { ...settings, initializationType: 'on-demand' },
      architecture: 'x86_64',
      variables: { GREETED: 'world' },
      files: { code: () => Promise.resolve(codeIn(codeFolder)), view: () => store.view([library, zip]) },
      isolation: await chooseIsolation(isolation, () => undefined),
      cache: new LayerCache(join(work, 'cache')),
      sessionFolder,
      runExtensions: true,
      prepareDebugger: () => Promise.resolve(unchanged),
      isTalk: (line) => line.startsWith('debugger: '),
      onStarted: ({ pid }) => pids.push(pid),
      onProblem: ({ help }) => problems.push(help),
      ...options,
    });
    const emulator = new Emulator({ settings, environment: launcher, logger: silentLogger });
    emulators.push(emulator);
    emulator.onLog(({ text }) => log.push(text));
    await emulator.start();
    const invoke = async (event: unknown) => {
      const { payload } = await emulator.invoke({ payload: JSON.stringify(event) });
      return JSON.parse(Buffer.from(payload).toString()) as unknown;
    };
    return { work, codeFolder, sessionFolder, emulator, launcher, invoke, problems, pids, log };
  }

  for (const isolation of ['namespace', 'directory'] as const) {
    it(`runs a function of layers and code, end to end (${isolation})`, async () => {
      const opt = isolation === 'namespace' ? '/opt' : '$(dirname "$0")';
      const { invoke, log, emulator, work } = await start({
        isolation,
        code: {
          'function.sh': `handler() {
            echo "got $1" >&2
            printf '["%s %s","%s",%s]' "$(greet ${opt})" "$GREETED" "$(cat ${opt}/lib/name)" "$1"
          }\n`,
        },
      });
      assert.deepEqual(await invoke({ n: 1 }), ['hello world', 'runtime', { n: 1 }]);
      assert.deepEqual(await invoke([2]), ['hello world', 'runtime', [2]]);
      assert.ok(log.some((line) => line.includes('got {"n":1}')));
      await emulator.stop();
      assert.deepEqual(processesNaming(work), []);
    });
  }

  it('starts a fresh process after a crash, in which /tmp is as it was', async () => {
    const { invoke, pids, sessionFolder } = await start({
      code: {
        'function.sh': `handler() {
          [ "$1" = '"crash"' ] && { kill -SEGV $$; exit; }
          echo x >> /tmp/count
          echo "[$(wc -l < /tmp/count)]"
        }\n`,
      },
    });
    const [first] = (await invoke('count')) as [number];
    const crash = (await invoke('crash')) as { errorType: string; errorMessage: string };
    assert.equal(crash.errorType, 'Runtime.ExitError');
    assert.match(crash.errorMessage, /signal: segmentation fault/);
    const [second] = (await invoke('count')) as [number];
    assert.deepEqual([first, second], [1, 2]);
    assert.equal(new Set(pids).size, 2);
    assert.equal(readFileSync(join(sessionFolder, 'tmp/count'), 'utf8'), 'x\nx\n');
    // What the first environment had is gone; the second one's work folder is there.
    assert.deepEqual(readdirSync(sessionFolder).sort(), ['environment-2', 'tmp']);
  });

  it('gives the process id of the bootstrap itself', async () => {
    const { invoke, pids } = await start({ code: { 'function.sh': 'handler() { echo 1; }\n' } });
    await invoke(null);
    assert.match(readFileSync(`/proc/${pids[0] ?? 0}/cmdline`, 'latin1'), /^\/bin\/bash\0\/opt\/bootstrap\0/);
  });

  it('keeps the debugger’s own talk out of the log', async () => {
    const { invoke, log } = await start({
      code: { 'function.sh': 'echo "debugger: listening" >&2; echo "debugger" >&2\nhandler() { echo 1; }\n' },
    });
    await invoke(null);
    assert.deepEqual(
      log.filter((line) => line.startsWith('debugger')),
      ['debugger'],
    );
  });

  for (const isolation of ['namespace', 'directory'] as const) {
    it(`hands over what the bootstrap writes for its debugger, which is no part of the log (${isolation})`, async () => {
      let traced = '';
      const onTrace = (chunk: Buffer) => void (traced += chunk.toString());
      const { invoke, log } = await start({
        isolation,
        code: { 'function.sh': 'handler() { echo traced >&3; echo logged >&2; echo 1; }\n' },
        options: { prepareDebugger: () => Promise.resolve({ ...unchanged, onTrace }) },
      });
      await invoke(null);
      await until(() => traced !== '');
      assert.equal(traced, 'traced\n');
      assert.ok(log.includes('logged') && !log.includes('traced'), log.join('\n'));
    });
  }

  for (const isolation of ['namespace', 'directory'] as const) {
    it(`ends what left its process group and its session (${isolation})`, async () => {
      const greeted = randomUUID();
      const { invoke, emulator } = await start({
        isolation,
        options: { variables: { GREETED: greeted } },
        code: {
          'function.sh': `handler() {
            setsid sh -c 'exec sleep 1000' </dev/null >/dev/null 2>&1 &
            echo 1
          }\n`,
        },
      });
      assert.equal(await invoke(null), 1);
      await until(() => sleepers(greeted).length > 0);
      await emulator.stop();
      await until(() => sleepers(greeted).length === 0);
    });
  }

  /** Processes of the function that sleep; they know the session by their environment. */
  function sleepers(greeted: string): number[] {
    return processesNaming(`GREETED=${greeted}`).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sleep\0'),
    );
  }

  it('ends processes that use more memory than they may', async () => {
    const { invoke } = await start({
      code: {
        'function.sh': `handler() { exec "${process.execPath}" -e 'const b = Buffer.alloc(200e6, 1); setTimeout(() => b, 20000)'; }\n`,
      },
      options: { memoryLimitBytes: 128 * 2 ** 20 },
    });
    assert.match(JSON.stringify(await invoke(null)), /Runtime exited with error: signal: killed/);
  });

  it('sees what was changed in a folder when it starts again', async () => {
    const { invoke, codeFolder } = await start({
      code: { 'function.sh': `handler() { [ "$1" = 1 ] && { kill $$; exit; }; echo '"old"'; }\n` },
    });
    assert.equal(await invoke(0), 'old');
    writeTree(codeFolder, { 'function.sh': `handler() { echo '"new"'; }\n` });
    assert.match(JSON.stringify(await invoke(1)), /signal: terminated/);
    assert.equal(await invoke(0), 'new');
  });

  it('tells in words that help why a bootstrap cannot start, and in Lambda’s to the function', async () => {
    const { invoke, problems, sessionFolder } = await start({
      code: {},
      bootstrap: { text: runtime, mode: 0o644 },
    });
    const answer = (await invoke(0)) as { errorType: string; errorMessage: string };
    assert.equal(answer.errorType, 'Runtime.InvalidEntrypoint');
    assert.match(answer.errorMessage, /fork\/exec \/opt\/bootstrap: permission denied$/);
    assert.match(problems[0] ?? '', /chmod \+x/);
    assert.equal(existsSync(sessionFolder), false);
  });

  it('leaves nothing of a start that fails half-way', async () => {
    const fail = () => {
      throw new Error('no debugger');
    };
    for (const isolation of ['namespace', 'directory'] as const) {
      for (const options of [
        { onStarted: fail },
        { prepareDebugger: () => Promise.reject(new Error('no debugger')) },
      ]) {
        const { invoke, sessionFolder, work } = await start({
          code: { 'function.sh': 'exec sleep 1000' },
          isolation,
          options,
        });
        assert.match(JSON.stringify(await invoke(0)), /no debugger/);
        assert.deepEqual(readdirSync(sessionFolder), ['tmp']);
        assert.deepEqual(processesNaming(work), []);
      }
    }
  });

  it('starts nothing once it is cancelled, before or while its root is made', async () => {
    const namespaces = await chooseIsolation('namespace', () => undefined);
    const cancel = new AbortController();
    const isolation: Isolation = {
      ...namespaces,
      createRoot: async (request) => {
        const root = await namespaces.createRoot(request);
        cancel.abort();
        return root;
      },
    };
    for (const signal of [AbortSignal.abort(), cancel.signal]) {
      const { launcher, sessionFolder, work, pids } = await start({ code: {}, options: { isolation } });
      await assert.rejects(launcher.prepare(signal), { name: 'AbortError' });
      assert.equal(existsSync(join(sessionFolder, 'environment-1')), false);
      assert.deepEqual([pids, processesNaming(work)], [[], []]);
    }
  });

  it('tells how a process ended although its folders cannot be let go of', async () => {
    const isolation = await chooseIsolation('directory', () => undefined);
    const broken: Isolation = {
      ...isolation,
      createRoot: async (request) => ({
        ...(await isolation.createRoot(request)),
        release: () => Promise.reject(new Error('still busy')),
      }),
    };
    const { launcher } = await start({
      code: { bootstrap: { text: '#!/bin/sh\nexit 7\n', mode: 0o755 } },
      options: { isolation: broken },
    });
    const prepared = await launcher.prepare(new AbortController().signal);
    const access = { runtimeApi: '127.0.0.1:1', metadataToken: randomUUID() };
    const process = await prepared.startRuntime({ ...access, onOutput: () => undefined });
    assert.deepEqual(await process.exited, { code: 7, signal: null });
    await assert.rejects(prepared.release(), /still busy/);
  });
});
