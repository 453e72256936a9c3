import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../../src/core/base/logger.ts';
import { type EditorDebuggers, noDebuggers } from '../../../../src/core/debug/debuggers/editorDebuggers.ts';
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
  headers=$(curl -sS -D - -o /dev/null "$base/next" | tr -d '\\r')
  id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi' <<< "$headers")
  curl -sS -o /dev/null -d "$(${command})" "$base/$id/response"
done
`,
});

describe('A run of a function', () => {
  const runs: FunctionRun[] = [];
  afterEach(() => Promise.all(runs.splice(0).map((run) => run.stop())));
  const temporaryFolder = useTemporaryFolders();

  async function open(
    work: string,
    code: string,
    more: Readonly<Record<string, unknown>>,
    editor: EditorDebuggers = noDebuggers,
  ) {
    mkdirSync(join(work, 'sessions'), { recursive: true });
    const [notices, problems]: [string[], string[]] = [[], []];
    const run = await FunctionRun.open(
      readLaunchConfiguration({ code, timeout: 60, debugger: 'none', ...more }),
      { code, layers: [], envFile: undefined },
      {
        store: new LayerStore(),
        cache: new LayerCache(join(work, 'cache')),
        temporaryParent: join(work, 'sessions'),
        logger: silentLogger,
      },
      { editor, notice: (text) => notices.push(text), problem: (text) => problems.push(text) },
    );
    runs.push(run);
    const invoke = async () => Buffer.from((await run.invoke('{}')).payload).toString();
    return { run, invoke, notices, problems };
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

  it('is told a deadline 15 minutes later while a debugger is attached, and the exact one without', async () => {
    const work = temporaryFolder();
    const deadline = `echo $(($(sed -n 's/^Lambda-Runtime-Deadline-Ms: //pi' <<< "$headers") - $(date +%s%3N)))`;
    const code = await writeZip(join(work, 'code.zip'), { bootstrap: answering(deadline) });
    const editor: EditorDebuggers = {
      extensionFolder: () => '/extension',
      setting: () => undefined,
      linkTo: (path) => path,
      attach: () => ({
        attached: Promise.resolve(),
        ended: new Promise(() => undefined),
        detach: () => Promise.resolve(),
      }),
    };
    const own = { type: 'own', request: 'attach' };
    for (const [given, leastMs] of [
      [own, 900_000],
      ['none', 0],
    ] as const) {
      const { invoke, notices, run } = await open(work, code, { debugger: given }, editor);
      const remainders = [Number(await invoke()), Number(await invoke())];
      assert.ok(
        remainders.every((ms) => ms > leastMs + 30_000 && ms <= leastMs + 60_000),
        String(remainders),
      );
      assert.equal(notices.filter((text) => text.includes('deadline')).length, given === 'none' ? 0 : 1);
      await run.stop();
    }
  });

  it('says when the function is configured for another machine, and why a program of "env" is not found', async () => {
    const work = temporaryFolder();
    const code = await writeZip(join(work, 'code.zip'), {
      bootstrap: { text: '#!/usr/bin/env none-such\n', mode: 0o755 },
    });
    const architecture = process.arch === 'arm64' ? 'x86_64' : 'arm64';
    const { invoke, notices, problems } = await open(work, code, { architecture });
    assert.match(await invoke(), /exit status 127/);
    assert.match(notices[0] ?? '', /"architecture" is \w+, this machine is \w+/);
    assert.match(problems[0] ?? '', /"none-such", which is nowhere on the function's PATH/);
  });
});
