import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import { testGrammar } from './testGrammar.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const grammar = fileURLToPath(new URL('../../../syntaxes/lambda-log.tmLanguage.json', import.meta.url));

const files = globSync('*.lambda-log', { cwd: here }).sort();

describe('The grammar of lambda-log', () => {
  const registry = createRegistry([
    { path: grammar, scopeName: 'text.log.lambda' },
    { path: join(here, 'json.tmLanguage.json'), scopeName: 'source.json' },
  ] as Parameters<typeof createRegistry>[0]);

  it('has test files', () => assert.notEqual(files.length, 0));

  testGrammar(
    registry,
    files.map((file) => join(here, file)),
  );
});
