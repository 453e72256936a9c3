import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../scripts/lib/command.ts';
import { node24, root } from '../../scripts/lib/prepare.mjs';
import { Workbench } from './support/workbench.ts';

describe('the packaged extension', () => {
  let folder: string;
  let workbench: Workbench | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lambda-layers-vsix-'));
  });

  after(async () => {
    await workbench?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('installs and shows its view container', async function () {
    this.timeout(240_000);
    const vsix = join(folder, 'lambda-layers.vsix');
    const packaged = await runCommand(node24, [join(root, 'scripts', 'package.mjs'), '--out', vsix], {
      output: 'capture',
    });
    assert.equal(packaged.code, 0, packaged.output);
    console.log(`      packaged: ${((await stat(vsix)).size / 1024).toFixed(1)} KB`);

    workbench = await Workbench.open({ vsix });
    await workbench.openSideBar('Lambda Layers');
    const errors = (await workbench.notifications()).filter(({ severity }) => severity === 'error');
    assert.deepEqual(errors, []);
  });
});
