import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openDebugRun } from '../../../support/debugRun.ts';
import { runAsOrdinaryUser } from '../../../support/ordinaryUser.ts';
import { processesNaming, until } from '../../../support/processes.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

/** A runtime in bash whose function does what is worst in each of these cases. */
const bootstrap = `#!/bin/bash
base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
trap '' TERM
while :; do
  file=$(mktemp)
  id=$(curl -sS -D - -o "$file" "$base/next" | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi')
  event=$(cat "$file"; rm "$file")
  case $event in
    '"fork"') (setsid sleep 1000 > /dev/null 2>&1 &) ;;
    '"hang"') sleep 1000 ;;
    '"exit"') exit 0 ;;
    '"flood"') head -c 100000000 /dev/zero | tr '\\0' x | fold -w 100 ;;
  esac
  curl -sS -o /dev/null -d "$event" "$base/$id/response"
done
`;

/** Waits for a signal also while it waits for an event, which is why curl is in the background. */
const unwilling = `#!/bin/bash
base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
trap 'echo no' TERM
while :; do
  file=$(mktemp)
  curl -sS -D "$file" -o /dev/null "$base/next" & call=$!
  while kill -0 $call 2> /dev/null; do wait $call; done
  id=$(tr -d '\\r' < "$file" | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi')
  curl -sS -o /dev/null -d done "$base/$id/response"
done
`;

/** An extension that uses all the time that there is for the end. */
const lingering = `#!/bin/bash
base="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
id=$(curl -sS -D - -o /dev/null -H "Lambda-Extension-Name: lingering" -d '{"events":["SHUTDOWN"]}' "$base/register" |
  tr -d '\\r' | sed -n 's/^Lambda-Extension-Identifier: //pi')
curl -sS -H "Lambda-Extension-Identifier: $id" "$base/event/next"
echo
sleep 1000
`;

/** Takes as many connections to the Runtime API as it may, and keeps them, before it does its work. */
const greedy = bootstrap.replace(
  '#!/bin/bash',
  `#!/bin/bash
for each in {1..500}; do exec {connection}<> "/dev/tcp/\${AWS_LAMBDA_RUNTIME_API/:/\\/}" || exit 9; done`,
);

describe('A debug run', () => {
  const temporaryFolder = useTemporaryFolders();

  async function prepare(files: Readonly<Record<string, string>> = { bootstrap }) {
    const work = temporaryFolder();
    writeTree(work, { 'code/README': '' });
    const zip = await runtimeZip(work, files);
    return { work, zip, program: await bundle(work) };
  }

  function runtimeZip(work: string, files: Readonly<Record<string, string>>): Promise<string> {
    const entries = Object.entries(files).map(([name, text]) => [name, { text, mode: 0o755 }] as const);
    return writeZip(join(work, `runtime-${randomUUID()}.zip`), Object.fromEntries(entries));
  }

  /** The program that runs sessions, as one file that starts quickly. */
  async function bundle(work: string): Promise<string> {
    const outfile = join(work, 'host.mjs');
    const entry = fileURLToPath(new URL('../../../support/sessionHost.ts', import.meta.url));
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' });
    return outfile;
  }

  type Prepared = Awaited<ReturnType<typeof prepare>>;

  /** Starts that program; it prints a line when each session begins. What it starts has its working folder. */
  function host({ work, zip, program }: Prepared, events: readonly string[]): ChildProcess {
    return spawn(process.execPath, [program, work, zip, ...events], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: work },
      cwd: work,
    });
  }

  /** Lets it run to its end, and looks at what it still had open there. */
  async function runHost(prepared: Prepared, events: readonly string[]): Promise<void> {
    const child = host(prepared, events);
    let output = '';
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0);
    assert.match(output, /^open \[\]$/m);
  }

  /** What is not there any more when nothing was left behind. */
  function remains({ work }: Prepared) {
    const left = (folder: string, prefix: string) =>
      readdirSync(join(work, folder)).filter((name) => name.startsWith(prefix));
    return {
      processes: processesNaming(work).length,
      mounts: readFileSync('/proc/mounts', 'utf8').includes(work),
      sessions: left('', 'lambda-layers-'),
      unfinished: left('cache', 'unfinished-'),
    };
  }
  const nothing = { processes: 0, mounts: false, sessions: [], unfinished: [] };

  it('leaves nothing, in 200 of them, a third of which end with the program at a random moment', async function () {
    this.timeout(600_000);
    const prepared = await prepare();
    const events = ['"fork"', '1', '"exit"', '"hang"'];
    const stopped = runHost(
      prepared,
      Array.from({ length: 134 }, (_, index) => events[index % 4] ?? '1'),
    );
    const killed = (async () => {
      for (let round = 0; round < 66; round++) {
        // A zip of its own, so that it may end while that is unpacked.
        const zip = await runtimeZip(prepared.work, { bootstrap, unique: String(round) });
        const child = host({ ...prepared, zip }, ['"fork"', '"hang"', '1']);
        const closed = once(child, 'close'); // from here on: it may end before it is killed
        assert.ok(child.stdout);
        await once(child.stdout, 'data');
        await setTimeout(Math.random() * 300);
        child.kill('SIGKILL');
        await closed;
      }
    })();
    await Promise.all([stopped, killed]);
    await until(() => remains(prepared).processes === 0);
    // The next session removes the folders of those that were killed, and what they had begun to unpack.
    const zip = await runtimeZip(prepared.work, { bootstrap, unique: 'last' });
    await runHost({ ...prepared, zip }, ['1']);
    assert.deepEqual(remains(prepared), nothing);
  });

  it('goes on after 100 MB of output', async function () {
    this.timeout(120_000);
    const prepared = await prepare();
    await runHost(prepared, ['"flood"', '1']);
    assert.deepEqual(remains(prepared), nothing);
  });

  for (const isolation of ['namespace', 'directory']) {
    it(`ends although its runtime ignores the request to, and an extension stays, with isolation "${isolation}"`, async () => {
      const prepared = await prepare({ bootstrap: unwilling, 'extensions/lingering': lingering });
      const { run, log } = await openDebugRun(prepared.work, [prepared.zip], { isolation });
      assert.equal(Buffer.from((await run.invoke('1')).payload).toString(), 'done');
      await run.stop();
      assert.ok(log.includes('no'), 'the runtime was not asked');
      assert.match(log.join('\n'), /^{.*"eventType":"SHUTDOWN".*}$/m);
      assert.deepEqual(remains(prepared), nothing);
    });

    it(`answers, and ends, although its bootstrap hangs in its init, with isolation "${isolation}"`, async () => {
      const prepared = await prepare({ bootstrap: '#!/bin/sh\ntrap "" TERM\nsleep 1000\n' });
      const limits = { isolation, initTimeout: 1, timeout: 1 };
      const { run } = await openDebugRun(prepared.work, [prepared.zip], limits);
      run.begin();
      assert.equal((await run.invoke('1')).status, 'timeout');
      run.begin(); // hangs again
      await run.stop();
      assert.deepEqual(remains(prepared), nothing);
    });

    it(`goes on with a bootstrap that takes all connections it can get, with isolation "${isolation}"`, async () => {
      const prepared = await prepare({ bootstrap: greedy });
      const { run } = await openDebugRun(prepared.work, [prepared.zip], { isolation });
      for (const event of ['1', '2'])
        assert.equal(Buffer.from((await run.invoke(event)).payload).toString(), event);
      await run.stop();
      await assert.rejects(fetch(run.addresses.invokeUrl));
      assert.deepEqual(remains(prepared), nothing);
    });
  }

  it('works for an ordinary user in both isolations', async () => {
    const { work, zip } = await prepare();
    const answers = await runAsOrdinaryUser(
      work,
      `
      import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
      import { LayerStore } from './core/opt/layerStack.ts';
      import { LayerCache } from './core/run/layerCache.ts';
      import { noDebuggers } from './core/debug/debuggers/editorDebuggers.ts';
      import { FunctionRun } from './core/debug/functionRun.ts';
      import { readLaunchConfiguration } from './core/debug/launchConfiguration.ts';
      import { silentLogger as logger } from './core/base/logger.ts';
      const here = process.cwd();
      mkdirSync('code');
      const answers = [];
      for (const isolation of ['namespace', 'directory']) {
        const configuration = readLaunchConfiguration({ code: here + '/code', isolation, timeout: 60, debugger: 'none' });
        const files = { code: here + '/code', layers: [${JSON.stringify(zip)}], envFile: undefined };
        const services = { store: new LayerStore(), cache: new LayerCache(here + '/cache'), temporaryParent: here, logger };
        const listener = { editor: noDebuggers, notice: () => undefined, problem: (text) => answers.push(text) };
        const run = await FunctionRun.open(configuration, files, services, listener);
        run.begin();
        answers.push(Buffer.from((await run.invoke('{"n":1}')).payload).toString());
        await run.stop();
      }
      console.log(JSON.stringify(answers));
    `,
    );
    assert.deepEqual(answers, ['{"n":1}', '{"n":1}']);
  });
});
