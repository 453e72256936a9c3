import assert from 'node:assert/strict';
import { AwsConnections } from '../../../src/aws/awsConnections.ts';
import { oneEndpoint } from '../../../src/aws/endpoints.ts';
import { region, useAws } from '../../support/motoAws.ts';
import { userError } from '../../support/userError.ts';

describe('Connections to AWS', function () {
  this.timeout(60_000);
  const aws = useAws();
  let connections: AwsConnections;
  let count = 0;
  let name: string;

  beforeEach(() => {
    connections = new AwsConnections({ maxAttempts: 1 });
    name = `connected-${count++}`;
  });
  afterEach(() => connections.dispose());

  const gateway = () => connections.connect({ region, endpoints: oneEndpoint(aws.proxy.endpoint) }).gateway;
  const publish = () => gateway().publishLayerVersion({ name }, { zip: Buffer.from(name) });

  it('are let go without breaking what is on its way', async () => {
    aws.proxy.fault('PublishLayerVersion', { kind: 'hold' });
    aws.proxy.fault('ListLayers', { kind: 'hold' });
    const [publishing, listing] = [publish(), gateway().listLayers()];
    await Promise.all([aws.proxy.arrived('PublishLayerVersion'), aws.proxy.arrived('ListLayers')]);
    connections.reset();
    assert.ok((await gateway().listFunctions('latest')).items, 'the next call has clients of its own');
    aws.proxy.release();
    assert.equal((await publishing).version, 1);
    assert.ok((await listing).items);
  });

  it('end with everything on its way when nobody is there any more', async () => {
    aws.proxy.fault('PublishLayerVersion', { kind: 'hold' });
    const publishing = publish();
    await aws.proxy.arrived('PublishLayerVersion');
    connections.dispose();
    await assert.rejects(publishing, userError('NetworkFailed'));
  });
});
