import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach } from 'mocha';
import { AwsConnections } from '../../../src/aws/awsConnections.ts';
import { oneEndpoint } from '../../../src/aws/endpoints.ts';
import { credentialsError } from '../../../src/aws/credentialsErrors.ts';
import { chooseRegion, credentialsOrigin, listProfiles } from '../../../src/aws/profiles.ts';
import type { Logger } from '../../../src/core/base/logger.ts';
import { region } from '../../support/motoAws.ts';
import { useTemporaryFolders } from '../../support/temporaryFolder.ts';
import { userError } from '../../support/userError.ts';

/** A server that answers listings with nothing, and what STS says; it keeps who asked. */
interface KeyServer {
  readonly endpoint: string;
  readonly requests: string[];
  stop(): void;
}

describe('Credentials', () => {
  const temporaryFolder = useTemporaryFolders();
  const former = { ...process.env };
  let server: KeyServer;
  let connections: AwsConnections;
  const logged: string[] = [];

  before(async () => {
    server = await startKeyServer();
  });
  after(() => server.stop());
  beforeEach(() => {
    for (const name of Object.keys(process.env).filter((each) => each.startsWith('AWS_'))) {
      Reflect.deleteProperty(process.env, name);
    }
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    process.env['AWS_ENDPOINT_URL_STS'] = server.endpoint;
    logged.length = 0;
    server.requests.length = 0;
  });
  afterEach(() => {
    connections.dispose();
    for (const name of Object.keys(process.env).filter((each) => each.startsWith('AWS_'))) {
      Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, former);
  });

  function files(config: string, credentials = ''): void {
    const home = temporaryFolder();
    mkdirSync(join(home, '.aws'));
    writeFileSync(join(home, '.aws', 'config'), config);
    writeFileSync(join(home, '.aws', 'credentials'), credentials);
    process.env['AWS_CONFIG_FILE'] = join(home, '.aws', 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(home, '.aws', 'credentials');
  }

  function list(profile: string | undefined, askMfaCode?: (serial: string) => Promise<string | undefined>) {
    const write = (message: string): number => logged.push(message);
    const logger: Logger = { trace: write, info: write, warn: write, error: write };
    connections = new AwsConnections({ logger, ...(askMfaCode === undefined ? {} : { askMfaCode }) });
    const key = {
      region,
      endpoints: oneEndpoint(server.endpoint),
      ...(profile === undefined ? {} : { profile }),
    };
    return connections.connect(key).gateway.listLayers();
  }

  it('come from the profile that was chosen, whatever the environment says', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIAENVIRONMENT00001';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret-of-the-environment';
    files('', '[work]\naws_access_key_id = AKIAPROFILEWORK00001\naws_secret_access_key = secret-of-work\n');
    await list('work');
    assert.match(server.requests.join('\n'), /Credential=AKIAPROFILEWORK00001/);
  });

  it('come from the environment without a profile', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIAENVIRONMENT00001';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret-of-the-environment';
    files('');
    await list(undefined);
    assert.match(server.requests.join('\n'), /Credential=AKIAENVIRONMENT00001/);
  });

  it('come from a program that the profile names', async () => {
    const json = JSON.stringify({
      Version: 1,
      AccessKeyId: 'AKIAPROCESS000000001',
      SecretAccessKey: 'process',
    });
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'keys.json'), json);
    files(`[profile program]\ncredential_process = cat ${join(folder, 'keys.json')}\n`);
    await list('program');
    assert.match(server.requests.join('\n'), /Credential=AKIAPROCESS000000001/);
  });

  const role = [
    '[profile role]',
    'role_arn = arn:aws:iam::123456789012:role/deploy',
    'source_profile = base',
    'mfa_serial = arn:aws:iam::123456789012:mfa/me',
    `region = ${region}`,
  ].join('\n');
  const base = '[base]\naws_access_key_id = AKIABASE000000000001\naws_secret_access_key = secret-of-base\n';

  it('of a role ask for the code of the MFA device, which is never logged', async () => {
    files(role, base);
    const asked: string[] = [];
    await list('role', (serial) => Promise.resolve((asked.push(serial), '482915')));
    assert.deepEqual(asked, ['arn:aws:iam::123456789012:mfa/me']);
    assert.match(server.requests.join('\n'), /TokenCode=482915/);
    assert.match(server.requests.join('\n'), /Credential=ASIAASSUMEDROLE00001/);
    assert.ok(logged.length > 0);
    assert.doesNotMatch(logged.join('\n'), /482915|ASIAASSUMEDROLE|secret-of/);
  });

  it('of a role are not had when the person gives no code', async () => {
    files(role, base);
    await assert.rejects(
      list('role', () => Promise.resolve(undefined)),
      userError('MfaCodeMissing', 'MFA'),
    );
    assert.doesNotMatch(server.requests.join('\n'), /ListLayers|layers/);
  });

  it('of SSO that have expired name the command that renews them', async () => {
    const session = '[sso-session corp]\nsso_start_url = https://corp.example\nsso_region = eu-west-1\n';
    files(
      `${session}[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n`,
    );
    await assert.rejects(list('sso'), (error) => {
      userError('CredentialsInvalid', 'sso')(error);
      assert.match((error as { help: string }).help, /aws sso login --profile sso/);
      return true;
    });
  });

  const renewedBy = (profile: string | undefined, ...help: readonly RegExp[]) =>
    assert.rejects(list(profile), (error) => {
      userError('CredentialsInvalid', profile ?? 'The AWS credentials')(error);
      for (const part of help) assert.match((error as { help: string }).help, part);
      return true;
    });

  it('of a program that fails name the program', async () => {
    files('[profile vault]\ncredential_process = "/no such/vault-program" --secret word\n');
    await renewedBy('vault', /"vault-program"/, /profile vault/, /^(?!.*word)/);
  });

  it('of a role name the profile that it is assumed with', async () => {
    const sso =
      '[profile sso]\nsso_start_url = https://corp.example\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = dev\n';
    files(`${sso}[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = sso\n`);
    await renewedBy('deploy', /aws sso login --profile sso"/);
  });

  it('that have expired are renewed where they come from', async () => {
    connections = new AwsConnections();
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIAENVIRONMENT00001';
    files('[profile console]\nlogin_session = arn:aws:iam::123456789012:user/me\n', base);
    const help = async (profile: string | undefined) => {
      const cause = new Error('expired');
      const origin = await credentialsOrigin(profile);
      const failure = { name: 'ExpiredTokenException', message: 'expired', cause };
      return credentialsError(failure, { profile, origin })?.help ?? '';
    };
    assert.match(await help(undefined), /environment that the editor was started in/);
    assert.match(await help('base'), /"aws configure --profile base"/);
    assert.match(await help('console'), /"aws login --profile console"/);
  });

  it('of a profile that does not exist are said to be missing', async () => {
    files('');
    await assert.rejects(list('nobody'), userError('CredentialsMissing', 'nobody'));
  });

  it('that were renewed in the files are found after a reset', async () => {
    const keys = (id: string) =>
      `[work]\naws_access_key_id = ${id}\naws_secret_access_key = secret-of-work\n`;
    files('', keys('AKIAFORMER0000000001'));
    await list('work');
    writeFileSync(process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '', keys('AKIARENEWED000000001'));
    connections.reset();
    await connections
      .connect({ region, endpoints: oneEndpoint(server.endpoint), profile: 'work' })
      .gateway.listLayers();
    assert.match(server.requests.at(-1) ?? '', /AKIARENEWED000000001/);
  });

  it('profiles are listed with their region and source', async () => {
    connections = new AwsConnections();
    files(
      `[default]\nregion = us-east-1\n[sso-session corp]\nsso_region = x\n[profile sso]\nsso_session = corp\n${role}`,
      base,
    );
    assert.deepEqual(await listProfiles(), [
      { name: 'base', region: undefined, source: 'keys' },
      { name: 'default', region: 'us-east-1', source: 'other' },
      { name: 'role', region, source: 'role' },
      { name: 'sso', region: undefined, source: 'sso' },
    ]);
    assert.equal(await chooseRegion({ profile: 'role' }, { AWS_REGION: 'us-west-2' }), region);
    assert.equal(await chooseRegion({}, { AWS_REGION: 'us-west-2' }), 'us-west-2');
    assert.equal(await chooseRegion({}, {}), 'us-east-1');
    assert.equal(await chooseRegion({ profile: 'sso' }, {}), undefined);
    assert.equal(await chooseRegion({ profile: 'role', region: 'sa-east-1' }, {}), 'sa-east-1');
  });

  it('no files give no profiles', async () => {
    connections = new AwsConnections();
    process.env['AWS_CONFIG_FILE'] = '/nonexistent/config';
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/nonexistent/credentials';
    assert.deepEqual(await listProfiles(), []);
  });
});

async function startKeyServer(): Promise<KeyServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      requests.push(`${request.url ?? ''} ${request.headers.authorization ?? ''} ${body}`);
      const isRole = body.includes('Action=AssumeRole');
      response.setHeader('content-type', isRole ? 'text/xml' : 'application/json');
      response.end(isRole ? assumedRole : '{"Layers":[]}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const assumedRole = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/deploy/x</Arn><AssumedRoleId>AROAX:x</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAASSUMEDROLE00001</AccessKeyId><SecretAccessKey>secret-of-the-role</SecretAccessKey>
<SessionToken>session-token-of-the-role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>`;
