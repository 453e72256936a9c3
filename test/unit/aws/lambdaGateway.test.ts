import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { userError } from '../../support/userError.ts';
import { withFields } from '../../support/faultProxy.ts';
import { region, testCredentials, useAws } from '../../support/motoAws.ts';

describe('The Lambda gateway', function () {
  this.timeout(60_000);
  const aws = useAws();

  it('lists layers page by page, with their newest version', async () => {
    const { gateway } = aws.connect();
    for (let index = 0; index < 60; index++) await aws.seed.layer({ name: `paged-${index}` });
    const first = await gateway.listLayers();
    assert.equal(first.items.length, 50);
    const second = await gateway.listLayers({ marker: first.next });
    assert.deepEqual([second.items.length, second.next], [10, undefined]);
    assert.equal(first.items[0]?.name, 'paged-0');
    assert.equal(first.items[0].newest?.version, 1);
  });

  it('tells all that a version says of itself, but not where its content is', async () => {
    const { gateway } = aws.connect();
    const arn = await aws.seed.layer({
      name: 'described',
      zip: Buffer.from('content'),
      runtimes: ['nodejs22.x'],
      architectures: ['arm64'],
      description: 'What it is.',
    });
    const details = await gateway.getLayerVersion(arn);
    assert.deepEqual(details, {
      arn,
      version: 1,
      created: details.created,
      description: 'What it is.',
      licenseInfo: '',
      compatibleRuntimes: ['nodejs22.x'],
      compatibleArchitectures: ['arm64'],
      zippedBytes: 7,
      codeSha256: createHash('sha256').update('content').digest('base64'),
    });
    const { url } = await gateway.getContent(arn);
    assert.match(url.reveal(), /X-Amz-Signature/);
    assert.equal(JSON.stringify({ url, text: String(url) }), '{"url":"[redacted]","text":"[redacted]"}');
  });

  it('never reads the environment variables of functions', async () => {
    const { gateway } = aws.connect();
    await aws.seed.function({ name: 'secretive', environment: { TOKEN: 'value-of-a-variable' } });
    const seen = [await gateway.getFunction('secretive'), await gateway.listFunctions('all')];
    assert.ok(JSON.stringify(seen).includes('secretive'));
    assert.ok(!JSON.stringify(seen).includes('value-of-a-variable'));
  });

  it('says of a web page that it is no answer of AWS, and what to check', async () => {
    const { gateway } = aws.connect();
    const failing = gateway.getFunction('no function name'); // a page of the server that stands in for AWS
    await assert.rejects(failing, userError('ServiceFailed', 'GetFunctionConfiguration', 'cannot be read'));
    await assert.rejects(failing, { help: /lambdaLayers\.aws\.endpointUrl/ });
  });

  it('repeats a throttled listing', async () => {
    const { gateway } = aws.connect();
    aws.proxy.fault(
      'ListLayers',
      { kind: 'error', status: 429, name: 'TooManyRequestsException' },
      { times: 2 },
    );
    await gateway.listLayers();
    assert.equal(aws.proxy.count('ListLayers'), 3);
  });

  it('gives up throttled calls after its attempts, reading and writing', async () => {
    const { gateway } = aws.connect({ maxAttempts: 2 });
    const fault = { kind: 'error', status: 429, name: 'TooManyRequestsException' } as const;
    aws.proxy.fault('ListLayers', fault, { times: 9 });
    aws.proxy.fault('PublishLayerVersion', fault, { times: 9 });
    await assert.rejects(gateway.listLayers(), userError('Throttled', 'ListLayers'));
    await assert.rejects(
      gateway.publishLayerVersion({ name: 'throttled' }, { zip: Buffer.from('x') }),
      userError('Throttled', 'throttled'),
    );
    assert.deepEqual([aws.proxy.count('ListLayers'), aws.proxy.count('PublishLayerVersion')], [2, 2]);
  });

  it('repeats a listing after errors of the server and broken connections', async () => {
    const { gateway } = aws.connect();
    aws.proxy.fault('ListFunctions', { kind: 'error', status: 503, name: 'ServiceException' });
    aws.proxy.fault('ListFunctions', { kind: 'reset' });
    aws.proxy.fault('ListFunctions', { kind: 'cut', afterBytes: 1 });
    await gateway.listFunctions('latest');
    assert.equal(aws.proxy.count('ListFunctions'), 4);
  });

  it('sends a change once when nobody knows whether it was made', async () => {
    const { gateway } = aws.connect();
    aws.proxy.fault('PublishLayerVersion', { kind: 'lose' });
    await assert.rejects(
      gateway.publishLayerVersion({ name: 'lost' }, { zip: Buffer.from('x') }),
      userError('NetworkFailed'),
    );
    assert.equal(aws.proxy.count('PublishLayerVersion'), 1);
    assert.equal((await gateway.listLayerVersions('lost')).items.length, 1);
  });

  it('names the IAM action that is missing', async () => {
    const { gateway } = aws.connect();
    const message =
      'User: arn:aws:iam::1:user/x is not authorized to perform: lambda:ListLayers on resource: *';
    aws.proxy.fault('ListLayers', { kind: 'error', status: 403, name: 'AccessDeniedException', message });
    await assert.rejects(gateway.listLayers(), userError('AccessDenied', 'lambda:ListLayers'));
    aws.proxy.fault('GetLayerVersionPolicy', { kind: 'error', status: 403, name: 'AccessDeniedException' });
    const arn = await aws.seed.layer({ name: 'denied' });
    await assert.rejects(
      gateway.getPolicy(arn),
      userError('AccessDenied', 'lambda:GetLayerVersionPolicy', 'denied:1'),
    );
  });

  const answers = [
    [404, 'ResourceNotFoundException', 'NotFound'],
    [409, 'ResourceConflictException', 'ChangedMeanwhile'],
    [412, 'PreconditionFailedException', 'ChangedMeanwhile'],
    [400, 'CodeStorageExceededException', 'LimitExceeded'],
    [413, 'RequestTooLargeException', 'LimitExceeded'],
    [402, 'ServiceQuotaExceededException', 'LimitExceeded'],
    [400, 'InvalidCodeSignatureException', 'RequestRefused'],
    [400, 'InvalidParameterValueException', 'RequestRefused'],
    [403, 'ExpiredTokenException', 'CredentialsInvalid'],
    [403, 'UnrecognizedClientException', 'CredentialsInvalid'],
    [500, 'ServiceException', 'ServiceFailed'],
  ] as const;
  for (const [status, name, code] of answers) {
    it(`calls ${name} ${code}`, async () => {
      const { gateway } = aws.connect({ maxAttempts: 1 });
      aws.proxy.fault('GetFunctionConfiguration', { kind: 'error', status, name, message: 'Because.' });
      await assert.rejects(gateway.getFunction('any'), userError(code));
    });
  }

  it('tells a version that is shared with nobody from one that does not exist', async () => {
    const { gateway } = aws.connect();
    const arn = await aws.seed.layer({ name: 'unshared' });
    assert.equal(await gateway.getPolicy(arn), undefined);
    await assert.rejects(gateway.getPolicy(arn.replace(/1$/, '9')), userError('NotFound', 'unshared:9'));
    const missing = {
      kind: 'error',
      status: 404,
      name: 'ResourceNotFoundException',
      message: 'Gone.',
    } as const;
    aws.proxy.fault('GetLayerVersionPolicy', missing);
    assert.equal(await gateway.getPolicy(arn), undefined, 'in other words');
  });

  for (const state of ['Deleting', 'Deactivating'] as const) {
    it(`knows a function that is ${state}`, async () => {
      const { gateway } = aws.connect();
      const name = await aws.seed.function({ name: `state-${state}` });
      aws.proxy.fault('GetFunctionConfiguration', { kind: 'alter', alter: withFields({ State: state }) });
      assert.equal((await gateway.getFunction(name)).state, state);
    });
  }

  it('takes up renewed credentials after expired ones', async () => {
    const { gateway } = aws.connect();
    aws.proxy.fault('ListLayers', { kind: 'error', status: 403, name: 'ExpiredTokenException' });
    await assert.rejects(gateway.listLayers(), userError('CredentialsInvalid', 'expired'));
    await gateway.listLayers();
  });

  it('says that there are no credentials, and sends nothing', async () => {
    const { gateway } = aws.connect();
    const kept = Object.keys(testCredentials);
    for (const name of kept) Reflect.deleteProperty(process.env, name);
    try {
      await assert.rejects(gateway.listLayers(), userError('CredentialsMissing'));
    } finally {
      Object.assign(process.env, testCredentials);
    }
    assert.equal(aws.proxy.count('ListLayers'), 0);
    await gateway.listLayers();
  });

  it('ends a call at once when somebody cancels, before, during and between attempts', async () => {
    const { gateway } = aws.connect();
    const reason = new Error('enough');
    await assert.rejects(gateway.listLayers({ signal: AbortSignal.abort(reason) }), reason);
    assert.equal(aws.proxy.count('ListLayers'), 0);

    aws.proxy.fault('ListLayers', { kind: 'hold' });
    const during = new AbortController();
    const held = gateway.listLayers({ signal: during.signal });
    await aws.proxy.arrived('ListLayers');
    during.abort(reason);
    await assert.rejects(held, reason);

    const between = new AbortController();
    aws.proxy.fault('ListFunctions', { kind: 'error', status: 503, name: 'ServiceException' }, { times: 9 });
    const repeated = gateway.listFunctions('latest', { signal: between.signal });
    await aws.proxy.arrived('ListFunctions', 2);
    between.abort(reason);
    await assert.rejects(repeated, reason);
  });

  it('says which address cannot be reached', async () => {
    const { gateway } = aws.connect({ maxAttempts: 1 });
    aws.proxy.fault('ListLayers', { kind: 'reset' });
    await assert.rejects(gateway.listLayers(), userError('NetworkFailed', 'ListLayers'));
  });

  it('tells other accounts’ layers apart from those that do not exist', async () => {
    const { gateway } = aws.connect();
    const foreign = `arn:aws:lambda:${region}:999999999999:layer:theirs`;
    await assert.rejects(
      gateway.listLayerVersions(foreign),
      userError('AccessDenied', 'lambda:ListLayerVersions'),
    );
    await assert.rejects(gateway.getLayerVersion(`${foreign}:1`), userError('NotFound', 'theirs:1'));
  });
});
