import assert from 'node:assert/strict';
import {
  bootstrapEnvironment,
  checkFunctionVariables,
} from '../../../../src/core/run/environmentVariables.ts';
import { userError } from '../../../support/userError.ts';

const identity = {
  functionName: 'thumbnails',
  handler: 'index.handler',
  memorySizeMb: 512,
  region: 'eu-west-1',
  initializationType: 'on-demand',
};
const apis = { runtimeApi: 'host:1', metadataToken: 'secret' };
const lambdaPaths = { opt: '/opt', task: '/var/task' };

describe('The environment of a bootstrap', () => {
  it('is what Lambda gives to provided.al2023, and nothing of this process', () => {
    const { AWS_LAMBDA_LOG_STREAM_NAME: logStream, ...rest } = bootstrapEnvironment(
      identity,
      { runtimeApi: '127.0.0.1:9001', metadataToken: 'secret' },
      lambdaPaths,
      {},
    );
    assert.match(logStream ?? '', /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    assert.deepEqual(rest, {
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      PATH: '/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      LD_LIBRARY_PATH: '/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      AWS_XRAY_DAEMON_ADDRESS: '169.254.100.1:2000',
      LAMBDA_TASK_ROOT: '/var/task',
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'thumbnails',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/thumbnails',
      AWS_LAMBDA_METADATA_API: '127.0.0.1:9001',
      AWS_LAMBDA_METADATA_TOKEN: 'secret',
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
      _HANDLER: 'index.handler',
    });
  });

  it('lets the function override what Lambda does not reserve', () => {
    const own = { PATH: '/opt/node/bin', LANG: 'C', TZ: 'Europe/Berlin', EQUALS: 'a=b=c', EMPTY: '' };
    const environment = bootstrapEnvironment(identity, apis, lambdaPaths, own);
    for (const [name, value] of Object.entries(own)) assert.equal(environment[name], value);
  });

  it('never lets the function override what Lambda reserves', () => {
    const own = { _HANDLER: 'mine', AWS_LAMBDA_RUNTIME_API: 'elsewhere:1', LAMBDA_TASK_ROOT: '/home' };
    const environment = bootstrapEnvironment(identity, apis, lambdaPaths, own);
    assert.equal(environment['_HANDLER'], 'index.handler');
    assert.equal(environment['AWS_LAMBDA_RUNTIME_API'], 'host:1');
    assert.equal(environment['LAMBDA_TASK_ROOT'], '/var/task');
  });

  it('points to where layers and code really are', () => {
    const environment = bootstrapEnvironment(identity, apis, { opt: '/tmp/o', task: '/home/code' }, {});
    assert.match(environment['PATH'] ?? '', /:\/tmp\/o\/bin$/);
    assert.match(environment['LD_LIBRARY_PATH'] ?? '', /:\/home\/code:\/home\/code\/lib:\/tmp\/o\/lib$/);
    assert.equal(environment['LAMBDA_TASK_ROOT'], '/home/code');
  });

  it('has a new log stream each time', () => {
    const streams = [1, 2].map(
      () => bootstrapEnvironment(identity, apis, lambdaPaths, {})['AWS_LAMBDA_LOG_STREAM_NAME'],
    );
    assert.notEqual(streams[0], streams[1]);
  });
});

describe('The variables of a function', () => {
  for (const name of [
    '_HANDLER',
    'AWS_LAMBDA_RUNTIME_API',
    'AWS_REGION',
    'LAMBDA_TASK_ROOT',
    '_X_AMZN_TRACE_ID',
  ]) {
    it(`cannot set ${name}, which Lambda reserves`, () => {
      assert.throws(
        () => checkFunctionVariables({ GOOD: '1', [name]: 'x' }),
        userError('ConfigurationInvalid', name, 'reserved'),
      );
    });
  }

  for (const name of ['', 'A', '1A', 'A-B', 'A B', '_A', 'Ä1', 'A=B']) {
    it(`cannot be named "${name}"`, () => {
      assert.throws(
        () => checkFunctionVariables({ [name]: 'x' }),
        userError('ConfigurationInvalid', `"${name}"`),
      );
    });
  }

  it('cannot hold a NUL character, which ends a variable', () => {
    assert.throws(
      () => checkFunctionVariables({ KEY: 'a\0b' }),
      userError('ConfigurationInvalid', 'KEY', 'NUL'),
    );
  });

  it('may take 4096 bytes as JSON, which Lambda measures, and not one more', () => {
    const quotes = '{"KEYS":""}'.length;
    const most = 'ä'.repeat((4096 - quotes - 1) / 2) + 'x';
    checkFunctionVariables({ KEYS: most });
    assert.throws(
      () => checkFunctionVariables({ KEYS: `${most}x` }),
      userError('ConfigurationInvalid', '4097 bytes', '4096'),
    );
  });

  it('may be credentials, the time zone and search paths', () => {
    checkFunctionVariables({
      AWS_ACCESS_KEY_ID: 'x',
      AWS_PROFILE: 'x',
      TZ: 'Asia/Tokyo',
      PATH: '/opt/bin',
      NODE_OPTIONS: '',
    });
  });
});
