import assert from 'node:assert/strict';
import { isSourceChange } from '../../../../src/core/debug/sourceChanges.ts';

describe('A change of a file', () => {
  for (const path of ['/code/app.py', '/code/git/a.js', '/code/bin/tool', '/code/layer.zip', '/code/x.pyi']) {
    it(`of ${path} is one of sources`, () => assert.equal(isSourceChange(path), true));
  }

  for (const path of [
    '/code/__pycache__/app.cpython-313.pyc',
    '/code/__pycache__',
    '/code/app.pyc',
    '/code/.git/index',
    '/code/.index.js.swp',
    '/code/index.js~',
    'C:\\code\\.DS_Store',
  ]) {
    it(`of ${path} is none`, () => assert.equal(isSourceChange(path), false));
  }
});
