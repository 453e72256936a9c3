import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { layerArnOf } from '../../src/core/account/layerNames.ts';
import { set, useAccount } from './support/awsAccount.ts';
import { extensionApi, useDebugging, workspaceFolder } from './support/debugging.ts';

const version = 'arn:aws:lambda:eu-west-1:123456789012:layer:any:1';

/** Commands, what a program may give them by mistake, and what it is told. */
const mistakes: readonly (readonly [command: string, given: unknown, said: RegExp])[] = [
  ['openOpt', {}, /openOpt: "layers" or "function" is missing/],
  ['openOpt', 'greetings', /openOpt: options are one object/],
  ['openOpt', { layers: 'greetings' }, /"layers" must be a list of texts/],
  ['openOpt', { layers: [vscode.Uri.file('/layer')] }, /"layers" must be a list of texts/],
  ['checkLayers', { layers: ['greetings'], runtime: 3 }, /"runtime" must be a text/],
  ['checkLayers', { layers: ['greetings'], architecture: 'mips' }, /must be "x86_64" or "arm64"/],
  ['compareLayers', { left: ['greetings'] }, /"right" is missing/],
  ['compareLayers', { left: 'greetings', right: [] }, /"left" must be a list of layers, or \{ function \}/],
  ['showProvenance', {}, /"uri" is missing/],
  ['compareShadowed', { uri: '/opt/bin/tool' }, /"uri" must be a URI, such as lambda-opt/],
  ['packageLayer', {}, /"path" is missing/],
  ['publishLayer', { path: 'german', zip: 'german.zip', name: 'a' }, /Only one of "path" or "zip"/],
  ['publishLayer', { path: 'german', name: 'a', compatibleRuntimes: 'python3.13' }, /"compatibleRuntimes"/],
  ['publishLayer', { zip: 'german', name: 'a' }, /is a folder, not a zip.*"path"/],
  ['attachLayer', { function: 'orders' }, /"layer" is missing/],
  ['detachLayer', { layers: [version] }, /"function" is missing/],
  ['reorderLayers', { function: 'orders', layers: version }, /"layers" must be a list of texts/],
  ['updateDependents', { layerVersionArn: version, dryRun: 'yes' }, /"dryRun" must be true or false/],
  ['pruneLayer', { layerArn: layerArnOf(version) }, /"keepNewest" is missing/],
  ['deleteLayerVersion', {}, /"layerVersionArn" is missing/],
  ['removePermission', { layerVersionArn: version }, /"statementId" is missing/],
  ['addPermission', { layerVersionArn: version, public: false }, /name one of them/],
  ['selectRegion', { region: 5 }, /"region" must be a text/],
  ['invokeFunction', { eventFile: 4 }, /"eventFile" must be a text/],
  ['loadMore', {}, /needs a row of a view/],
];

describe('Options that a program gives', function () {
  this.timeout(120_000);
  const account = useAccount();
  useDebugging();
  beforeEach(() => account.proxy.clear());

  for (const [command, given, said] of mistakes) {
    it(`${command} are refused when they are ${JSON.stringify(given)}`, async () => {
      await assert.rejects(account.run(command, given as object), said);
      assert.deepEqual(account.proxy.operations, []);
    });
  }

  it('are refused by the API too, with a code', async () => {
    const api = await extensionApi();
    await assert.rejects(api.openOpt({} as never), { code: 'ConfigurationInvalid' });
    await assert.rejects(api.packageLayer({ path: 3 } as never), { code: 'ConfigurationInvalid' });
  });

  it('are of no use with a setting that is wrong, which is named', async () => {
    const wrong = { 'aws.endpointUrl': 'nowhere', 'aws.region': 5, 'aws.profile': ['work'] };
    for (const [name, value] of Object.entries(wrong)) {
      const before = vscode.workspace.getConfiguration('lambdaLayers').inspect(name)?.globalValue;
      await set(name, value);
      try {
        const attaching = account.run('attachLayer', { function: 'orders', layer: version });
        await assert.rejects(attaching, new RegExp(`setting lambdaLayers\\.${name} cannot be used`));
      } finally {
        await set(name, before);
      }
    }
    assert.deepEqual(account.proxy.operations, []);
  });

  it('name files by any path, also where a layer has the same name', async () => {
    const work = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'));
    const root = workspaceFolder().uri.fsPath;
    const made = ['packaged', 'german'].map((name) => join(root, name));
    try {
      await account.run('packageLayer', { path: 'german', output: 'packaged' });
      await account.run('extractOpt', { layers: ['greetings'], destination: 'german' });
      for (const path of made) assert.ok(existsSync(path), path);
      const file = join(work, 'file');
      writeFileSync(file, '');
      const below = account.run('extractOpt', { layers: ['german'], destination: join(file, 'opt') });
      await assert.rejects(below, /cannot be extracted to .*file\/opt/);
      const findings = await account.run<unknown[]>('checkLayers', { layers: ['german'], code: 'german' });
      assert.ok(Array.isArray(findings));
    } finally {
      for (const path of [work, ...made]) rmSync(path, { recursive: true, force: true });
    }
  });

  it('hold one event, that JSON can hold', async () => {
    await vscode.debug.startDebugging(workspaceFolder(), 'hello-bash', { noDebug: true });
    const invoke = (options: object) => account.run<{ payload: string }>('invokeFunction', options);
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    for (const event of [loop, 1n, () => 1]) await assert.rejects(invoke({ event }), /JSON cannot hold/);
    const eventFile = 'events/hello.json';
    await assert.rejects(invoke({ event: {}, eventFile }), /Both "event" and "eventFile"/);
    assert.match((await invoke({ event: undefined, eventFile })).payload, /ADA/);
  });
});
