import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UserError } from '../../../../src/core/base/errors.ts';
import { encodeEntryName, maxNameBytes } from '../../../../src/core/packaging/entryName.ts';

const refused = (name: string): void =>
  assert.throws(
    () => encodeEntryName(name),
    (error) =>
      error instanceof UserError && error.code === 'ArchiveEntryInvalid' && error.message.length < 400,
  );

describe('the stored name of an entry', () => {
  it('is its UTF-8', () => {
    assert.deepEqual(encodeEntryName('größe/日本/😀'), Buffer.from('größe/日本/😀'));
  });

  it('may be as long as the field of its length can tell, counted in bytes', () => {
    assert.equal(encodeEntryName('x'.repeat(maxNameBytes)).length, maxNameBytes);
    refused('x'.repeat(maxNameBytes + 1));
    refused('é'.repeat((maxNameBytes + 1) / 2));
  });

  it('has neither backslashes nor control characters nor halves of characters', () => {
    for (const name of ['a\\b', 'a\u0000b', 'a\nb', 'a\u001fb', 'a\u007fb', 'a\ud800b', 'a\udc00'])
      refused(name);
  });
});
