import assert from 'node:assert/strict';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';
import {
  applyDependents,
  planDependents,
  type DependentResult,
} from '../../../../src/core/account/updateDependents.ts';
import { UpdateHistory } from '../../../../src/core/account/updateHistory.ts';
import { withFields } from '../../../support/faultProxy.ts';
import { useAws } from '../../../support/motoAws.ts';
import { userError } from '../../../support/userError.ts';

describe('Updating the dependents of a layer', function () {
  this.timeout(60_000);
  const aws = useAws();
  const quick = { pollMilliseconds: 1, onError: 'continue' } as const;
  let gateway: LambdaGateway;
  let round = 0;
  let [old, target, like, other] = ['', '', '', ''];
  let [one, two, three] = ['', '', ''];

  beforeEach(async () => {
    gateway = aws.connect().gateway;
    const name = `tools${round++}`;
    const versions = await aws.seed.versions(name, 3);
    [old = '', , target = ''] = versions;
    like = await aws.seed.layer({ name: `${name}-extra` });
    other = await aws.seed.layer({ name: `other-${name}` });
    one = await aws.seed.function({ name: `${name}-one`, layers: [other, old, like] });
    two = await aws.seed.function({ name: `${name}-two`, layers: [versions[1] ?? ''] });
    three = await aws.seed.function({ name: `${name}-three`, layers: [target, like] });
    await aws.seed.function({ name: `${name}-unrelated`, layers: [like] });
    aws.proxy.clear();
  });

  const orderOf = async (name: string) => (await gateway.getFunction(name)).layers.map(({ arn }) => arn);
  const statuses = (results: readonly DependentResult[]) =>
    results.map(({ function: name, status }) => [name, status]);

  it('plans to replace older versions in place, of this very layer only, and changes nothing', async () => {
    const seen: number[] = [];
    const plan = await planDependents(
      gateway,
      { layerVersionArn: target },
      { onProgress: (count) => seen.push(count) },
    );
    assert.deepEqual(
      plan.changes.map(({ function: name, before, after }) => [name, before, after]),
      [
        [one, [other, old, like], [other, target, like]],
        [two, [old.replace(/1$/, '2')], [target]],
      ],
    );
    assert.deepEqual(plan.current, [three]);
    assert.ok(seen.length >= 4);
    assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 0);
  });

  it('lists published versions and aliases that keep the old version', async () => {
    const version = await aws.seed.publishFunction(one, 'live');
    const { pinned } = await planDependents(gateway, { layerVersionArn: target });
    assert.deepEqual(
      pinned.map((each) => [each.functionName, each.version, each.aliases, each.layerVersionArn]),
      [[one, version, ['live'], old]],
    );
  });

  it('takes the functions that are named, by name or ARN', async () => {
    const { arn } = await gateway.getFunction(two);
    const plan = await planDependents(gateway, { layerVersionArn: target, functions: [arn] });
    assert.deepEqual(
      plan.changes.map((each) => each.function),
      [two],
    );
    const unknown = { layerVersionArn: target, functions: ['nobody'] };
    await assert.rejects(planDependents(gateway, unknown), userError('NotFound', 'nobody'));
    await assert.rejects(
      planDependents(gateway, { layerVersionArn: target.replace(/3$/, '9') }),
      userError('NotFound'),
    );
  });

  it('updates all, and takes it back', async () => {
    const { changes } = await planDependents(gateway, { layerVersionArn: target });
    const history = new UpdateHistory();
    const told: number[] = [];
    const results = await applyDependents(gateway, changes, {
      ...quick,
      onResult: (_, done) => told.push(done),
    });
    assert.deepEqual(statuses(results), [
      [one, 'updated'],
      [two, 'updated'],
    ]);
    assert.deepEqual(told, [1, 2]);
    assert.deepEqual(await orderOf(one), [other, target, like]);
    history.record(gateway, results);
    assert.deepEqual(
      history.next?.map(({ after }) => after),
      [[old.replace(/1$/, '2')], [other, old, like]],
    );
    assert.deepEqual(statuses(await history.undo(quick)), [
      [two, 'updated'],
      [one, 'updated'],
    ]);
    assert.deepEqual(await orderOf(one), [other, old, like]);
    assert.equal(history.next, undefined);
    assert.deepEqual(await history.undo(quick), []);
  });

  it('does not take back what somebody else has changed since, and can be asked again', async () => {
    const { changes } = await planDependents(gateway, { layerVersionArn: target });
    const history = new UpdateHistory();
    history.record(gateway, await applyDependents(gateway, changes, quick));
    await aws.seed.setLayers(one, [like]);
    assert.deepEqual(statuses(await history.undo(quick)), [
      [two, 'updated'],
      [one, 'failed'],
    ]);
    assert.deepEqual(await orderOf(one), [like]);
    assert.deepEqual(
      history.next?.map((each) => each.function),
      [one],
    );
  });

  for (const [onError, second] of [
    ['stop', 'notStarted'],
    ['continue', 'updated'],
  ] as const) {
    it(`with "${onError}" leaves the second function ${second} when the first fails`, async () => {
      const { changes } = await planDependents(gateway, { layerVersionArn: target });
      aws.proxy.fault('UpdateFunctionConfiguration', {
        kind: 'error',
        status: 403,
        name: 'AccessDeniedException',
      });
      const results = await applyDependents(gateway, changes, { ...quick, onError });
      assert.deepEqual(statuses(results), [
        [one, 'failed'],
        [two, second],
      ]);
      userError('AccessDenied', 'lambda:UpdateFunctionConfiguration')(results[0]?.error);
      assert.deepEqual(await orderOf(one), [other, old, like]);
    });
  }

  it('reports each function when somebody cancels, and what was done can be taken back', async () => {
    const { changes } = await planDependents(gateway, { layerVersionArn: target });
    const controller = new AbortController();
    const results = await applyDependents(gateway, changes, {
      ...quick,
      signal: controller.signal,
      onResult: () => controller.abort(),
    });
    assert.deepEqual(statuses(results), [
      [one, 'updated'],
      [two, 'notStarted'],
    ]);
    const history = new UpdateHistory();
    history.record(gateway, results);
    assert.deepEqual(statuses(await history.undo(quick)), [[one, 'updated']]);
  });

  it('says of a function that was being changed what it is now', async () => {
    const { changes } = await planDependents(gateway, { layerVersionArn: target });
    aws.proxy.fault('UpdateFunctionConfiguration', { kind: 'hold' });
    const controller = new AbortController();
    const applying = applyDependents(gateway, changes, { ...quick, signal: controller.signal });
    await aws.proxy.arrived('UpdateFunctionConfiguration');
    // What was sent takes effect before the answer is held back.
    while ((await orderOf(one))[1] !== target);
    controller.abort();
    aws.proxy.release();
    const results = await applying;
    assert.deepEqual(statuses(results), [
      [one, 'pending'],
      [two, 'notStarted'],
    ]);
  });

  it('says of a function that somebody else has changed what it is now', async () => {
    const { changes } = await planDependents(gateway, { layerVersionArn: target });
    await aws.seed.setLayers(one, [like]);
    const [first] = await applyDependents(gateway, changes, quick);
    assert.equal(first?.status, 'failed');
    assert.deepEqual(
      first.configuration?.layers.map(({ arn }) => arn),
      [like],
    );
  });

  it('takes back also what Lambda could not finish', async () => {
    const { changes } = await planDependents(gateway, { layerVersionArn: target, functions: [one] });
    aws.proxy.fault(
      'GetFunctionConfiguration',
      { kind: 'alter', alter: withFields({ LastUpdateStatus: 'Failed', LastUpdateStatusReason: 'no' }) },
      { skip: 1 },
    );
    const results = await applyDependents(gateway, changes, quick);
    assert.deepEqual(statuses(results), [[one, 'failed']]);
    const history = new UpdateHistory();
    history.record(gateway, results);
    await history.undo(quick);
    assert.deepEqual(await orderOf(one), [other, old, like]);
  });
});
