import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLayerArns } from '../../../../src/vscode/language/arnPlaces.ts';

const arn = 'arn:aws:lambda:eu-west-1:123456789012:layer:tools:14';
const anArn = fc
  .record({
    partition: fc.constantFrom('aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b', 'aws-eusc'),
    region: fc.constantFrom('eu-west-1', 'us-gov-east-1', 'eusc-de-east-1'),
    name: fc.stringMatching(/^[a-zA-Z0-9_-]{1,40}$/),
    version: fc.integer({ min: 1, max: 99_999 }),
  })
  .map(
    ({ partition, region, name, version }) =>
      `arn:${partition}:lambda:${region}:123456789012:layer:${name}:${version}`,
  );

describe('Layer version ARNs in a text', () => {
  it('are found where they stand, whatever separates them', () => {
    const separator = fc.constantFrom(' ', '"', "', '", ',', '/', '\n', '(', ']', ' ü🙂 ');
    fc.assert(
      fc.property(fc.array(fc.tuple(separator, anArn), { maxLength: 6 }), (parts) => {
        const text = `${parts.flat().join('')} `;
        const found = findLayerArns(text);
        assert.deepEqual(
          found.map((each) => each.arn),
          parts.map(([, each]) => each),
        );
        for (const place of found) assert.equal(text.slice(place.start, place.end), place.arn);
      }),
    );
  });

  it('are those of layers of AWS itself too', () => {
    const own = 'arn:aws:lambda:::awslayer:AmazonLinux1803';
    assert.deepEqual(findLayerArns(`- "${own}"`), [{ arn: own, start: 3, end: 3 + own.length }]);
    assert.deepEqual(findLayerArns(`${own}:1`), []);
  });

  it('are not found within longer names, without a version, or of other things', () => {
    for (const text of [
      `x${arn}`,
      `a:${arn}`,
      `${arn}-1`,
      `${arn}:1`,
      arn.replace(':14', ''),
      arn.replace('14', '0'),
      arn.replace('layer', 'function'),
      arn.replace('123456789012', '12'),
    ]) {
      assert.deepEqual(findLayerArns(text), [], text);
    }
  });
});
