import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processesNaming, until } from '../../../support/processes.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { writeTree } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

/** A runtime in bash whose function does what is worst in each of these cases. */
const bootstrap = `#!/bin/bash
base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
trap '' TERM
while :; do
  id=$(curl -sS -D - -o /tmp/event "$base/next" | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi')
  event=$(cat /tmp/event)
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
    this.timeout(240_000);
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
});
