import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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

describe('A debug run', () => {
  const temporaryFolder = useTemporaryFolders();

  async function prepare() {
    const work = temporaryFolder();
    writeTree(work, { 'code/README': '' });
    const zip = await writeZip(join(work, 'runtime.zip'), { bootstrap: { text: bootstrap, mode: 0o755 } });
    return { work, zip, code: join(work, 'code') };
  }

  /** Starts a program that runs sessions one after the other and says when each begins and ends. */
  function host(work: string, zip: string, events: readonly string[]): ChildProcess {
    const program = fileURLToPath(new URL('../../../support/sessionHost.ts', import.meta.url));
    return spawn(process.execPath, [program, work, zip, ...events], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: work },
    });
  }

  function remains(work: string) {
    return {
      processes: processesNaming(work).length,
      mounts: readFileSync('/proc/mounts', 'utf8').includes(work),
      sessions: readdirSync(work).filter((name) => name.startsWith('lambda-layers-')),
    };
  }

  it('leaves nothing, in 200 of them, a third of which end with the program at a random moment', async function () {
    this.timeout(600_000);
    const { work, zip } = await prepare();
    const events = ['"fork"', '1', '"exit"', '"hang"'];
    const stopped = host(
      work,
      zip,
      Array.from({ length: 134 }, (_, index) => events[index % 4] ?? '1'),
    );
    const killed = (async () => {
      for (let round = 0; round < 66; round++) {
        const child = host(work, zip, ['"fork"', '"hang"', '1']);
        assert.ok(child.stdout);
        await once(child.stdout, 'data');
        await setTimeout(Math.random() * 300);
        child.kill('SIGKILL');
        await once(child, 'close');
      }
    })();
    const ended = once(stopped, 'close') as Promise<[number | null]>;
    await killed;
    const [code] = await ended;
    assert.equal(code, 0);
    await until(() => remains(work).processes === 0);
    const last = host(work, zip, ['1']); // the next session removes the folders of those that were killed
    await once(last, 'close');
    assert.deepEqual(remains(work), { processes: 0, mounts: false, sessions: [] });
  });

  it('goes on after 100 MB of output', async function () {
    this.timeout(120_000);
    const { work, zip } = await prepare();
    const child = host(work, zip, ['"flood"', '1']);
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0);
    assert.deepEqual(remains(work), { processes: 0, mounts: false, sessions: [] });
  });

  it('works for an ordinary user in both isolations', async () => {
    const { work } = await prepare();
    const answers = await runAsOrdinaryUser(
      work,
      `
      import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
      import { LayerStore } from './core/opt/layerStack.ts';
      import { LayerCache } from './core/run/layerCache.ts';
      import { FunctionRun } from './core/debug/functionRun.ts';
      import { readLaunchConfiguration } from './core/debug/launchConfiguration.ts';
      import { silentLogger as logger } from './core/base/logger.ts';
      const here = process.cwd();
      mkdirSync('code');
      const answers = [];
      for (const isolation of ['namespace', 'directory']) {
        const configuration = readLaunchConfiguration({ code: here + '/code', isolation, timeout: 60, debugger: 'none' });
        const files = { code: here + '/code', layers: [here + '/../runtime.zip'], envFile: undefined };
        const services = { store: new LayerStore(), cache: new LayerCache(here + '/cache'), temporaryParent: here, logger };
        const listener = { attach: async () => undefined, notice: () => undefined, problem: (text) => answers.push(text) };
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
