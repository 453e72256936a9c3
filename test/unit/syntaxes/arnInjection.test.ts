import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import { parseGrammarTestCase, runGrammarTestCase } from 'vscode-tmgrammar-test/dist/unit/index.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const grammar = fileURLToPath(
  new URL('../../../syntaxes/layer-arn.injection.tmLanguage.json', import.meta.url),
);

/** Each has lines of a file and, below them, the scopes that they must have. */
const files = globSync('*.*-arn', { cwd: here }).sort();

describe('The grammar of layer version ARNs', () => {
  const registry = createRegistry([
    { path: grammar, scopeName: 'layer-arn.injection', injectTo: ['source.yaml', 'source.json'] },
    { path: join(here, 'yaml.tmLanguage.json'), scopeName: 'source.yaml' },
    { path: join(here, 'json.tmLanguage.json'), scopeName: 'source.json' },
  ] as Parameters<typeof createRegistry>[0]);

  it('has test files', () => assert.equal(files.length, 2));

  for (const file of files) {
    const test = parseGrammarTestCase(readFileSync(join(here, file), 'utf8'));
    it(`colours ${test.metadata.description}, as ${basename(file)} says`, async () => {
      const failures = await runGrammarTestCase(registry, test);
      const told = failures.map(({ actual, end, line, missing, srcLine, start, unexpected }) => {
        const text = test.source[srcLine]?.slice(start, end);
        return `line ${line + 1} at ${text}: missing ${missing.join(' ')}, unexpected ${unexpected.join(' ')}, actual ${actual.join(' ')}`;
      });
      assert.equal(told.join('\n'), '');
    });
  }
});
