import assert from 'node:assert/strict';
import { join } from 'node:path';
import { applyDeletion, planDeletion } from '../../../../src/core/account/deleteVersion.ts';
import { layerArnOf, versionOf } from '../../../../src/core/account/layerNames.ts';
import { applyGrant, planGrant, removePermission } from '../../../../src/core/account/permissions.ts';
import type { LambdaGateway, ObjectStore } from '../../../../src/core/account/ports.ts';
import { applyPrune, planPrune } from '../../../../src/core/account/pruneVersions.ts';
import { publishLayer } from '../../../../src/core/account/publishLayer.ts';
import { planPublish } from '../../../../src/core/account/publishPlan.ts';
import { useAws } from '../../../support/motoAws.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { userError } from '../../../support/userError.ts';
import { writeZip } from '../../../support/zip.ts';
import { addedPermission } from './support.ts';

describe('A change that is cancelled on its way', function () {
  this.timeout(60_000);
  const aws = useAws();
  const temporaryFolder = useTemporaryFolders();
  let gateway: LambdaGateway;
  let objects: ObjectStore;
  let round = 0;
  let name: string;
  let arns: string[];

  beforeEach(async () => {
    connect({});
    name = `cancelled-${round++}`;
    arns = await aws.seed.versions(name, 3);
    aws.proxy.clear();
  });

  function connect(options: { readonly graceMilliseconds?: number }): void {
    ({ gateway, objects } = aws.connect(options));
  }
  const versions = async () => (await gateway.listLayerVersions(name)).items.map(({ version }) => version);
  const audiences = async () =>
    (await gateway.getPolicy(arns[0] ?? ''))?.statements.map((each) => each.audience);

  /** Cancels while AWS has the request (`holdRequest`) or the answer (`hold`), and lets it go on then. */
  async function cancelDuring<T>(
    operation: string,
    kind: 'hold' | 'holdRequest',
    change: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    aws.proxy.fault(operation, { kind });
    const changing = change(controller.signal);
    await aws.proxy.arrived(operation);
    controller.abort();
    aws.proxy.release();
    return changing;
  }

  async function planned(text: string) {
    const zip = await writeZip(join(temporaryFolder(), 'layer.zip'), { 'bin/tool': text });
    return planPublish(gateway, { zip, metadata: { name } });
  }

  for (const kind of ['hold', 'holdRequest'] as const) {
    describe(`(${kind})`, () => {
      it('publishes the version that it says', async () => {
        const plan = await planned('new');
        const { status, version } = await cancelDuring('PublishLayerVersion', kind, (signal) =>
          publishLayer({ gateway, objects }, plan, { signal }),
        );
        assert.deepEqual([status, version.version], ['published', 4]);
        assert.deepEqual(await versions(), [4, 3, 2, 1]);
      });

      it('deletes the version', async () => {
        const plan = await planDeletion(gateway, arns[0] ?? '');
        await cancelDuring('DeleteLayerVersion', kind, (signal) =>
          applyDeletion(gateway, plan, { inUse: 'refuse', signal }),
        );
        assert.deepEqual(await versions(), [3, 2]);
      });

      it('prunes that version, says so, and none of the rest', async () => {
        const plan = await planPrune(gateway, { layerArn: layerArnOf(arns[0] ?? ''), keepNewest: 1 });
        const results = await cancelDuring('DeleteLayerVersion', kind, (signal) =>
          applyPrune(gateway, plan, { onError: 'continue', signal }),
        );
        assert.deepEqual(
          results.map(({ arn, status }) => [versionOf(arn), status]),
          [
            [1, 'deleted'],
            [2, 'notStarted'],
          ],
        );
        assert.deepEqual(await versions(), [3, 2]);
      });

      it('gives the permission', async () => {
        const plan = await planGrant(gateway, {
          layerVersionArn: arns[0] ?? '',
          audience: { kind: 'public' },
        });
        await cancelDuring('AddLayerVersionPermission', kind, (signal) =>
          applyGrant(gateway, plan, { signal }),
        );
        assert.deepEqual(await audiences(), [{ kind: 'public' }]);
      });

      it('takes the permission', async () => {
        const layerVersionArn = arns[0] ?? '';
        const { statementId } = await addedPermission(gateway, layerVersionArn, { kind: 'public' });
        await cancelDuring('RemoveLayerVersionPermission', kind, (signal) =>
          removePermission(gateway, { layerVersionArn, statementId }, { signal }),
        );
        assert.deepEqual((await audiences()) ?? [], []);
      });
    });
  }

  it('is told as open when no answer comes, and done or not, the versions are true afterwards', async () => {
    connect({ graceMilliseconds: 50 });
    const plan = await planned('late');
    const controller = new AbortController();
    aws.proxy.fault('PublishLayerVersion', { kind: 'holdRequest' });
    const publishing = publishLayer({ gateway, objects }, plan, {
      signal: controller.signal,
      lookPauses: [0, 1],
    });
    await aws.proxy.arrived('PublishLayerVersion');
    controller.abort();
    await assert.rejects(publishing, userError('OutcomeUnknown', name));
    aws.proxy.release();
    while ((await versions()).length === 3);
    assert.deepEqual(await versions(), [4, 3, 2, 1]);
  });

  it('is found out when its answer never comes', async () => {
    connect({ graceMilliseconds: 50 });
    const plan = await planned('answered never');
    const controller = new AbortController();
    aws.proxy.fault('PublishLayerVersion', { kind: 'hold' });
    const publishing = publishLayer({ gateway, objects }, plan, { signal: controller.signal });
    await aws.proxy.arrived('PublishLayerVersion');
    controller.abort();
    assert.equal((await publishing).version.version, 4);
  });

  it('is not sent at all when it is cancelled before', async () => {
    const signal = AbortSignal.abort();
    const plan = await planned('never');
    await assert.rejects(publishLayer({ gateway, objects }, plan, { signal }), { name: 'AbortError' });
    const deletion = await planDeletion(gateway, arns[0] ?? '');
    await assert.rejects(applyDeletion(gateway, deletion, { inUse: 'refuse', signal }), {
      name: 'AbortError',
    });
    assert.deepEqual([aws.proxy.count('PublishLayerVersion'), aws.proxy.count('DeleteLayerVersion')], [0, 0]);
  });
});
