import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UserError } from '../../../../src/core/base/errors.ts';
import { layoutPrefix } from '../../../../src/core/packaging/layout.ts';

describe('a layout', () => {
  it('puts nothing before names by default', () => {
    assert.equal(layoutPrefix(), '');
    assert.equal(layoutPrefix('as-is'), '');
  });

  it('is any folder of /opt that a runtime searches', () => {
    for (const layout of [
      'bin',
      'lib',
      'extensions',
      'python',
      'python/lib/python3.9/site-packages',
      'python/lib/python3.14/site-packages',
      'nodejs',
      'nodejs/node_modules',
      'nodejs/node22/node_modules',
      'ruby/lib',
      'ruby/gems/3.4.0',
      'java/lib',
      'dotnet',
    ]) {
      assert.equal(layoutPrefix(layout), `${layout}/`);
    }
  });

  it('is nothing else', () => {
    for (const layout of [
      '',
      '/',
      'bin/',
      '/bin',
      'bin/x',
      'java',
      'ruby',
      'Python',
      'nodejs/node2/node_modules',
      '..',
    ]) {
      assert.throws(
        () => layoutPrefix(layout),
        (error) => error instanceof UserError && error.code === 'ConfigurationInvalid',
        layout,
      );
    }
  });
});
