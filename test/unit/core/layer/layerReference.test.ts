import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { parseLayerVersionArn } from '../../../../src/core/layer/layerArn.ts';
import { absolutePath, resolveLayerReference } from '../../../../src/core/layer/layerReference.ts';
import { userError } from '../../../support/userError.ts';

const arn = 'arn:aws:lambda:eu-central-1:123456789012:layer:my_layer-1:42';

describe('A layer reference', () => {
  const context = { folder: '/workspace', named: [{ name: 'shared', path: '/layers/shared.zip' }] };

  const resolved: Record<string, string> = {
    shared: '/layers/shared.zip',
    'shared/': '/workspace/shared',
    './shared': '/workspace/shared',
    'layers/../runtime': '/workspace/runtime',
    '/absolute/layer.zip': '/absolute/layer.zip',
    '~/layer': `${homedir()}/layer`,
    '~other/layer': '/workspace/~other/layer',
  };
  for (const [reference, path] of Object.entries(resolved)) {
    it(`"${reference}" means ${path.replace(homedir(), '~')}`, () => {
      assert.equal(resolveLayerReference(reference, context), path);
    });
  }

  it('that is empty, published and not downloaded, or relative to nothing is refused', () => {
    assert.throws(() => resolveLayerReference(' ', context), userError('LayerReferenceInvalid'));
    assert.throws(() => resolveLayerReference(arn, context), userError('LayerNotFound', arn));
    const withoutVersion = arn.slice(0, arn.lastIndexOf(':'));
    assert.throws(
      () => resolveLayerReference(withoutVersion, context),
      userError('LayerReferenceInvalid', 'no layer version ARN'),
    );
    assert.throws(() => absolutePath('layer', undefined), userError('LayerReferenceInvalid', '"layer"'));
  });

  it('that is a published version means the zip that was downloaded', () => {
    const downloaded = (wanted: string) => (wanted === arn ? '/cache/my_layer-1-42.zip' : undefined);
    assert.equal(resolveLayerReference(arn, { ...context, downloaded }), '/cache/my_layer-1-42.zip');
    const other = arn.replace(/42$/, '43');
    assert.throws(
      () => resolveLayerReference(other, { ...context, downloaded }),
      userError('LayerNotFound', other),
    );
  });
});

describe('A layer version ARN', () => {
  it('is taken apart, in every partition', () => {
    assert.deepEqual(parseLayerVersionArn(arn), {
      partition: 'aws',
      region: 'eu-central-1',
      account: '123456789012',
      name: 'my_layer-1',
      version: 42,
    });
    for (const partition of ['aws-cn', 'aws-us-gov', 'aws-iso-b', 'aws-eusc']) {
      assert.equal(parseLayerVersionArn(arn.replace('aws', partition))?.partition, partition);
    }
  });

  for (const other of [
    arn.slice(0, -3),
    `${arn}x`,
    arn.replace('lambda', 's3'),
    arn.replace('layer', 'function'),
    '',
  ]) {
    it(`is not "${other}"`, () => assert.equal(parseLayerVersionArn(other), undefined));
  }
});
