import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import { testGrammar } from './testGrammar.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const grammar = fileURLToPath(
  new URL('../../../syntaxes/layer-arn.injection.tmLanguage.json', import.meta.url),
);

const files = globSync('*.*-arn', { cwd: here }).sort();

describe('The grammar of layer version ARNs', () => {
  const registry = createRegistry([
    { path: grammar, scopeName: 'layer-arn.injection', injectTo: ['source.yaml', 'source.json'] },
    { path: join(here, 'yaml.tmLanguage.json'), scopeName: 'source.yaml' },
    { path: join(here, 'json.tmLanguage.json'), scopeName: 'source.json' },
  ] as Parameters<typeof createRegistry>[0]);

  it('has test files', () => assert.equal(files.length, 2));

  testGrammar(
    registry,
    files.map((file) => join(here, file)),
  );
});
