import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import { parseGrammarTestCase, runGrammarTestCase } from 'vscode-tmgrammar-test/dist/unit/index.js';

/** A test for each file, which has lines of text and, below them, the scopes that they must have. */
export function testGrammar(registry: ReturnType<typeof createRegistry>, files: readonly string[]): void {
  for (const file of files) {
    const test = parseGrammarTestCase(readFileSync(file, 'utf8'));
    it(`colours ${test.metadata.description}, as ${basename(file)} says`, async () => {
      const failures = await runGrammarTestCase(registry, test);
      const told = failures.map(({ actual, end, line, missing, srcLine, start, unexpected }) => {
        const text = test.source[srcLine]?.slice(start, end);
        return `line ${line + 1} at ${text}: missing ${missing.join(' ')}, unexpected ${unexpected.join(' ')}, actual ${actual.join(' ')}`;
      });
      assert.equal(told.join('\n'), '');
    });
  }
}
