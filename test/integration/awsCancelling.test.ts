import assert from 'node:assert/strict';
import { accountCommands, type CommandName } from './support/accountCommands.ts';
import { useCancelling } from './support/cancelling.ts';
import { useLargeZip } from './support/largeZip.ts';
import { type AccountState, untouched, useSmallAccount } from './support/smallAccount.ts';

/** Commands that stand for all that change something. */
const samples: ReadonlySet<CommandName> = new Set(['attachLayer', 'publishLayer']);
/** Operations that change something. */
const changing = /^(?:Update|Publish|Delete|Add|Remove)/;

describe('A command in an AWS account', function () {
  this.timeout(60_000);
  const small = useSmallAccount();
  const person = useCancelling();
  const run = accountCommands(small);
  const { account } = small;

  /** AWS, and the view, have this and nothing else, and no file is left that was not there. */
  async function requireState(wanted: AccountState, files: readonly string[]): Promise<void> {
    assert.deepEqual(await small.present(), wanted);
    assert.deepEqual(await small.shown(), wanted);
    assert.deepEqual(small.files(), files);
  }

  describe('that is cancelled while it reads', () => {
    const cases: readonly (readonly [CommandName, operation: string, before?: number])[] = [
      ['attachLayer', 'GetFunctionConfiguration'],
      ['attachLayer', 'GetLayerVersion'],
      ['attachLayer', 'GetFunctionConfiguration', 2], // planned twice, it looks before it changes
      ['detachLayer', 'GetFunctionConfiguration'],
      ['reorderLayers', 'GetFunctionConfiguration'],
      ['updateDependents', 'GetLayerVersion'],
      ['updateDependents', 'ListFunctions'],
      ['publishLayer', 'ListLayerVersions'],
      ['publishLayer', 'GetLayerVersionPolicy'],
      ['deleteLayerVersion', 'ListFunctions'],
      ['deleteLayerVersion', 'GetLayerVersionPolicy'],
      ['pruneLayer', 'ListLayerVersions'],
      ['pruneLayer', 'ListFunctions'],
      ['pruneLayer', 'GetLayerVersionPolicy'],
      ['copyPermissions', 'GetLayerVersionPolicy'],
      ['copyPermissions', 'GetLayerVersionPolicy', 1], // of the one that they are copied to
      ['findLayerUsers', 'ListFunctions'],
      ['downloadLayerVersion', 'GetLayerVersion'],
      ['downloadLayerVersion', 'Download'],
      ['openOpt', 'Download'],
      ['compareLayers', 'Download'],
    ];
    for (const [command, operation, before = 0] of cases) {
      const when = before === 0 ? operation : `${operation} number ${before + 1}`;
      it(`(${command}, ${when}) ends at once, and has changed nothing`, async () => {
        const files = small.files();
        account.proxy.fault(operation, { kind: 'hold' }, { skip: before });
        const running = run(command);
        await account.proxy.arrived(operation, before + 1);
        await person.cancel();
        assert.equal(await running, 'cancelled');
        // What may have been changed is looked at once more, for the view.
        assert.ok(account.proxy.count(operation) <= before + 2, `${account.proxy.count(operation)} calls`);
        assert.deepEqual(
          account.proxy.operations.filter((each) => changing.test(each)),
          [],
        );
        account.proxy.release();
        await requireState(untouched, files);
      });
    }
  });

  for (const kind of ['hold', 'holdRequest'] as const) {
    const when = kind === 'hold' ? 'the answer is' : 'its change is';
    describe(`that is cancelled while ${when} on the way`, () => {
      const order = (...orders: string[]) => ({ orders });
      const cases: readonly (readonly [CommandName, string, string, Partial<AccountState>])[] = [
        [
          'attachLayer',
          'UpdateFunctionConfiguration',
          'data:1 → tools:4',
          order('data:1 → tools:4', 'data:1 → tools:1'),
        ],
        ['detachLayer', 'UpdateFunctionConfiguration', 'data:1', order('data:1', 'data:1 → tools:1')],
        [
          'reorderLayers',
          'UpdateFunctionConfiguration',
          'tools:1 → data:1',
          order('tools:1 → data:1', 'data:1 → tools:1'),
        ],
        [
          'updateDependents',
          'UpdateFunctionConfiguration',
          'pending, notStarted',
          order('data:1 → tools:4', 'data:1 → tools:1'),
        ],
        ['publishLayer', 'PublishLayerVersion', 'tools:5', { versions: [5, 4, 3, 2, 1] }],
        ['deleteLayerVersion', 'DeleteLayerVersion', 'deleted', { versions: [4, 3, 1] }],
        ['pruneLayer', 'DeleteLayerVersion', 'kept, notStarted, deleted, kept', { versions: [4, 3, 1] }],
        [
          'copyPermissions',
          'AddLayerVersionPermission',
          '1 copied, 0 failed, 1 not started',
          { shared: [untouched.shared[0] ?? '', 'account 111122223333'] },
        ],
      ];
      // Where the call is makes no difference to what a command does with its result.
      const tried = kind === 'hold' ? cases : cases.filter(([command]) => samples.has(command));
      for (const [command, operation, told, after] of tried) {
        it(`(${command}) says what AWS has done, and goes no further`, async () => {
          const files = small.files();
          account.proxy.fault(operation, { kind });
          const running = run(command);
          await account.proxy.arrived(operation);
          await person.cancel();
          account.proxy.release();
          assert.equal(await running, told);
          assert.equal(account.proxy.count(operation), 1);
          await requireState({ ...untouched, ...after }, files);
        });
      }

      if (kind === 'holdRequest') return;
      it('(undoUpdate) says what AWS has done, and the rest is taken back the next time', async () => {
        const files = small.files();
        assert.equal(await run('updateDependents'), 'updated, updated');
        account.proxy.clear();
        account.proxy.fault('UpdateFunctionConfiguration', { kind });
        const running = run('undoUpdate');
        await account.proxy.arrived('UpdateFunctionConfiguration');
        await person.cancel();
        account.proxy.release();
        assert.equal(await running, 'pending, notStarted');
        assert.equal(account.proxy.count('UpdateFunctionConfiguration'), 1);
        await requireState({ ...untouched, orders: ['data:1 → tools:4', 'data:1 → tools:1'] }, files);
        assert.equal(await run('undoUpdate'), 'updated');
        await requireState(untouched, files);
      });
    });
  }

  describe('that is cancelled on the way through the bucket', () => {
    const large = useLargeZip(small);
    const published = { versions: [5, 4, 3, 2, 1] };
    const cases: readonly (readonly [string, string, Partial<AccountState>])[] = [
      ['UploadPart', 'cancelled', {}],
      ['PublishLayerVersion', 'tools:5', published],
    ];
    for (const [operation, told, after] of cases) {
      it(`(${operation}) leaves the bucket empty, and says whether it was published`, async () => {
        const files = small.files();
        account.proxy.fault(operation, { kind: 'hold' });
        const running = large.publish();
        await account.proxy.arrived(operation);
        await person.cancel();
        account.proxy.release();
        assert.equal(await running, told);
        assert.ok(account.proxy.count(operation) <= large.parts);
        assert.deepEqual(await large.bucketContent(), { keys: [], unfinished: 0 });
        await requireState({ ...untouched, ...after }, files);
      });
    }
  });
});
