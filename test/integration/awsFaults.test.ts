import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Fault } from '../support/faultProxy.ts';
import { accountCommands, type CommandName } from './support/accountCommands.ts';
import { useLargeZip } from './support/largeZip.ts';
import { type AccountState, untouched, useSmallAccount } from './support/smallAccount.ts';

const faults = {
  'a server that fails': { kind: 'error', status: 503, name: 'ServiceException' },
  'connections that break': { kind: 'reset' },
  'a token that has expired': { kind: 'error', status: 403, name: 'ExpiredTokenException' },
} as const satisfies Record<string, Fault>;

/** A command that changes something: what is told when it is refused, and what it makes of the account. */
interface Change {
  readonly command: CommandName;
  readonly operation: string;
  readonly refused: RegExp;
  readonly after: Partial<AccountState>;
  /** Whether it stands for the others behind every fault. */
  readonly isSample?: boolean;
}

const [sharedOne = '', sharedFour = ''] = untouched.shared;
const returnsBefore = untouched.orders[1] ?? '';
const changes: readonly Change[] = [
  {
    ...{ command: 'attachLayer', operation: 'UpdateFunctionConfiguration', refused: /^failed: / },
    after: { orders: ['data:1 → tools:4', returnsBefore] },
    isSample: true,
  },
  {
    ...{ command: 'updateDependents', operation: 'UpdateFunctionConfiguration' },
    refused: /^failed, notStarted$/,
    after: { orders: ['data:1 → tools:4', 'data:1 → tools:4'] },
  },
  {
    ...{ command: 'publishLayer', operation: 'PublishLayerVersion', refused: /^failed: / },
    after: { versions: [5, 4, 3, 2, 1] },
  },
  {
    ...{ command: 'deleteLayerVersion', operation: 'DeleteLayerVersion', refused: /^failed: / },
    after: { versions: [4, 3, 1] },
  },
  {
    ...{ command: 'pruneLayer', operation: 'DeleteLayerVersion' },
    refused: /^kept, notStarted, failed, kept$/,
    after: { versions: [4, 1] },
    isSample: true,
  },
  {
    ...{ command: 'addPermission', operation: 'AddLayerVersionPermission', refused: /^failed: / },
    after: { shared: [sharedOne, 'account 111122223333'] },
    isSample: true,
  },
  {
    ...{ command: 'copyPermissions', operation: 'AddLayerVersionPermission' },
    refused: /^0 copied, 2 failed, 0 not started$/,
    after: { shared: [sharedOne, sharedOne] },
  },
  {
    ...{ command: 'removePermission', operation: 'RemoveLayerVersionPermission', refused: /^failed: / },
    after: { shared: ['account 444455556666', sharedFour] },
  },
];

describe('An AWS account in trouble', function () {
  this.timeout(60_000);
  const small = useSmallAccount();
  const run = accountCommands(small);
  const { account } = small;

  /** AWS, and the view, have this and nothing else. */
  async function requireState(wanted: AccountState): Promise<void> {
    assert.deepEqual(await small.present(), wanted);
    assert.deepEqual(await small.shown(), wanted);
  }

  for (const [what, fault] of Object.entries(faults)) {
    // What each command makes of a failure does not depend on its cause.
    const tried =
      fault === faults['a token that has expired'] ? changes : changes.filter(({ isSample }) => isSample);
    describe(`behind ${what}`, () => {
      for (const { command, operation, refused, after } of tried) {
        it(`stays as it is when ${command} fails, and the view shows that; later it is done`, async () => {
          const files = small.files();
          account.proxy.fault(operation, fault, { times: 99 });
          assert.match(await run(command), refused);
          assert.ok(account.proxy.count(operation) <= 5, `${account.proxy.count(operation)} calls`);
          account.proxy.clear();
          await requireState(untouched);
          assert.doesNotMatch(await run(command), refused);
          await requireState({ ...untouched, ...after });
          assert.deepEqual(small.files(), files);
        });
      }

      it('stays as it is when taking back an update fails, which is done later', async () => {
        await run('updateDependents');
        account.proxy.clear();
        account.proxy.fault('UpdateFunctionConfiguration', fault, { times: 99 });
        assert.equal(await run('undoUpdate'), 'failed, failed');
        assert.ok(account.proxy.count('UpdateFunctionConfiguration') <= 6);
        account.proxy.clear();
        await requireState({ ...untouched, orders: ['data:1 → tools:4', 'data:1 → tools:4'] });
        assert.equal(await run('undoUpdate'), 'updated, updated');
        await requireState(untouched);
      });

      it('says so in the view, and shows its rows when it is read again', async () => {
        for (const operation of ['ListLayers', 'ListFunctions', 'ListLayerVersions'])
          account.proxy.fault(operation, fault, { times: 99 });
        small.view.tree.refresh();
        for (const group of ['Layers', 'Functions']) {
          const [place] = await small.view.rows();
          assert.ok(place);
          const rows = await small.view.rows(small.view.label(place), group);
          assert.equal(rows[0]?.kind, 'accountProblem');
        }
        assert.ok(account.proxy.operations.length <= 10, `${account.proxy.operations.length} calls`);
        account.proxy.clear();
        await requireState(untouched);
      });
    });
  }

  describe('that begins in the middle of a command', () => {
    const fault = faults['a server that fails'];
    const cases: readonly (readonly [CommandName, string, told: string, Partial<AccountState>])[] = [
      [
        'updateDependents',
        'UpdateFunctionConfiguration',
        'updated, failed',
        { orders: ['data:1 → tools:4', returnsBefore] },
      ],
      ['pruneLayer', 'DeleteLayerVersion', 'kept, failed, deleted, kept', { versions: [4, 3, 1] }],
      [
        'copyPermissions',
        'AddLayerVersionPermission',
        '1 copied, 1 failed, 0 not started',
        { shared: [sharedOne, 'account 111122223333'] },
      ],
    ];
    for (const [command, operation, told, after] of cases) {
      it(`leaves what ${command} has done by then, which the view shows`, async () => {
        account.proxy.fault(operation, fault, { skip: 1, times: 99 });
        assert.equal(await run(command), told);
        account.proxy.clear();
        await requireState({ ...untouched, ...after });
      });
    }

    for (const [command, operation] of [
      ['deleteLayerVersion', 'DeleteLayerVersion'],
      ['removePermission', 'RemoveLayerVersionPermission'],
    ] as const) {
      it(`shows what somebody else has done meanwhile, although ${command} fails`, async () => {
        const publish = async () => {
          await account.seed.layer({ name: small.layer, zip: small.contentOf(5) });
        };
        account.proxy.fault('GetLayerVersionPolicy', { kind: 'first', run: publish });
        account.proxy.fault(operation, { kind: 'error', status: 403, name: 'AccessDeniedException' });
        assert.match(await run(command), /^failed: /);
        account.proxy.clear();
        await requireState({ ...untouched, versions: [5, 4, 3, 2, 1] });
      });
    }
  });

  describe('gives a layer whole', () => {
    for (const [what, fault] of [
      ['breaks', { kind: 'cut', afterBytes: 40 }],
      ['is refused by a server that fails', { kind: 'error', status: 500, name: 'InternalError' }],
    ] as const) {
      it(`although a download ${what}`, async () => {
        const files = small.files();
        account.proxy.fault('Download', fault, { times: 2 });
        assert.equal(await run('downloadLayerVersion'), 'done');
        assert.equal(account.proxy.count('Download'), 3);
        const added = small.files().filter((file) => !files.includes(file));
        assert.equal(added.length, 2, 'it is kept, and where it was wanted');
        for (const file of added) assert.deepEqual(readFileSync(file), small.contentOf(4));
      });
    }

    it('or not at all when the token expires in between', async () => {
      const files = small.files();
      account.proxy.fault('Download', { kind: 'error', status: 403, name: 'AccessDenied' });
      account.proxy.fault('GetLayerVersion', faults['a token that has expired'], { skip: 1 });
      assert.match(await run('downloadLayerVersion'), /^failed: .*expired/);
      assert.deepEqual(small.files(), files);
      await requireState(untouched);
    });
  });

  describe('takes a large layer through the bucket, which is empty afterwards,', () => {
    const large = useLargeZip(small);

    async function requireEmpty(wanted: AccountState): Promise<void> {
      assert.deepEqual(await large.bucketContent(), { keys: [], unfinished: 0 });
      await requireState(wanted);
    }

    it('although a part breaks', async () => {
      account.proxy.fault('UploadPart', { kind: 'cutRequest', afterBytes: 1_000_000 }, { skip: 1 });
      assert.equal(await large.publish(), 'tools:5');
      assert.equal(account.proxy.count('UploadPart'), large.parts + 1);
      await requireEmpty({ ...untouched, versions: [5, 4, 3, 2, 1] });
    });

    it('or not at all when the token expires in between', async () => {
      const files = small.files();
      const expired = { kind: 'error', status: 400, name: 'ExpiredToken' } as const;
      account.proxy.fault('UploadPart', expired, { skip: 1, times: 99 });
      assert.match(await large.publish(), /^failed: /);
      assert.equal(account.proxy.count('PublishLayerVersion'), 0);
      await requireEmpty(untouched);
      assert.deepEqual(small.files(), files);
    });
  });
});
