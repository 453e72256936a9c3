import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuredEndpoints } from '../../../src/aws/endpoints.ts';
import { useTemporaryFolders } from '../../support/temporaryFolder.ts';
import { userError } from '../../support/userError.ts';

describe('Addresses that stand in for AWS', () => {
  const temporaryFolder = useTemporaryFolders();
  const former = { ...process.env };
  const config = [
    ...['[default]', 'endpoint_url = http://of-default', ''],
    ...['[profile plain]', 'region = eu-west-1', ''],
    ...['[profile own]', 'endpoint_url = http://of-own', 'services = local', ''],
    ...['[profile lost]', 'services = nowhere', ''],
    ...['[profile ignoring]', 'endpoint_url = http://ignored', 'ignore_configured_endpoint_urls = true', ''],
    ...['[services local]', 'lambda =', '  endpoint_url = http://lambda-of-local', ''],
  ].join('\n');

  beforeEach(() => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'config'), config);
    writeFileSync(join(folder, 'credentials'), '');
    process.env['AWS_CONFIG_FILE'] = join(folder, 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'credentials');
  });
  afterEach(() => {
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
      if (former[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = former[name];
    }
  });

  const cases: [string, string | undefined, NodeJS.ProcessEnv, [lambda?: string, s3?: string]][] = [
    ['none', 'plain', {}, []],
    [
      'the variable for all services',
      'own',
      { AWS_ENDPOINT_URL: 'http://all' },
      ['http://all', 'http://all'],
    ],
    [
      "a service's own variable before that",
      'own',
      { AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_LAMBDA: 'http://lambda' },
      ['http://lambda', 'http://all'],
    ],
    [
      'the variable of one service alone',
      'plain',
      { AWS_ENDPOINT_URL_LAMBDA: 'http://lambda' },
      ['http://lambda'],
    ],
    ["the profile's, a service's before the rest", 'own', {}, ['http://lambda-of-local', 'http://of-own']],
    [
      'that of the default profile without another',
      undefined,
      {},
      ['http://of-default', 'http://of-default'],
    ],
    ['that of the profile of the environment', undefined, { AWS_PROFILE: 'plain' }, []],
    ['none where they are to be ignored', 'ignoring', {}, []],
    [
      'none where the environment ignores them',
      'own',
      { AWS_ENDPOINT_URL: 'http://all', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      [],
    ],
    ['none for an empty variable', 'plain', { AWS_ENDPOINT_URL: '' }, []],
  ];
  for (const [what, profile, environment, [lambda, s3]] of cases) {
    it(`are ${what}`, async () => {
      assert.deepEqual(await configuredEndpoints(profile, environment), { lambda, s3 });
    });
  }

  it('are not guessed when the profile names a section that there is not', async () => {
    await assert.rejects(configuredEndpoints('lost', {}), userError('ConfigurationInvalid', 'nowhere'));
  });
});
