import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/base/emitter.ts';
import type { AccountsChange } from '../../../../src/vscode/account/awsAccounts.ts';
import { ArnKnowledge } from '../../../../src/vscode/language/arnKnowledge.ts';
import { useAws } from '../../../support/motoAws.ts';

describe('What is known of layer versions in files', function () {
  this.timeout(60_000);
  const aws = useAws();

  it('is what was looked up, until something may have changed', async () => {
    const { gateway } = aws.connect();
    const changes = new Emitter<AccountsChange>();
    const where = { profile: undefined, region: 'eu-west-1' };
    const knowledge = new ArnKnowledge({
      openStores: [],
      gatewayFor: () => Promise.resolve(gateway),
      onDidChange: changes.event,
    });
    const first = await aws.seed.layer({ name: 'hovered' });
    assert.equal(knowledge.known(first).isComplete, false);
    await knowledge.lookUp(first);
    assert.deepEqual([knowledge.known(first).isComplete, knowledge.known(first).newer], [true, undefined]);
    const second = await aws.seed.layer({ name: 'hovered', zip: Buffer.from('second') });
    changes.fire({ kind: 'inPlace', where, change: { kind: 'usage' } });
    assert.equal(knowledge.known(first).isComplete, true, 'who uses it does not matter');
    changes.fire({ kind: 'inPlace', where, change: { kind: 'layer', layer: 'hovered' } });
    assert.equal(knowledge.known(first).isComplete, false, 'nobody says that it is the newest any more');
    assert.equal((await knowledge.lookUp(first)).newer?.arn, second);
    const own = knowledge.known('arn:aws:lambda:::awslayer:AmazonLinux1803');
    assert.deepEqual([own.isComplete, own.newer], [false, undefined]);
    knowledge.dispose();
    changes.fire({ kind: 'everything' });
    assert.equal(knowledge.known(first).newer?.arn, second);
  });
});
