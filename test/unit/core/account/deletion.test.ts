import assert from 'node:assert/strict';
import { applyDeletion, planDeletion } from '../../../../src/core/account/deleteVersion.ts';
import { layerArnOf, versionOf } from '../../../../src/core/account/layerNames.ts';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';
import { applyPrune, lookAgain, planPrune } from '../../../../src/core/account/pruneVersions.ts';
import { useAws } from '../../../support/motoAws.ts';
import { userError } from '../../../support/userError.ts';
import { addedPermission } from './support.ts';

describe('Deleting layer versions', function () {
  this.timeout(60_000);
  const aws = useAws();
  let gateway: LambdaGateway;
  let arns: string[] = [];
  let layerArn: string;
  let round = 0;
  let name: string;

  beforeEach(async () => {
    gateway = aws.connect().gateway;
    name = `pruned${round++}`;
    arns = await aws.seed.versions(name, 6);
    layerArn = layerArnOf(arns[0] ?? '');
    const functionName = await aws.seed.function({ name: `${name}-now`, layers: [arns[1] ?? ''] });
    await aws.seed.publishFunction(functionName, 'live');
    await aws.seed.setLayers(functionName, [arns[2] ?? '']);
    await aws.seed.layer({ name: `${name}-like` });
    aws.proxy.clear();
  });

  const numbers = async () => (await gateway.listLayerVersions(name)).items.map(({ version }) => version);

  it('names functions, published versions and aliases that have one', async () => {
    const users = async (index: number) =>
      (await planDeletion(gateway, arns[index] ?? '')).users.map((each) => [
        each.functionName,
        each.version,
        each.aliases,
      ]);
    assert.deepEqual(await users(0), []);
    assert.deepEqual(await users(1), [[`${name}-now`, '1', ['live']]]);
    assert.deepEqual(await users(2), [[`${name}-now`, '$LATEST', []]]);
  });

  it('says whom it is shared with, and what cannot be known', async () => {
    await addedPermission(gateway, arns[0] ?? '', { kind: 'public' });
    const plan = await planDeletion(gateway, arns[0] ?? '');
    assert.deepEqual(plan.sharedWith, [{ kind: 'public' }]);
    assert.match(plan.notes.join(' '), /It is shared: whether other accounts use it cannot be known/);
    aws.proxy.fault('GetLayerVersionPolicy', { kind: 'error', status: 403, name: 'AccessDeniedException' });
    const denied = await planDeletion(gateway, arns[0] ?? '');
    assert.equal(denied.sharedWith, undefined);
    assert.match(denied.notes.join(' '), /Its permissions may not be read/);
  });

  it('is refused for a version in use unless told', async () => {
    const plan = await planDeletion(gateway, arns[1] ?? '');
    await assert.rejects(
      applyDeletion(gateway, plan, { inUse: 'refuse' }),
      userError('RequestRefused', `${name}-now`),
    );
    assert.equal((await numbers()).length, 6);
    await applyDeletion(gateway, plan, { inUse: 'evenIfUsed' });
    assert.deepEqual(await numbers(), [6, 5, 4, 3, 1]);
  });

  it('of what does not exist is an error when planned', async () => {
    await assert.rejects(planDeletion(gateway, `${layerArn}:99`), userError('NotFound'));
  });

  it('by pruning keeps the newest and everything in use, as shown', async () => {
    const plan = await planPrune(gateway, { layerArn, keepNewest: 2 });
    assert.deepEqual(
      plan.keep.map(({ arn, reason }) => [versionOf(arn), reason]),
      [
        [6, 'newest'],
        [5, 'newest'],
        [3, 'inUse'],
        [2, 'inUse'],
      ],
    );
    assert.deepEqual(
      plan.remove.map(({ arn }) => versionOf(arn)),
      [4, 1],
    );
    assert.equal((await numbers()).length, 6, 'planning deletes nothing');
    const results = await applyPrune(gateway, plan, { onError: 'continue' });
    assert.deepEqual(
      results.map(({ arn, status }) => [versionOf(arn), status]),
      [
        [1, 'deleted'],
        [4, 'deleted'],
      ],
    );
    assert.deepEqual(await numbers(), [6, 5, 3, 2]);
    assert.deepEqual((await planPrune(gateway, { layerArn, keepNewest: 2 })).remove, []);
  });

  it('by pruning stops or goes on after a failure, as chosen, and reports each', async () => {
    const plan = await planPrune(gateway, { layerArn, keepNewest: 1 });
    const fault = { kind: 'error', status: 403, name: 'AccessDeniedException' } as const;
    aws.proxy.fault('DeleteLayerVersion', fault);
    const stopped = await applyPrune(gateway, plan, { onError: 'stop' });
    assert.deepEqual(
      stopped.map(({ status }) => status),
      ['failed', 'notStarted', 'notStarted'],
    );
    aws.proxy.fault('DeleteLayerVersion', fault);
    const told: number[] = [];
    const rest = await applyPrune(gateway, plan, {
      onError: 'continue',
      onResult: (_, done) => told.push(done),
    });
    assert.deepEqual(
      rest.map(({ status }) => status),
      ['failed', 'deleted', 'deleted'],
    );
    assert.deepEqual(told, [1, 2, 3]);
  });

  it('by pruning can be cancelled between two versions', async () => {
    const plan = await planPrune(gateway, { layerArn, keepNewest: 1 });
    const controller = new AbortController();
    const results = await applyPrune(gateway, plan, {
      onError: 'continue',
      signal: controller.signal,
      onResult: () => controller.abort(),
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['deleted', 'notStarted', 'notStarted'],
    );
  });

  it('by pruning keeps what has come into use since it was shown', async () => {
    const shown = await planPrune(gateway, { layerArn, keepNewest: 2 });
    await aws.seed.function({ name: `${name}-late`, layers: [arns[3] ?? ''] });
    const { keep, remove } = await lookAgain(gateway, shown);
    assert.deepEqual(
      keep.map(({ arn, reason }) => [versionOf(arn), reason]),
      [
        [6, 'newest'],
        [5, 'newest'],
        [4, 'inUse'],
        [3, 'inUse'],
        [2, 'inUse'],
      ],
    );
    assert.deepEqual(
      remove.map(({ arn }) => versionOf(arn)),
      [1],
    );
  });

  it('by pruning keeps at least one', async () => {
    await assert.rejects(planPrune(gateway, { layerArn, keepNewest: 0 }), userError('ConfigurationInvalid'));
  });

  it('is not planned when the functions cannot be looked at', async () => {
    aws.proxy.fault('ListFunctions', { kind: 'error', status: 403, name: 'AccessDeniedException' });
    await assert.rejects(
      planPrune(gateway, { layerArn, keepNewest: 1 }),
      userError('AccessDenied', 'lambda:ListFunctions'),
    );
  });
});
