import assert from 'node:assert/strict';
import {
  applyLayerChange,
  planAttach,
  planDetach,
  planReorder,
} from '../../../../src/core/account/changeLayers.ts';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';
import { withFields } from '../../../support/faultProxy.ts';
import { useAws } from '../../../support/motoAws.ts';
import { userError } from '../../../support/userError.ts';

describe('Changing the layers of a function', function () {
  this.timeout(60_000);
  const aws = useAws();
  const quick = { pollMilliseconds: 1 };
  let [a, b, c]: string[] = [];
  let [a1, a2] = ['', ''];
  let gateway: LambdaGateway;
  let count = 0;

  before(async () => {
    [a1 = '', a2 = ''] = await aws.seed.versions('first', 2);
    a = a2;
    b = await aws.seed.layer({ name: 'second' });
    c = await aws.seed.layer({ name: 'third', runtimes: ['python3.13'], architectures: ['arm64'] });
  });
  beforeEach(() => {
    gateway = aws.connect().gateway;
    aws.proxy.clear();
    aws.proxy.gaps.readsInProgress = 0;
  });

  const make = (layers: (string | undefined)[]) =>
    aws.seed.function({ name: `changed-${count++}`, layers: layers.map((each) => each ?? '') });
  const orderOf = async (name: string) => (await gateway.getFunction(name)).layers.map(({ arn }) => arn);

  it('attaches at the end or where it is told, as planned', async () => {
    const name = await make([a]);
    const last = await planAttach(gateway, { function: name, layer: b ?? '' });
    assert.deepEqual([last.before, last.after], [[a], [a, b]]);
    assert.deepEqual(await orderOf(name), [a], 'planning changes nothing');
    const { status, layers } = await applyLayerChange(gateway, last, quick);
    assert.deepEqual([status, layers], ['active', [a, b]]);
    const front = await planAttach(gateway, { function: name, layer: c ?? '', position: 0 });
    assert.deepEqual(
      front.problems.map(({ rule, severity }) => `${rule} ${severity}`),
      ['runtime warning', 'architecture warning'],
    );
    await applyLayerChange(gateway, front, quick);
    assert.deepEqual(await orderOf(name), [c, a, b]);
  });

  it('replaces another version in place only when told', async () => {
    const name = await make([a1, b]);
    const refused = await planAttach(gateway, { function: name, layer: a2 });
    assert.deepEqual(
      refused.problems.map(({ rule }) => rule),
      ['sameLayer'],
    );
    await assert.rejects(
      applyLayerChange(gateway, refused, quick),
      userError('RequestRefused', 'first:1', 'first:2'),
    );
    const replaced = await planAttach(gateway, { function: name, layer: a2, onSameLayer: 'replace' });
    assert.deepEqual((await applyLayerChange(gateway, replaced, quick)).layers, [a2, b]);
  });

  it('refuses a sixth layer before Lambda does', async () => {
    const five = await Promise.all([1, 2, 3, 4, 5].map((each) => aws.seed.layer({ name: `filler-${each}` })));
    const name = await make(five);
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    aws.proxy.clear();
    await assert.rejects(applyLayerChange(gateway, plan, quick), userError('LimitExceeded', '6'));
    assert.deepEqual(aws.proxy.operations, []);
  });

  it('says what does not exist', async () => {
    const name = await make([]);
    await assert.rejects(
      planAttach(gateway, { function: name, layer: `${b?.slice(0, -1)}99` }),
      userError('NotFound', 'second:99'),
    );
    await assert.rejects(
      planAttach(gateway, { function: 'nobody', layer: b ?? '' }),
      userError('NotFound', 'nobody'),
    );
    await assert.rejects(
      planAttach(gateway, { function: name, layer: 'x' }),
      userError('LayerReferenceInvalid'),
    );
    await assert.rejects(
      planDetach(gateway, { function: name, layers: [b ?? ''] }),
      userError('NotFound', 'second'),
    );
    const elsewhere = (b ?? '').replace('eu-west-1', 'us-east-1');
    const plan = await planAttach(gateway, { function: name, layer: elsewhere });
    assert.deepEqual(
      plan.problems.map(({ rule }) => rule),
      ['region'],
    );
  });

  it('detaches and reorders, and keeps the others’ order', async () => {
    const name = await make([a, b, c]);
    const order = await planReorder(gateway, { function: name, layers: [c ?? '', a ?? '', b ?? ''] });
    await applyLayerChange(gateway, order, quick);
    const without = await planDetach(gateway, { function: name, layers: [a ?? ''] });
    assert.deepEqual((await applyLayerChange(gateway, without, quick)).layers, [c, b]);
    await applyLayerChange(
      gateway,
      await planDetach(gateway, { function: name, layers: [b ?? '', c ?? ''] }),
      quick,
    );
    assert.deepEqual(await orderOf(name), []);
    await assert.rejects(
      planReorder(gateway, { function: name, layers: [a ?? ''] }),
      userError('ChangedMeanwhile'),
    );
  });

  it('waits until the update is active', async () => {
    const name = await make([a]);
    aws.proxy.gaps.readsInProgress = 3;
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    const { configuration } = await applyLayerChange(gateway, plan, quick);
    assert.equal(configuration.lastUpdate, 'Successful');
    assert.ok(aws.proxy.count('GetFunctionConfiguration') >= 4);
  });

  it('waits for another update to end before its own', async () => {
    const name = await make([a, b]);
    aws.proxy.gaps.readsInProgress = 2;
    await aws.seed.setLayers(name, [a ?? '', b ?? '']);
    const plan = await planReorder(gateway, { function: name, layers: [b ?? '', a ?? ''] });
    assert.deepEqual((await applyLayerChange(gateway, plan, quick)).layers, [b, a]);
  });

  it('reports an update that Lambda could not finish', async () => {
    const name = await make([a]);
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    aws.proxy.fault(
      'GetFunctionConfiguration',
      {
        kind: 'alter',
        alter: withFields({
          LastUpdateStatus: 'Failed',
          LastUpdateStatusReason: 'Layers consume more than allowed.',
        }),
      },
      { skip: 1 },
    );
    const { status, layers, configuration, warning = '' } = await applyLayerChange(gateway, plan, quick);
    assert.deepEqual([status, layers], ['failed', [a, b]]);
    assert.equal(configuration.lastUpdate, 'Failed');
    assert.match(warning, /Layers consume more/);
  });

  it('leaves a function alone whose layers somebody else has changed since the plan', async () => {
    const name = await make([a]);
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    await aws.seed.setLayers(name, [a ?? '', c ?? '']);
    await assert.rejects(applyLayerChange(gateway, plan, quick), userError('ChangedMeanwhile', name));
    assert.deepEqual(await orderOf(name), [a, c]);
  });

  it('leaves it alone also when that happens between its own look and its change', async () => {
    const name = await make([a]);
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    const others = () => aws.seed.setLayers(name, [c ?? '']);
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'first', run: others });
    await assert.rejects(applyLayerChange(gateway, plan, quick), userError('ChangedMeanwhile', name));
    assert.deepEqual(await orderOf(name), [c]);
  });

  it('goes on when somebody else changed something but the layers', async () => {
    const name = await make([a]);
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    const touch = (): Promise<void> => {
      aws.proxy.gaps.touch(name);
      return Promise.resolve();
    };
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'first', run: touch });
    assert.deepEqual((await applyLayerChange(gateway, plan, quick)).layers, [a, b]);
  });

  it('sends a revision with every change', async () => {
    const name = await make([a]);
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    const touch = (): Promise<void> => {
      aws.proxy.gaps.touch(name);
      return Promise.resolve();
    };
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'first', run: touch }, { times: 9 });
    await assert.rejects(applyLayerChange(gateway, plan, quick), userError('ChangedMeanwhile'));
    assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 3, 'bounded');
    assert.deepEqual(await orderOf(name), [a]);
  });

  it('knows that a change was made whose answer got lost, and makes it once', async () => {
    const name = await make([a]);
    const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'lose' });
    assert.deepEqual((await applyLayerChange(gateway, plan, quick)).layers, [a, b]);
    assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 1);
  });

  for (const fault of [
    { kind: 'reset' },
    { kind: 'cutRequest', afterBytes: 1 },
    { kind: 'error', status: 500, name: 'ServiceException' },
  ] as const) {
    it(`repeats a change that did not arrive (${fault.kind}), and gives up after three times`, async () => {
      const name = await make([a]);
      const plan = await planAttach(gateway, { function: name, layer: b ?? '' });
      aws.proxy.fault('UpdateFunctionConfiguration', fault, { times: 2 });
      assert.deepEqual((await applyLayerChange(gateway, plan, quick)).layers, [a, b]);
      const back = await planDetach(gateway, { function: name, layers: [a ?? ''] });
      aws.proxy.clear();
      aws.proxy.fault('UpdateFunctionConfiguration', fault, { times: 9 });
      await assert.rejects(applyLayerChange(gateway, back, quick));
      assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 3);
      assert.deepEqual(await orderOf(name), [a, b]);
    });
  }

  it('does nothing when the order is what it should be', async () => {
    const name = await make([a, b]);
    const plan = await planReorder(gateway, { function: name, layers: [a ?? '', b ?? ''] });
    assert.equal((await applyLayerChange(gateway, plan, quick)).status, 'unchanged');
    assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 0);
  });
});
