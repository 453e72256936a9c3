import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DependentOutcome } from '../../src/vscode/commands/aws/resultTexts.ts';
import { withFields } from '../support/faultProxy.ts';
import { testCredentials } from '../support/motoAws.ts';
import { useAccount } from './support/awsAccount.ts';
import { logUntil } from './support/logText.ts';

describe('Layers of deployed functions', function () {
  this.timeout(120_000);
  const account = useAccount();
  let alpha: string[] = [];
  let beta: string[] = [];
  let alphabet = '';
  before(async () => {
    alpha = await account.seed.versions('alpha', 3);
    beta = await account.seed.versions('beta', 2);
    alphabet = await account.seed.layer({ name: 'alpha-beta', runtimes: ['python3.13'] });
  });
  beforeEach(() => account.proxy.clear());

  let count = 0;
  /** A function of the test's own. */
  const deploy = (...layers: string[]) =>
    account.seed.function({ name: `deployed-${String(count++).padStart(3, '0')}`, layers });
  const at = (list: readonly string[], index: number): string =>
    list[index] ?? assert.fail('no such version');

  it('are attached at the end, or at a place in the order', async () => {
    const name = await deploy(at(beta, 0));
    const last = await account.run<string[]>('attachLayer', { function: name, layer: at(alpha, 0) });
    assert.deepEqual(last, [at(beta, 0), at(alpha, 0)]);
    const first = await account.run<string[]>('attachLayer', {
      function: name,
      layer: alphabet,
      position: 0,
    });
    assert.deepEqual(first, [alphabet, at(beta, 0), at(alpha, 0)]);
    assert.deepEqual(await account.orderOf(name), first);
  });

  it('are attached by name in their newest version, and replace an older one in its place when told to', async () => {
    const name = await deploy(at(alpha, 0), at(beta, 0));
    await assert.rejects(account.run('attachLayer', { function: name, layer: 'alpha' }), /only once/);
    const replaced = await account.run('attachLayer', { function: name, layer: 'alpha', replace: true });
    assert.deepEqual(replaced, [at(alpha, 2), at(beta, 0)]);
    assert.deepEqual(await account.orderOf(name), replaced);
  });

  it('are refused with the reason before anything is sent, and stay as they were', async () => {
    const five = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => account.seed.layer({ name })));
    const full = await deploy(...five);
    const foreign = at(alpha, 0).replace('eu-west-1', 'us-east-1');
    const attach = (layer: string) => account.run('attachLayer', { function: full, layer });
    await assert.rejects(attach(at(alpha, 0)), /5 layers; these are 6/);
    const roomy = await deploy();
    await assert.rejects(
      account.run('attachLayer', { function: roomy, layer: foreign }),
      /must be in the function's region/,
    );
    await assert.rejects(attach(`${at(alpha, 0)}9`), /alpha/);
    await assert.rejects(attach('nothing-of-that-name'), /no published layer/);
    await assert.rejects(account.run('attachLayer', { function: 'nobody', layer: at(alpha, 0) }), /nobody/);
    assert.equal(account.proxy.count('UpdateFunctionConfiguration'), 0);
    assert.deepEqual(await account.orderOf(full), five);
  });

  it('are detached and reordered', async () => {
    const name = await deploy(at(alpha, 0), alphabet, at(beta, 0));
    const order = [at(beta, 0), at(alpha, 0), alphabet];
    assert.deepEqual(await account.run('reorderLayers', { function: name, layers: order }), order);
    assert.deepEqual(await account.orderOf(name), order);
    const rest = await account.run('detachLayer', { function: name, layers: [at(alpha, 0)] });
    assert.deepEqual(rest, [at(beta, 0), alphabet]);
    assert.deepEqual(await account.orderOf(name), rest);
    await assert.rejects(account.run('reorderLayers', { function: name, layers: order }), /does not name/);
  });

  it('are left alone when somebody else changes them between looking and changing', async () => {
    const name = await deploy(at(alpha, 0), at(beta, 0));
    const foreign = [alphabet];
    account.proxy.fault('UpdateFunctionConfiguration', {
      kind: 'first',
      run: async () => {
        await account.seed.setLayers(name, foreign);
        account.proxy.gaps.touch(name);
      },
    });
    const order = [at(beta, 0), at(alpha, 0)];
    await assert.rejects(account.run('reorderLayers', { function: name, layers: order }), /no longer those/);
    assert.deepEqual(await account.orderOf(name), foreign);
  });

  it('are changed once although the answer is lost, and although the server is busy', async () => {
    const name = await deploy(at(alpha, 0));
    account.proxy.fault('UpdateFunctionConfiguration', { kind: 'lose' });
    assert.deepEqual(await account.run('attachLayer', { function: name, layer: at(beta, 0) }), [
      at(alpha, 0),
      at(beta, 0),
    ]);
    account.proxy.clear();
    const busy = { kind: 'error', status: 429, name: 'TooManyRequestsException' } as const;
    account.proxy.fault('UpdateFunctionConfiguration', busy, { times: 2 });
    const layers = [at(alpha, 0)];
    assert.deepEqual(await account.run('detachLayer', { function: name, layers }), [at(beta, 0)]);
    assert.equal(account.proxy.count('UpdateFunctionConfiguration'), 3);
    assert.deepEqual(await account.orderOf(name), [at(beta, 0)]);
  });

  it('are told as refused, and can be taken back, when Lambda could not finish the change', async () => {
    const name = await deploy(at(alpha, 0));
    const failed = withFields({ LastUpdateStatus: 'Failed', LastUpdateStatusReason: 'Too much.' });
    // The change is planned twice, and looked at before it is made.
    account.proxy.fault('GetFunctionConfiguration', { kind: 'alter', alter: failed }, { skip: 3 });
    const attaching = account.run('attachLayer', { function: name, layer: at(beta, 0) });
    await assert.rejects(attaching, /could not finish the update.*Too much/);
    assert.deepEqual(await account.orderOf(name), [at(alpha, 0), at(beta, 0)]);
    await account.run('undoUpdate', {});
    assert.deepEqual(await account.orderOf(name), [at(alpha, 0)]);
  });

  it('say what permission is missing when AWS denies the change', async () => {
    const name = await deploy(at(alpha, 0));
    const message = `User: arn:aws:iam::123456789012:user/me is not authorized to perform: lambda:UpdateFunctionConfiguration on resource: ${name}`;
    account.proxy.fault('UpdateFunctionConfiguration', {
      ...{ kind: 'error', status: 403, name: 'AccessDeniedException', message },
    } as const);
    await assert.rejects(
      account.run('detachLayer', { function: name, layers: [at(alpha, 0)] }),
      /lambda:UpdateFunctionConfiguration/,
    );
    assert.deepEqual(await account.orderOf(name), [at(alpha, 0)]);
  });

  describe('on older versions', () => {
    const update = (options: object) => account.run<DependentOutcome[]>('updateDependents', options);
    const undo = () => account.run<DependentOutcome[]>('undoUpdate', {});
    let layer: string[] = [];
    let names: string[] = [];
    beforeEach(async () => {
      const name = `library-${count}`;
      layer = await account.seed.versions(name, 3);
      const other = await account.seed.layer({ name: `${name}-more` });
      names = [
        await deploy(at(beta, 0), at(layer, 0), at(alpha, 0)),
        await deploy(at(layer, 1), other),
        await deploy(at(layer, 2)),
        await deploy(other),
      ];
    });
    const orders = () => Promise.all(names.map((name) => account.orderOf(name)));

    it('are told in a dry run, which changes nothing', async () => {
      const before = await orders();
      const planned = await update({ layerVersionArn: at(layer, 2), dryRun: true });
      assert.deepEqual(
        planned.map(({ function: name, status }) => [name, status]),
        [
          [names[0], 'planned'],
          [names[1], 'planned'],
        ],
      );
      assert.deepEqual(planned[0]?.after, [at(beta, 0), at(layer, 2), at(alpha, 0)]);
      assert.deepEqual(await orders(), before);
    });

    it('are updated in their place, only where they belong to the very same layer, and taken back', async () => {
      const before = await orders();
      const results = await update({ layerVersionArn: at(layer, 2) });
      assert.deepEqual(
        results.map(({ status }) => status),
        ['updated', 'updated'],
      );
      const changed = await orders();
      assert.deepEqual(changed[0], [at(beta, 0), at(layer, 2), at(alpha, 0)]);
      assert.deepEqual(changed.slice(2), before.slice(2));
      const undone = await undo();
      assert.deepEqual(undone.map(({ function: name }) => name).sort(), names.slice(0, 2).sort());
      assert.deepEqual(await orders(), before);
    });

    it('are updated for the named functions only, and others are refused by name', async () => {
      const before = await orders();
      const results = await update({ layerVersionArn: at(layer, 2), functions: [names[1] ?? ''] });
      assert.deepEqual(
        results.map(({ function: name }) => name),
        [names[1]],
      );
      assert.deepEqual((await orders())[0], before[0]);
      const wrong = { layerVersionArn: at(layer, 2), functions: [names[3] ?? ''] };
      await assert.rejects(update(wrong), new RegExp(names[3] ?? 'a name'));
    });

    it('are updated until the first failure, or past it, as chosen; undoing takes back what was done', async () => {
      const before = await orders();
      const refusal = { kind: 'error', status: 400, name: 'InvalidParameterValueException' } as const;
      account.proxy.fault('UpdateFunctionConfiguration', { ...refusal, message: 'No.' });
      const stopped = await update({ layerVersionArn: at(layer, 2) });
      assert.deepEqual(
        stopped.map(({ status }) => status),
        ['failed', 'notStarted'],
      );
      assert.match(stopped[0]?.error ?? '', /No\./);
      assert.deepEqual(await orders(), before);
      account.proxy.clear();
      account.proxy.fault('UpdateFunctionConfiguration', { ...refusal, message: 'No.' });
      const continued = await update({ layerVersionArn: at(layer, 2), onError: 'continue' });
      assert.deepEqual(
        continued.map(({ status }) => status),
        ['failed', 'updated'],
      );
      await undo();
      assert.deepEqual(await orders(), before);
    });

    it('are not taken back in a function that somebody else has changed since', async () => {
      await update({ layerVersionArn: at(layer, 2) });
      await account.seed.setLayers(names[0] ?? '', [alphabet]);
      const undone = await undo();
      const statusOf = (name: string | undefined) => undone.find((each) => each.function === name)?.status;
      assert.equal(statusOf(names[0]), 'failed');
      assert.equal(statusOf(names[1]), 'updated');
      assert.deepEqual(await account.orderOf(names[0] ?? ''), [alphabet]);
    });
  });

  it('leave no secret in the log, at trace level', async () => {
    await vscode.commands.executeCommand('_extensionTests.setLogLevel', 'trace');
    try {
      const environment = { PASSWORD: 'value-of-the-variable' };
      const name = await account.seed.function({ name: 'watched', layers: [at(alpha, 0)], environment });
      await account.run('attachLayer', { function: name, layer: at(beta, 0) });
      const leaky = `${Object.values(testCredentials).join(' ')} https://x.s3.amazonaws.com/y?X-Amz-Signature=5f1c`;
      account.proxy.fault('UpdateFunctionConfiguration', {
        ...{ kind: 'error', status: 400, name: 'InvalidParameterValueException', message: leaky },
      } as const);
      const failure = await account
        .run('detachLayer', { function: name, layers: [at(beta, 0)] })
        .then(() => assert.fail('it was done'), String);
      await account.run('updateDependents', { layerVersionArn: at(alpha, 2), functions: [name] });
      const log = await logUntil(`UpdateFunctionConfiguration of ${name}`);
      const secrets = [...Object.values(testCredentials), 'value-of-the-variable', 'X-Amz-Signature=5f1c'];
      for (const secret of secrets) {
        assert.ok(!log.includes(secret), `the log tells ${secret}`);
        assert.ok(!failure.includes(secret), `the message tells ${secret}`);
      }
    } finally {
      await vscode.commands.executeCommand('_extensionTests.setLogLevel', 'info');
    }
  });
});
