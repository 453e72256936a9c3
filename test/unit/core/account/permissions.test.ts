import assert from 'node:assert/strict';
import {
  applyGrant,
  copyPermissions,
  planGrant,
  removePermission,
} from '../../../../src/core/account/permissions.ts';
import type { PermissionStatement } from '../../../../src/core/account/layerPolicy.ts';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';
import { useAws } from '../../../support/motoAws.ts';
import { userError } from '../../../support/userError.ts';
import { addedPermission } from './support.ts';

describe('Permissions of a layer version', function () {
  this.timeout(60_000);
  const aws = useAws();
  const account = { kind: 'account', account: '111122223333' } as const;
  let gateway: LambdaGateway;
  let arn: string;

  beforeEach(async () => {
    gateway = aws.connect().gateway;
    arn = await aws.seed.layer({ name: 'shared' });
    aws.proxy.clear();
  });

  const ids = async () => (await gateway.getPolicy(arn))?.statements.map(({ statementId }) => statementId);

  it('are none at first, which is no error', async () => {
    assert.equal(await gateway.getPolicy(arn), undefined);
  });

  it('are given to accounts, organizations and everybody, each as planned', async () => {
    const audiences = [
      account,
      { kind: 'organization', organizationId: 'o-a1b2c3d4e5' },
      { kind: 'public' },
    ] as const;
    for (const audience of audiences) {
      const plan = await planGrant(gateway, { layerVersionArn: arn, audience });
      assert.equal(plan.isPublic, audience.kind === 'public');
      assert.deepEqual((await applyGrant(gateway, plan)).audience, audience);
    }
    assert.deepEqual((await gateway.getPolicy(arn))?.statements, [
      { statementId: 'account-111122223333', audience: audiences[0] },
      { statementId: 'organization-o-a1b2c3d4e5', audience: audiences[1] },
      { statementId: 'public', audience: audiences[2] },
    ]);
  });

  it('are not given twice', async () => {
    const first = await addedPermission(gateway, arn, account);
    const plan = await planGrant(gateway, { layerVersionArn: arn, audience: account });
    assert.deepEqual(plan.existing, first);
    assert.deepEqual(await applyGrant(gateway, plan), first);
    assert.equal(aws.proxy.count('AddLayerVersionPermission'), 1);
  });

  it('get another id where the usual one is taken', async () => {
    const other = { kind: 'account', account: '444455556666' } as const;
    await applyGrant(
      gateway,
      await planGrant(gateway, { layerVersionArn: arn, audience: other, statementId: 'public' }),
    );
    assert.equal((await addedPermission(gateway, arn, { kind: 'public' })).statementId, 'public-2');
    const taken = { layerVersionArn: arn, audience: account, statementId: 'public' };
    await assert.rejects(
      applyGrant(gateway, await planGrant(gateway, taken)),
      userError('ChangedMeanwhile', 'public'),
    );
  });

  it('are refused for what is no account, organization or id', async () => {
    const plan = (audience: Parameters<typeof planGrant>[1]['audience'], statementId = 'fine') =>
      planGrant(gateway, { layerVersionArn: arn, audience, statementId });
    await assert.rejects(
      plan({ kind: 'account', account: '1' }),
      userError('ConfigurationInvalid', 'twelve'),
    );
    await assert.rejects(
      plan({ kind: 'organization', organizationId: 'x' }),
      userError('ConfigurationInvalid'),
    );
    await assert.rejects(plan(account, 'not fine'), userError('ConfigurationInvalid'));
    assert.deepEqual(aws.proxy.operations, []);
  });

  it('are not added to a policy that somebody else has changed since', async () => {
    await addedPermission(gateway, arn, account);
    const plan = await planGrant(gateway, { layerVersionArn: arn, audience: { kind: 'public' } });
    await addedPermission(gateway, arn, { kind: 'account', account: '444455556666' });
    await assert.rejects(applyGrant(gateway, plan), userError('ChangedMeanwhile'));
    assert.deepEqual(await ids(), ['account-111122223333', 'account-444455556666']);
  });

  it('are known to be there when the answer got lost', async () => {
    aws.proxy.fault('AddLayerVersionPermission', { kind: 'lose' });
    assert.deepEqual((await addedPermission(gateway, arn, account)).audience, account);
    aws.proxy.fault('AddLayerVersionPermission', { kind: 'reset' });
    await assert.rejects(addedPermission(gateway, arn, { kind: 'public' }), userError('NetworkFailed'));
    assert.deepEqual(await ids(), ['account-111122223333']);
  });

  it('are removed by their id, also when the answer gets lost', async () => {
    await addedPermission(gateway, arn, account);
    await addedPermission(gateway, arn, { kind: 'public' });
    aws.proxy.fault('RemoveLayerVersionPermission', { kind: 'lose' });
    await removePermission(gateway, { layerVersionArn: arn, statementId: 'public' });
    assert.deepEqual(await ids(), ['account-111122223333']);
    await removePermission(gateway, { layerVersionArn: arn, statementId: 'account-111122223333' });
    assert.equal(await gateway.getPolicy(arn), undefined);
    const gone = { layerVersionArn: arn, statementId: 'public' };
    await assert.rejects(removePermission(gateway, gone), userError('NotFound', 'public'));
  });

  it('are copied to another version, the rest being told', async () => {
    await addedPermission(gateway, arn, account);
    await addedPermission(gateway, arn, { kind: 'public' });
    const next = await aws.seed.layer({ name: 'shared', zip: Buffer.from('next') });
    await addedPermission(gateway, next, account);
    const { copied, skipped, failed } = await copyPermissions(gateway, { from: arn, to: next });
    assert.deepEqual(
      [copied, skipped, failed].map((list) => list.length),
      [1, 1, 0],
    );
    assert.equal((await gateway.getPolicy(next))?.statements.length, 2);
  });

  it('are told apart when copying is cancelled: what was sent is done, the rest was not started', async () => {
    await addedPermission(gateway, arn, account);
    await addedPermission(gateway, arn, { kind: 'public' });
    const next = await aws.seed.layer({ name: 'shared', zip: Buffer.from('cancelled') });
    aws.proxy.clear();
    aws.proxy.fault('AddLayerVersionPermission', { kind: 'hold' });
    const person = new AbortController();
    const copying = copyPermissions(gateway, { from: arn, to: next }, { signal: person.signal });
    await aws.proxy.arrived('AddLayerVersionPermission');
    person.abort();
    aws.proxy.release();
    const { copied, skipped, failed, notStarted } = await copying;
    const ids = (list: readonly PermissionStatement[]) => list.map(({ statementId }) => statementId);
    assert.deepEqual([ids(copied), ids(notStarted)], [['account-111122223333'], ['public']]);
    assert.deepEqual([skipped, failed], [[], []]);
    assert.equal(aws.proxy.count('AddLayerVersionPermission'), 1);
  });
});
