import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as vscode from 'vscode';
import { layerArnOf } from '../../src/core/account/layerNames.ts';
import type { Answer } from '../support/motoGaps.ts';
import { testCredentials } from '../support/motoAws.ts';
import { writeZip } from '../support/zip.ts';
import { set, useAccount } from './support/awsAccount.ts';
import { logUntil } from './support/logText.ts';

const mfaCode = '918273';
const profileSecret = 'wJalrXUtnFEMI/OfTheProfile/EXAMPLEKEY000';
const variables = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_ENDPOINT_URL_STS'];
/** What a server could answer by mistake. */
const leaky = [
  ...Object.values(testCredentials),
  ...[mfaCode, profileSecret],
  'https://x.s3.amazonaws.com/y?X-Amz-Security-Token=presigned-token&X-Amz-Signature=5f1c',
  'Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101, Signature=5f1c',
].join(' ');

describe('The log of everything that is done in an account', function () {
  this.timeout(300_000);
  const account = useAccount();
  const former = variables.map((name) => [name, process.env[name]] as const);
  const { showInputBox } = vscode.window;
  let work = '';
  let asked = 0;
  /** What STS gave, which only the redactor has seen. */
  const given: string[] = [];

  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'lambda-layers-secrets-'));
    const role = 'arn:aws:iam::123456789012:role/layers-test';
    const lines = [
      ...['[profile watched]', `role_arn = ${role}`, 'source_profile = source', 'region = eu-west-1'],
      ...['mfa_serial = arn:aws:iam::123456789012:mfa/me', '', '[profile source]', 'region = eu-west-1'],
      ...['aws_access_key_id = AKIAPROFILE000000001', `aws_secret_access_key = ${profileSecret}`, ''],
    ];
    writeFileSync(join(work, 'config'), lines.join('\n'));
    writeFileSync(join(work, 'credentials'), '');
    process.env['AWS_CONFIG_FILE'] = join(work, 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(work, 'credentials');
    process.env['AWS_ENDPOINT_URL_STS'] = account.proxy.endpoint;
    Object.assign(vscode.window, {
      showInputBox: () => {
        asked += 1;
        return Promise.resolve(mfaCode);
      },
    });
    await vscode.commands.executeCommand('_extensionTests.setLogLevel', 'trace');
    await set('aws.profile', 'watched');
  });
  after(async () => {
    await set('aws.profile', undefined);
    await vscode.commands.executeCommand('_extensionTests.setLogLevel', 'info');
    Object.assign(vscode.window, { showInputBox });
    for (const [name, value] of former) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(work, { recursive: true, force: true });
  });

  /** Keeps the credentials that STS answers. */
  function keep(answer: Answer): Answer {
    const text = answer.body.toString();
    for (const field of ['AccessKeyId', 'SecretAccessKey', 'SessionToken']) {
      const value = new RegExp(`<${field}>([^<]+)<`).exec(text)?.[1];
      if (value !== undefined) given.push(value);
    }
    return answer;
  }

  /** Runs a command while AWS refuses everything and tells secrets with it, then as usual; what it said. */
  async function runBoth(command: string, options: object): Promise<string[]> {
    const fault = {
      kind: 'error',
      status: 400,
      name: 'InvalidParameterValueException',
      message: leaky,
    } as const;
    for (const operation of operations) account.proxy.fault(operation, fault);
    const told = (work: Promise<unknown>) =>
      work.then(inspect, (error: unknown) => `failed: ${inspect(error)}`);
    const refused = await told(account.run(command, options));
    account.proxy.clear();
    return [refused, await told(account.run(command, options))];
  }

  it('holds no credentials, codes, signatures, addresses or variables, at trace level', async () => {
    account.proxy.fault('Other', { kind: 'alter', alter: keep }, { times: 9 });
    await account.run('findLayerUsers', {
      layerVersionArn: 'arn:aws:lambda:eu-west-1:123456789012:layer:x:1',
    });
    assert.equal(asked, 1, 'the code was asked for');
    assert.equal(given.length, 3, 'STS gave credentials');

    const tools = await account.seed.versions('tools', 4);
    const [first = '', second = '', third = '', fourth = ''] = tools;
    const environment = { PASSWORD: 'value-of-the-variable' };
    const name = await account.seed.function({ name: 'watched-by-all', layers: [first], environment });
    const { arn: functionArn } = await account.gateway.getFunction(name);
    const other = await account.seed.layer({ name: 'others' });
    const zip = await writeZip(join(work, 'published.zip'), { 'bin/tool': 'tool' });
    const layers = [first, other];
    const commands: [string, object][] = [
      ['publishLayer', { zip, name: 'published' }],
      ['attachLayer', { function: name, layer: other }],
      ['reorderLayers', { function: functionArn, layers: [...layers].reverse() }],
      ['updateDependents', { layerVersionArn: third, functions: [name] }],
      ['undoUpdate', {}],
      ['detachLayer', { function: name, layers: [other] }],
      ['addPermission', { layerVersionArn: second, account: '111122223333', statementId: 'one' }],
      ['showPermissions', { layerVersionArn: second }],
      ['copyPermissions', { from: second, to: fourth }],
      ['removePermission', { layerVersionArn: second, statementId: 'one' }],
      ['lookUpLayerVersion', { layerVersionArn: second }],
      ['copyNewerArn', { layerVersionArn: second }],
      ['findLayerUsers', { layerVersionArn: first }],
      ['downloadLayerVersion', { layerVersionArn: second, destination: join(work, 'down.zip') }],
      ['deleteLayerVersion', { layerVersionArn: second }],
      ['pruneLayer', { layerArn: layerArnOf(first), keepNewest: 1 }],
      ['refresh', {}],
    ];
    const told: string[] = [];
    for (const [command, options] of commands) told.push(...(await runBoth(command, options)));
    const failed = told.filter((text) => text.startsWith('failed: '));
    assert.ok(failed.length >= commands.length - 3, `the refusals were told: ${failed.length}`);

    const log = await logUntil('DeleteLayerVersion of tools');
    const everything = [log, ...told].join('\n');
    const forbidden = [
      ...Object.values(testCredentials),
      ...given,
      ...[mfaCode, profileSecret, 'value-of-the-variable', 'presigned-token', 'AKIAPRESIGNED0000001', '5f1c'],
    ];
    for (const secret of forbidden) assert.ok(!everything.includes(secret), `${secret} was told`);
  });
});

const operations = [
  ...['ListLayers', 'ListLayerVersions', 'ListFunctions', 'ListAliases', 'GetLayerVersion', 'Download'],
  ...['PublishLayerVersion', 'DeleteLayerVersion', 'GetLayerVersionPolicy', 'AddLayerVersionPermission'],
  ...['RemoveLayerVersionPermission', 'GetFunctionConfiguration', 'UpdateFunctionConfiguration'],
];
