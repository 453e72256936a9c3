import assert from 'node:assert/strict';
import { AccountStore, type AccountChange } from '../../../../src/core/account/accountStore.ts';
import { lookUpLayer } from '../../../../src/core/account/lookUpLayer.ts';
import { layerArnOf } from '../../../../src/core/account/layerNames.ts';
import { region, useAws } from '../../../support/motoAws.ts';
import { userError } from '../../../support/userError.ts';

describe('The account store', function () {
  this.timeout(60_000);
  const aws = useAws();
  let store: AccountStore;
  let arns: string[] = [];

  before(async () => {
    arns = await aws.seed.versions('listed', 3);
    await aws.seed.versions('listed-too', 1);
    for (let index = 0; index < 120; index++) {
      const layers = index % 2 === 0 ? [arns[0] ?? ''] : [];
      await aws.seed.function({ name: `listed-${String(index).padStart(3, '0')}`, layers });
    }
  });
  beforeEach(() => {
    store = new AccountStore(aws.connect().gateway);
    aws.proxy.clear();
  });
  afterEach(() => store.dispose());

  it('calls nothing before somebody looks, and reads no further than somebody looks', async () => {
    assert.deepEqual(aws.proxy.operations, []);
    await store.functions.ensure(1);
    assert.deepEqual([store.functions.items.length, store.functions.isComplete], [50, false]);
    await store.functions.ensure(50);
    assert.equal(aws.proxy.count('ListFunctions'), 1);
    await store.functions.more();
    assert.equal(store.functions.items.length, 100);
  });

  it('finds all users of a version in one pass, and keeps them until refreshed', async () => {
    const [first = '', second = ''] = arns;
    const seen: number[] = [];
    const usage = await store.usage({ onPage: (count) => seen.push(count) });
    assert.deepEqual(seen, [50, 100, 120]);
    assert.equal(usage.usersOfVersion(first).length, 60);
    assert.equal(usage.usersOfVersion(second).length, 0);
    assert.equal(usage.usersOfLayer(layerArnOf(first)).length, 60);
    assert.equal(await store.usage(), usage);
    assert.equal(store.knownUsage, usage);
    assert.equal(aws.proxy.count('ListFunctions'), 3);
    store.refresh();
    assert.equal(store.knownUsage, undefined);
    await store.usage();
    assert.equal(aws.proxy.count('ListFunctions'), 6);
  });

  it('reads a page once for two who ask at the same time', async () => {
    await Promise.all([store.layers.ensure(1), store.layers.ensure(1), store.versions('listed').ensure(1)]);
    assert.deepEqual([aws.proxy.count('ListLayers'), aws.proxy.count('ListLayerVersions')], [1, 1]);
  });

  it('goes on after a failed or cancelled page, and shows no function twice', async () => {
    const error = { kind: 'error', status: 400, name: 'InvalidParameterValueException' } as const;
    aws.proxy.fault('ListFunctions', error, { skip: 1 });
    await assert.rejects(store.usage(), userError('RequestRefused'));
    assert.equal(store.functions.items.length, 50);
    aws.proxy.fault('ListFunctions', { kind: 'hold' });
    const controller = new AbortController();
    const cancelled = store.usage({ signal: controller.signal });
    await aws.proxy.arrived('ListFunctions', 3);
    controller.abort();
    await assert.rejects(cancelled, { name: 'AbortError' });
    await store.usage();
    const names = store.functions.items.map(({ name }) => name);
    assert.deepEqual([names.length, new Set(names).size], [120, 120]);
  });

  it('another one’s cancelled page does not cancel mine', async () => {
    aws.proxy.fault('ListFunctions', { kind: 'hold' });
    const controller = new AbortController();
    const theirs = store.functions.ensure(1, { signal: controller.signal });
    const mine = store.functions.ensure(1);
    await aws.proxy.arrived('ListFunctions');
    controller.abort();
    await assert.rejects(theirs, { name: 'AbortError' });
    assert.equal((await mine).length, 50);
  });

  it('throws away a page that comes after a refresh', async () => {
    aws.proxy.fault('ListFunctions', { kind: 'hold' });
    const slow = store.functions.ensure(1);
    await aws.proxy.arrived('ListFunctions');
    store.functions.reset();
    aws.proxy.release();
    await slow;
    assert.equal(store.functions.items.length, 50);
  });

  it('takes over a change of a function without asking, and says what has changed', async () => {
    await store.usage();
    const changes: AccountChange[] = [];
    store.onDidChange((change) => changes.push(change));
    const [sample] = store.functions.items;
    assert.ok(sample);
    const layers = [{ arn: arns[2] ?? '', zippedBytes: 8 }];
    store.functionChanged({ ...sample, layers });
    assert.deepEqual(
      store.knownUsage?.usersOfVersion(arns[2] ?? '').map(({ name }) => name),
      [sample.name],
    );
    store.layerChanged(layerArnOf(arns[0] ?? ''));
    assert.deepEqual(changes, [
      { kind: 'function', functionArn: sample.arn },
      { kind: 'layer', layer: layerArnOf(arns[0] ?? '') },
    ]);
    assert.deepEqual(store.functionNow(sample.arn)?.layers, layers);
    store.refresh();
    assert.equal(store.functionNow(sample.arn), undefined);
    assert.equal(aws.proxy.count('ListFunctions'), 3);
  });

  it('says when it has become known who uses what', async () => {
    const changes: AccountChange[] = [];
    store.onDidChange((change) => changes.push(change));
    await store.usage();
    assert.deepEqual(changes, [{ kind: 'usage' }]);
  });

  it('keeps a change that was made while a page of before was on its way', async () => {
    await store.functions.ensure(1);
    const [sample] = store.functions.items;
    assert.ok(sample);
    store.refresh();
    aws.proxy.fault('ListFunctions', { kind: 'hold' });
    const reading = store.usage();
    await aws.proxy.arrived('ListFunctions', 2);
    store.functionChanged({ ...sample, layers: [{ arn: arns[2] ?? '', zippedBytes: 8 }] });
    aws.proxy.release();
    assert.deepEqual(
      (await reading).usersOfVersion(arns[2] ?? '').map(({ name }) => name),
      [sample.name],
    );
    store.refresh();
    assert.equal(
      (await store.usage()).usersOfVersion(arns[2] ?? '').length,
      0,
      'what is asked later is newer',
    );
  });

  it('is told of a layer by name, where the ARN is not known', async () => {
    const layerArn = layerArnOf(arns[0] ?? '');
    await Promise.all([store.versions(layerArn).all(), store.details(arns[0] ?? '')]);
    const other = store.versions(layerArn.replace('listed', 'listed-too'));
    store.layerChanged('listed');
    assert.equal(store.versions(layerArn).items.length, 0);
    assert.equal(store.versions(layerArn.replace('listed', 'listed-too')), other);
    aws.proxy.clear();
    await store.details(arns[0] ?? '');
    assert.equal(aws.proxy.count('GetLayerVersion'), 1);
  });

  it('asks once for what never changes, again after a failure', async () => {
    const [first = ''] = arns;
    aws.proxy.fault('GetLayerVersion', { kind: 'error', status: 404, name: 'ResourceNotFoundException' });
    await assert.rejects(store.details(first), userError('NotFound'));
    assert.equal((await store.details(first)).version, 1);
    await store.details(first);
    assert.equal(aws.proxy.count('GetLayerVersion'), 2);
  });

  it('looks at a version whose layer cannot be listed, and says why there is no more', async () => {
    const [first = ''] = arns;
    aws.proxy.fault('ListLayerVersions', { kind: 'error', status: 403, name: 'AccessDeniedException' });
    const { details, versions, versionsDenied } = await lookUpLayer(store.gateway, first);
    assert.deepEqual([details.version, versions], [1, undefined]);
    assert.match(versionsDenied ?? '', /123456789012/);
    assert.equal((await lookUpLayer(store.gateway, first)).versions?.length, 3);
    const foreign = `arn:aws:lambda:${region}:999999999999:layer:x:1`;
    await assert.rejects(lookUpLayer(store.gateway, foreign), userError('NotFound'));
  });
});
