import assert from 'node:assert/strict';
import { hostArchitecture, readLaunchConfiguration } from '../../../../src/core/debug/launchConfiguration.ts';
import { userError } from '../../../support/userError.ts';

describe('A launch configuration', () => {
  it('needs nothing but code', () => {
    assert.deepEqual(
      readLaunchConfiguration({ type: 'lambda-runtime', request: 'launch', code: '/work/my function.zip' }),
      {
        request: 'launch',
        code: '/work/my function.zip',
        layers: [],
        handler: 'function.handler',
        runtime: 'provided.al2023',
        architecture: hostArchitecture,
        extensions: true,
        hotReload: false,
        limitMemory: false,
        limitBandwidth: false,
        cognitoIdentity: undefined,
        env: {},
        envFile: undefined,
        functionName: 'my-function',
        memorySize: 128,
        timeout: 3,
        initTimeout: undefined,
        event: undefined,
        eventFile: undefined,
        isolation: 'auto',
        debugger: 'auto',
        runtimeApiPort: 0,
        invokePort: 0,
        clientContext: undefined,
        tenantId: undefined,
        traceHeader: undefined,
      },
    );
  });

  it('keeps what is given', () => {
    const given = {
      request: 'launch',
      architecture: 'arm64',
      extensions: false,
      hotReload: true,
      limitMemory: true,
      limitBandwidth: true,
      cognitoIdentity: { identityId: 'us-east-1:1', identityPoolId: 'us-east-1:2' },
      code: '/code',
      layers: ['/a', 'b.zip'],
      handler: 'index.main',
      runtime: 'provided.al2',
      envFile: '/code/.env',
      functionName: 'Thumbnails_1',
      memorySize: 10_240,
      timeout: 900,
      initTimeout: 1,
      eventFile: '/code/event.json',
      isolation: 'directory',
      debugger: 'none',
      runtimeApiPort: 9001,
      invokePort: 65_535,
      tenantId: 'blue',
      traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    };
    const { env, event, clientContext, ...rest } = readLaunchConfiguration({
      ...given,
      env: { TEXT: 'a', NUMBER: 1, SWITCH: true },
      clientContext: { custom: { a: 1 } },
    });
    assert.deepEqual(rest, given);
    assert.deepEqual(env, { TEXT: 'a', NUMBER: '1', SWITCH: 'true' });
    assert.equal(event, undefined);
    assert.equal(clientContext, '{"custom":{"a":1}}');
  });

  for (const [event, text] of [
    [{ a: [1] }, '{"a":[1]}'],
    [null, 'null'],
    [0, '0'],
    ['', '""'],
    [false, 'false'],
  ] as const) {
    it(`may send ${text} as its event`, () => {
      assert.equal(readLaunchConfiguration({ code: '/code', event }).event, text);
    });
  }

  for (const [code, name] of [
    ['/', 'function'],
    ['/a/ä.b', '--b'],
    [`/${'x'.repeat(80)}`, 'x'.repeat(64)],
    ['/a/b.ZIP', 'b'],
  ] as const) {
    it(`makes a name that Lambda accepts of ${code.slice(0, 10)}`, () => {
      assert.equal(readLaunchConfiguration({ code }).functionName, name);
    });
  }

  it('may have the attach configuration of any debugger', () => {
    const template = { type: 'debugpy', connect: { port: '${debugPort}' } };
    assert.deepEqual(readLaunchConfiguration({ code: '/code', debugger: template }).debugger, {
      ...template,
      request: 'attach',
    });
  });

  const wrong: Record<string, readonly unknown[]> = {
    code: [undefined, '', 1, ['a'], null],
    layers: ['a', [1], [''], {}, ['1', '2', '3', '4', '5', '6']],
    handler: ['', 1, null],
    runtime: ['nodejs22.x', '', 1],
    env: [
      'A=1',
      [],
      { KEY: null },
      { KEY: {} },
      { KEY: ['a'] },
      { AWS_REGION: 'x' },
      { 'A-B': 'x' },
      { KEY: 'x'.repeat(5000) },
    ],
    envFile: ['', 1],
    functionName: ['', 'with space', 'ä', 'x'.repeat(65), 'arn:aws:x', 1],
    memorySize: [127, 10_241, 128.5, '128', NaN, null],
    timeout: [0, 901, 1.5, '3', Infinity],
    initTimeout: [0, 901, '3'],
    eventFile: ['', 1, {}],
    isolation: ['docker', '', null, true],
    debugger: ['node', '', true, [], {}, { type: 1 }, { request: 'attach' }],
    runtimeApiPort: [-1, 65_536, 1.5, '9001'],
    invokePort: [-1, 65_536, 1.5, '9001'],
    clientContext: ['text', 1, [], null],
    cognitoIdentity: ['id', {}, { identityId: 'id' }, { identityId: 1, identityPoolId: 'pool' }, null],
    tenantId: ['', 1],
    traceHeader: ['', 1],
    request: ['run', 1, null],
    architecture: ['x64', '', 1],
    extensions: ['true', 1, null],
    hotReload: ['true', 1, null],
    limitMemory: ['true', 1, null],
    limitBandwidth: ['true', 1, null],
  };
  for (const [attribute, values] of Object.entries(wrong)) {
    it(`is refused with the name of the attribute when "${attribute}" is wrong`, () => {
      for (const value of values) {
        assert.throws(
          () => readLaunchConfiguration({ code: '/code', [attribute]: value }),
          userError('ConfigurationInvalid', `"${attribute}"`),
          JSON.stringify(value),
        );
      }
    });
  }

  it('needs no code for a runtime that is started by hand, which has as much time as there is', () => {
    const { code, timeout } = readLaunchConfiguration({ request: 'attach' });
    assert.deepEqual([code, timeout], [undefined, 900]);
  });

  it('is refused with an event and a file with an event', () => {
    const both = { code: '/code', event: null, eventFile: 'event.json' };
    assert.throws(
      () => readLaunchConfiguration(both),
      userError('ConfigurationInvalid', '"eventFile"', '"event"'),
    );
  });
});
