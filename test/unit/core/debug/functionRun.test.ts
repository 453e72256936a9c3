import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../../src/core/base/logger.ts';
import { noDebuggers } from '../../../../src/core/debug/debuggers/editorDebuggers.ts';
import { FunctionRun } from '../../../../src/core/debug/functionRun.ts';
import { readLaunchConfiguration } from '../../../../src/core/debug/launchConfiguration.ts';
import { LayerStore } from '../../../../src/core/opt/layerStack.ts';
import { LayerCache } from '../../../../src/core/run/layerCache.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { describeFolder } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

/** A bootstrap that answers every event with what a command prints. */
const answering = (command: string) => ({
  mode: 0o755,
  text: `#!/bin/bash
base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
  id=$(curl -sS -D - -o /dev/null "$base/next" | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi')
  curl -sS -o /dev/null -d "$(${command})" "$base/$id/response"
done
`,
});

describe('A run of a function', () => {
  const temporaryFolder = useTemporaryFolders();
  const runs: FunctionRun[] = [];
  afterEach(() => Promise.all(runs.splice(0).map((run) => run.stop())));

  async function open(work: string, code: string, more: Readonly<Record<string, unknown>>) {
    mkdirSync(join(work, 'sessions'), { recursive: true });
    const problems: string[] = [];
    const run = await FunctionRun.open(
      readLaunchConfiguration({ code, timeout: 60, debugger: 'none', ...more }),
      { code, layers: [], envFile: undefined },
      {
        store: new LayerStore(),
        cache: new LayerCache(join(work, 'cache')),
        temporaryParent: join(work, 'sessions'),
        logger: silentLogger,
      },
      { editor: noDebuggers, notice: () => undefined, problem: (text) => problems.push(text) },
    );
    runs.push(run);
    const invoke = async () => Buffer.from((await run.invoke('{}')).payload).toString();
    return { run, invoke, problems };
  }

  for (const isolation of ['namespace', 'directory'] as const) {
    it(`takes changed code that is a zip (${isolation})`, async () => {
      const work = temporaryFolder();
      const code = await writeZip(join(work, 'code.zip'), { bootstrap: answering('echo old') });
      const { run, invoke } = await open(work, code, { isolation });
      assert.equal(await invoke(), 'old');
      await writeZip(code, { bootstrap: answering('echo changed') });
      run.reload();
      assert.equal(await invoke(), 'changed');
    });

    it(`leaves the cache of unpacked zips as it is, whatever the function writes (${isolation})`, async () => {
      const work = temporaryFolder();
      const code = await writeZip(join(work, 'code.zip'), {
        bootstrap: answering('cat word; { echo written > word; } 2>&1'),
        word: 'given',
      });
      const { run, invoke } = await open(work, code, { isolation });
      assert.match(await invoke(), /^given/);
      await run.stop();
      const files = describeFolder(join(work, 'cache')).filter((line) => line.includes('word'));
      const again = await open(work, code, { isolation });
      assert.match(await again.invoke(), /^given/);
      assert.deepEqual(
        describeFolder(join(work, 'cache')).filter((line) => line.includes('word')),
        files,
      );
    });
  }
});
