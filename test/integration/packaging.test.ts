import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeFolder } from '../support/tree.ts';
import { workspaceFolder } from './support/debugging.ts';

interface Packaged {
  readonly file: string;
  readonly sha256Base64: string;
  readonly zippedBytes: number;
  readonly unzippedBytes: number;
  readonly entries: number;
}

describe('Packaging a layer', () => {
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'))));
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  const pack = (options: object) =>
    vscode.commands.executeCommand<Packaged>('lambdaLayers.packageLayer', options);

  it('gives a zip from which unzip restores names, bytes, modes and links', async () => {
    const packaged = await pack({ path: 'greetings', output: join(work, 'greetings.zip') });
    execFileSync('unzip', ['-q', packaged.file, '-d', join(work, 'unzipped')]);
    const folder = join(workspaceFolder().uri.fsPath, 'layers/greetings');
    assert.deepEqual(describeFolder(join(work, 'unzipped')), describeFolder(folder));
  });

  it('gives the same bytes twice, and reports them as AWS does', async () => {
    const first = await pack({ path: 'greetings', output: join(work, 'first.zip') });
    const second = await pack({ path: 'greetings', output: join(work, 'second.zip') });
    const bytes = readFileSync(first.file);
    assert.ok(bytes.equals(readFileSync(second.file)));
    assert.equal(first.sha256Base64, createHash('sha256').update(bytes).digest('base64'));
    assert.equal(first.zippedBytes, bytes.length);
    assert.ok(first.entries >= 5 && first.unzippedBytes > 0);
    assert.deepEqual(readdirSync(work).sort(), ['first.zip', 'second.zip']);
  });

  describe('that has a build command', () => {
    const settings = () => vscode.workspace.getConfiguration('lambdaLayers', workspaceFolder().uri);
    const use = async (buildCommand: string) => {
      const path = join(work, 'built');
      const others = settings()
        .get<{ name: string }[]>('layers', [])
        .filter(({ name }) => name !== 'built');
      const layers = [...others, { name: 'built', path, buildCommand }];
      await settings().update('layers', layers, vscode.ConfigurationTarget.WorkspaceFolder);
    };
    let before: unknown;
    beforeEach(() => (before = settings().inspect('layers')?.workspaceFolderValue));
    afterEach(() => settings().update('layers', before, vscode.ConfigurationTarget.WorkspaceFolder));
    const content = (file: string) =>
      execFileSync('unzip', ['-p', file, 'bin/where'], { encoding: 'utf8' }).trim();

    it('builds it first, in the workspace folder', async () => {
      await use(`mkdir -p ${work}/built/bin && pwd > ${work}/built/bin/where`);
      const { file } = await pack({ path: 'built', output: join(work, 'built.zip') });
      assert.equal(content(file), workspaceFolder().uri.fsPath);
    });

    it('says why it could not be built', async () => {
      await use('echo no compiler; exit 3');
      await assert.rejects(
        Promise.resolve(pack({ path: 'built' })),
        /ended with 3: no compiler.*buildCommand/,
      );
      const open = vscode.commands.executeCommand('lambdaLayers.openOpt', { layers: ['built'] });
      await assert.rejects(Promise.resolve(open), /built does not exist/);
    });

    it('can be packaged by a task, which ends with the outcome', async () => {
      await use(`mkdir -p ${work}/built/bin && pwd > ${work}/built/bin/where`);
      const offered = await vscode.tasks.fetchTasks({ type: 'lambda-layers' });
      const task = offered.find(({ definition }) => definition['layer'] === 'built');
      assert.ok(task);
      assert.equal(await run(task), 0);
      assert.equal(content(join(work, 'built.zip')), workspaceFolder().uri.fsPath);
      await use('exit 1');
      assert.equal(await run(task), 1);
    });

    const run = (task: vscode.Task) =>
      new Promise<number | undefined>((resolve) => {
        const ending = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name !== task.name) return;
          ending.dispose();
          resolve(exitCode);
        });
        void vscode.tasks.executeTask(task);
      });
  });

  it('refuses a folder that does not exist, naming it', async () => {
    await assert.rejects(Promise.resolve(pack({ path: 'layers/nowhere' })), /layers\/nowhere/);
  });
});
