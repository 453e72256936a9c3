import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { directoryIsolation } from '../../../../src/core/run/directoryIsolation.ts';
import { ProcessGroup } from '../../../../src/core/run/processGroup.ts';
import { codeIn } from '../../../support/functionCode.ts';
import { openView } from '../../../support/openTree.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { describeFolder, describeView, writeTree } from '../../../support/tree.ts';
import { writeZip } from '../../../support/zip.ts';

describe('The isolation by a directory', () => {
  const temporaryFolder = useTemporaryFolders();

  async function prepare() {
    const work = temporaryFolder();
    const first = writeTree(join(work, 'first'), { 'lib/x': 'first', 'lib/y': 'first' });
    const second = await writeZip(join(work, 'second.zip'), {
      'lib/x': 'second',
      'lib/': { directory: 0o555 },
    });
    const view = await openView(first, second);
    const code = writeTree(join(work, 'code'), {
      run: { text: '#!/bin/sh\npwd\ncat "$0" | wc -l\n', mode: 0o755 },
    });
    const workFolder = join(work, 'work');
    const request = {
      layerFolders: [],
      layers: view.layers,
      code: codeIn(code),
      workFolder,
      temporaryFolder: work,
    };
    return { work, view, code, workFolder, request };
  }

  it('always works, and says what differs from Lambda', async () => {
    assert.equal(await directoryIsolation.unavailable(), undefined);
    assert.match(directoryIsolation.caveat ?? '', /\/opt/);
  });

  it('copies what the merged view shows', async () => {
    const { view, request } = await prepare();
    const root = await directoryIsolation.createRoot(request);
    assert.deepEqual(describeFolder(root.opt), await describeView(view));
    await root.release();
  });

  it('runs the code where it is', async () => {
    const { code, request } = await prepare();
    const root = await directoryIsolation.createRoot(request);
    assert.equal(root.task, code);
    const lines: string[] = [];
    const group = await ProcessGroup.start(root.command(join(root.task, 'run')), {
      env: { PATH: '/usr/bin:/bin' },
      onLine: (line) => lines.push(line),
    });
    assert.equal((await group.exited).code, 0);
    assert.equal(lines[0], code);
    assert.equal(await root.processId(group.pid), group.pid);
  });

  it('runs a copy of zipped code, so that the cache of unpacked zips stays as it is', async () => {
    const { work, code, request } = await prepare();
    writeTree(code, { 'lib/': { directory: 0o555 }, link: { link: '/var/task/run' } });
    const before = describeFolder(code);
    const root = await directoryIsolation.createRoot({
      ...request,
      code: { path: join(work, 'code.zip'), folder: code },
    });
    assert.notEqual(root.task, code);
    assert.deepEqual(describeFolder(root.task), before);
    writeTree(root.task, { run: 'changed', added: '' });
    assert.deepEqual(describeFolder(code), before);
  });

  it('leaves nothing when it is cancelled', async () => {
    const { workFolder, request } = await prepare();
    const creating = directoryIsolation.createRoot({ ...request, signal: AbortSignal.abort() });
    await assert.rejects(creating, { name: 'AbortError' });
    assert.deepEqual(existsSync(workFolder) ? readdirSync(workFolder) : [], []);
  });
});
