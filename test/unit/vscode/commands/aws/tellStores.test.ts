import assert from 'node:assert/strict';
import { AccountStore } from '../../../../../src/core/account/accountStore.ts';
import type { LambdaGateway } from '../../../../../src/core/account/ports.ts';
import { tellStores, touched } from '../../../../../src/vscode/commands/aws/tellStores.ts';
import { useAws } from '../../../../support/motoAws.ts';

describe('Views of functions, after a change', function () {
  this.timeout(60_000);
  const aws = useAws();
  let [a, b] = ['', ''];
  let gateway: LambdaGateway;
  let store: AccountStore;

  before(async () => {
    [a = '', b = ''] = await aws.seed.versions('shown', 2);
    await aws.seed.function({ name: 'told', layers: [a] });
  });
  beforeEach(async () => {
    gateway = aws.connect().gateway;
    await aws.seed.setLayers('told', [a]);
    store = new AccountStore(gateway);
    await store.functions.all();
  });

  const shown = () => store.functions.items[0]?.layers.map(({ arn }) => arn);
  const functionArn = () => store.functions.items[0]?.arn ?? '';
  const tell = (functions: Parameters<typeof tellStores>[2], from = gateway) =>
    tellStores({ accounts: { openStores: [store] } }, from, functions);

  it('show what it is now, looking at it when that is not known', async () => {
    await aws.seed.setLayers('told', [b]);
    await tell([{ functionArn: functionArn() }]);
    assert.deepEqual(shown(), [b]);
    assert.equal((await store.usage()).usersOfVersion(b).length, 1);
  });

  it('look at what may still be done, and leave alone what was not touched', async () => {
    await aws.seed.setLayers('told', [b]);
    const configuration = { ...(await gateway.getFunction('told')), layers: [] };
    const change = { function: 'told', functionArn: functionArn(), before: [a], after: [b], configuration };
    await tell(touched([{ ...change, status: 'notStarted' }]));
    assert.deepEqual(shown(), [a]);
    await tell(touched([{ ...change, status: 'unknown' }]));
    assert.deepEqual(shown(), [b]);
    await tell(touched([{ ...change, status: 'updated' }]));
    assert.deepEqual(shown(), []);
  });

  it('stay as they are when looking fails, and when it was in another region', async () => {
    await aws.seed.setLayers('told', [b]);
    const elsewhere = aws.connect({ region: 'us-east-1' }).gateway;
    await tell([{ functionArn: functionArn(), configuration: await gateway.getFunction('told') }], elsewhere);
    assert.deepEqual(shown(), [a]);
    aws.proxy.fault('GetFunctionConfiguration', {
      kind: 'error',
      status: 403,
      name: 'AccessDeniedException',
    });
    await tell([{ functionArn: functionArn() }]);
    assert.deepEqual(shown(), [a]);
  });
});
