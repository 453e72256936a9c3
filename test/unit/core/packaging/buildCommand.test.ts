import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBuild } from '../../../../src/core/packaging/buildCommand.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { userError } from '../../../support/userError.ts';

describe('The build command of a layer', () => {
  const temporaryFolder = useTemporaryFolders();
  const ignore = (): void => undefined;

  it('runs in a shell in its folder, and its lines are told', async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    const command = 'mkdir -p layer/bin && echo made > layer/bin/tool && echo out && echo "$HOME" >&2';
    await runBuild({ command, folder }, { onLine: (line) => lines.push(line) });
    assert.equal(readFileSync(join(folder, 'layer/bin/tool'), 'utf8'), 'made\n');
    assert.deepEqual([...lines].sort(), ['out', process.env['HOME'] ?? ''].sort());
  });

  it('gets the variables of the person, not those that the editor tells its own processes', async () => {
    const lines: string[] = [];
    process.env['ELECTRON_RUN_AS_NODE'] = 'told';
    process.env['LAYER_BUILD_TEST'] = 'own';
    try {
      await runBuild({ command: 'env', folder: temporaryFolder() }, { onLine: (line) => lines.push(line) });
    } finally {
      delete process.env['ELECTRON_RUN_AS_NODE'];
      delete process.env['LAYER_BUILD_TEST'];
    }
    assert.ok(lines.includes('LAYER_BUILD_TEST=own'));
    assert.ok(!lines.some((line) => line.startsWith('ELECTRON_RUN_AS_NODE')));
  });

  it('is named with its end and its last lines when it fails', async () => {
    const build = { command: 'for i in 1 2 3 4; do echo line $i; done; exit 7', folder: temporaryFolder() };
    await assert.rejects(
      runBuild(build, { onLine: ignore }),
      userError('BuildFailed', 'exit 7', 'ended with 7: line 2: line 3: line 4'),
    );
    const nowhere = { command: 'true', folder: join(temporaryFolder(), 'nowhere') };
    await assert.rejects(runBuild(nowhere, { onLine: ignore }), userError('BuildFailed', 'true'));
  });

  it('ends with everything that it started when it is cancelled', async () => {
    const folder = temporaryFolder();
    const abort = new AbortController();
    const command = '(sleep 60; touch late) & echo started; wait';
    const running = runBuild({ command, folder }, { signal: abort.signal, onLine: () => abort.abort() });
    await assert.rejects(running, { name: 'AbortError' });
    assert.ok(!existsSync(join(folder, 'late')));
  });
});
