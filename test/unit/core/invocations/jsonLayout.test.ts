import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compactJson, prettyJson } from '../../../../src/core/invocations/jsonLayout.ts';

/** Any JSON value, and a number of blanks to write it with. */
const written = fc.tuple(fc.jsonValue(), fc.integer({ min: 0, max: 3 }));

describe('The layout of JSON', () => {
  it('is that of JSON.stringify, however the text was laid out before', () => {
    fc.assert(
      fc.property(written, ([value, blanks]) => {
        const text = JSON.stringify(value, null, blanks);
        assert.equal(prettyJson(text), JSON.stringify(value, null, 2));
        assert.equal(compactJson(text), JSON.stringify(value));
      }),
    );
  });

  it('leaves numbers and strings as they are written', () => {
    const text = '[12345678901234567890, 1.0, 1E5, "\\u0041 \\" : , { ", "a  b"]';
    assert.equal(
      prettyJson(text),
      '[\n  12345678901234567890,\n  1.0,\n  1E5,\n  "\\u0041 \\" : , { ",\n  "a  b"\n]',
    );
    assert.equal(compactJson(text), '[12345678901234567890,1.0,1E5,"\\u0041 \\" : , { ","a  b"]');
  });

  it('keeps empty objects and lists short', () => {
    assert.equal(prettyJson('{"a":{ },"b":[\n]}'), '{\n  "a": {},\n  "b": []\n}');
  });
});
