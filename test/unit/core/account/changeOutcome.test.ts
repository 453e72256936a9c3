import assert from 'node:assert/strict';
import { changeOrder, type UpdateOptions } from '../../../../src/core/account/functionUpdate.ts';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';
import { changeResult } from '../../../../src/core/account/updateDependents.ts';
import { UpdateHistory } from '../../../../src/core/account/updateHistory.ts';
import type { Fault } from '../../../support/faultProxy.ts';
import { useAws } from '../../../support/motoAws.ts';
import { userError } from '../../../support/userError.ts';

describe('What is told of a change of layers', function () {
  this.timeout(60_000);
  const aws = useAws();
  const quick: UpdateOptions = { pollMilliseconds: 1, lookPauses: [0, 1, 1, 1] };
  let [a, b, c] = ['', '', ''];
  let gateway: LambdaGateway;
  let count = 0;
  let name: string;

  before(async () => {
    for (const layer of ['first', 'second', 'third']) await aws.seed.layer({ name: layer });
    const { items } = await aws.connect().gateway.listLayers();
    [a = '', b = '', c = ''] = items.map(({ newest }) => newest?.arn ?? '');
  });
  beforeEach(async () => {
    gateway = aws.connect({ maxAttempts: 1, graceMilliseconds: 100 }).gateway;
    name = await aws.seed.function({ name: `told-${count++}`, layers: [a] });
    aws.proxy.clear();
    aws.proxy.gaps.readsInProgress = 0;
  });

  const orderOf = async () => (await gateway.getFunction(name)).layers.map(({ arn }) => arn);
  const change = () => ({ function: name, before: [a], after: [a, b] });
  const apply = (options: UpdateOptions = {}) => changeOrder(gateway, change(), { ...quick, ...options });

  const failures: [string, Fault][] = [
    ['fails to answer', { kind: 'error', status: 503, name: 'ServiceException' }],
    ['throttles', { kind: 'error', status: 429, name: 'TooManyRequestsException' }],
    ['finds the token expired', { kind: 'error', status: 403, name: 'ExpiredTokenException' }],
    ['cannot be reached', { kind: 'reset' }],
  ];
  for (const [what, fault] of failures) {
    it(`is that it was made, when AWS ${what} while it is waited for`, async () => {
      aws.proxy.fault('GetFunctionConfiguration', fault, { skip: 1 });
      const { status, layers, configuration, warning } = await apply();
      assert.deepEqual([status, layers], ['pending', [a, b]]);
      assert.deepEqual(
        configuration.layers.map(({ arn }) => arn),
        [a, b],
      );
      assert.match(warning ?? '', new RegExp(name));
      assert.deepEqual(await orderOf(), [a, b]);
    });
  }

  it('is that it was made, when it takes longer than anybody waits', async () => {
    aws.proxy.gaps.readsInProgress = 1_000_000;
    const { status, layers } = await apply({ limitMilliseconds: 1 });
    assert.deepEqual([status, layers], ['pending', [a, b]]);
  });

  it('is that it was made and changed again, when somebody else was quick', async () => {
    const run = () => aws.seed.setLayers(name, [c]);
    aws.proxy.fault('GetFunctionConfiguration', { kind: 'first', run }, { skip: 1 });
    const { status, layers, warning } = await apply();
    assert.deepEqual([status, layers], ['active', [c]]);
    assert.match(warning ?? '', /somebody else/);
  });

  it('is found out when the answer is lost and the first look fails too', async () => {
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'lose' });
    aws.proxy.fault('GetFunctionConfiguration', { kind: 'reset' }, { skip: 1, times: 2 });
    assert.equal((await apply()).status, 'active');
    assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 1);
  });

  it('is that it is not known, when the answer is lost and every look fails', async () => {
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'lose' });
    aws.proxy.fault('GetFunctionConfiguration', { kind: 'reset' }, { skip: 1, times: 4 });
    const changed = await apply();
    assert.deepEqual([changed.status, changed.layers], ['unknown', [a, b]]);
    assert.deepEqual(await orderOf(), [a, b]);
    await takeBack(changed);
    assert.deepEqual(await orderOf(), [a]);
  });

  it('is that it was made, when its first attempt takes effect late', async () => {
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'reset' });
    const run = () => aws.seed.setLayers(name, [a, b]);
    aws.proxy.fault('GetFunctionConfiguration', { kind: 'first', run }, { skip: 2 });
    assert.equal((await apply()).status, 'active');
  });

  it('is nothing but the cancelling, when it was not sent', async () => {
    await assert.rejects(apply({ signal: AbortSignal.abort() }), { name: 'AbortError' });
    const controller = new AbortController();
    aws.proxy.fault('GetFunctionConfiguration', { kind: 'hold' });
    const applying = apply({ signal: controller.signal });
    await aws.proxy.arrived('GetFunctionConfiguration');
    controller.abort();
    await assert.rejects(applying, { name: 'AbortError' });
    assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 0);
  });

  for (const kind of ['hold', 'holdRequest'] as const) {
    it(`is what AWS did, when it is cancelled on its way (${kind})`, async () => {
      aws.proxy.fault('UpdateFunctionConfiguration', { kind });
      const controller = new AbortController();
      const applying = apply({ signal: controller.signal });
      await aws.proxy.arrived('UpdateFunctionConfiguration');
      controller.abort();
      aws.proxy.release();
      const { status, layers } = await applying;
      assert.deepEqual([status, layers], ['pending', [a, b]]);
      assert.deepEqual(await orderOf(), [a, b]);
    });
  }

  it('is nothing but the cancelling, when it is cancelled on its way and AWS refuses it', async () => {
    const controller = new AbortController();
    const cancel = (): Promise<void> => {
      controller.abort();
      return Promise.resolve();
    };
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'first', run: cancel });
    const applying = changeOrder(
      gateway,
      { ...change(), after: [a, b, a] },
      { ...quick, signal: controller.signal },
    );
    await assert.rejects(applying, { name: 'AbortError' });
    assert.deepEqual(await orderOf(), [a]);
  });

  it('is that it may still be done, when it is cancelled and no answer comes; and that can be taken back', async () => {
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'holdRequest' });
    const controller = new AbortController();
    const applying = apply({ signal: controller.signal });
    await aws.proxy.arrived('UpdateFunctionConfiguration');
    controller.abort();
    const changed = await applying;
    assert.deepEqual([changed.status, changed.layers], ['unknown', [a, b]]);
    assert.match(changed.warning ?? '', /look again/);
    assert.deepEqual(await orderOf(), [a], 'not yet');
    aws.proxy.release();
    while ((await orderOf()).length === 1);
    await takeBack(changed);
    assert.deepEqual(await orderOf(), [a]);
  });

  it('is that waiting was given up, when it is cancelled while Lambda works', async () => {
    aws.proxy.gaps.readsInProgress = 1_000_000;
    const waiting = new AbortController();
    const applying = apply({ signal: waiting.signal });
    await aws.proxy.arrived('GetFunctionConfiguration', 4);
    waiting.abort();
    const { status, warning } = await applying;
    assert.deepEqual([status, warning], ['pending', undefined]);
    assert.deepEqual(await orderOf(), [a, b]);
  });

  it('is the failure, when it did not arrive', async () => {
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'reset' }, { times: 9 });
    await assert.rejects(apply(), userError('NetworkFailed'));
    assert.deepEqual(await orderOf(), [a]);
  });

  async function takeBack(changed: Awaited<ReturnType<typeof apply>>): Promise<void> {
    const history = new UpdateHistory();
    history.record(gateway, [changeResult({ ...change(), functionArn: changed.configuration.arn }, changed)]);
    await history.undo({ ...quick, onError: 'stop' });
  }
});
