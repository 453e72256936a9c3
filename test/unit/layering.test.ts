import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computedTarget, forbiddenImports } from '../support/importGraph.ts';
import { useTemporaryFolders } from '../support/temporaryFolder.ts';
import { writeTree } from '../support/tree.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const isAws = (target: string) => /^@(aws-sdk|smithy)\//.test(target);
const isOutside = (target: string) =>
  target === 'vscode' || isAws(target) || /^src\/(vscode|aws)\//.test(target) || target === computedTarget;

describe('The layers of the sources', () => {
  const temporaryFolder = useTemporaryFolders();

  it('keep src/core free of VS Code and the AWS SDK, types included', () => {
    const files = readdirSync(join(root, 'src/core'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join('src/core', name));
    assert.ok(files.length > 50, 'the sources were found');
    assert.deepEqual(forbiddenImports(root, files, 'all', isOutside), []);
  });

  it('load the AWS SDK only when it is needed', () => {
    assert.deepEqual(forbiddenImports(root, ['src/extension.ts'], 'atStart', isAws), []);
  });

  describe('are watched so that', () => {
    const offenders: Record<string, readonly [statement: string, target: string]> = {
      'an import': ["import * as vscode from 'vscode';", 'vscode'],
      'an import of a type': ["import type { Uri } from 'vscode';", 'vscode'],
      'an import for its effects': ["import '@aws-sdk/client-lambda';", '@aws-sdk/client-lambda'],
      'a part of a package': ["import { x } from '@smithy/core/dist';", '@smithy/core/dist'],
      'an import on demand': ["const sdk = () => import('@aws-sdk/client-s3');", '@aws-sdk/client-s3'],
      'an import of what is computed': ['const sdk = (name: string) => import(name);', computedTarget],
      'a type by its place': ["export type A = import('vscode').Uri;", 'vscode'],
      'an export from elsewhere': ["export { open } from '../../vscode/open.ts';", 'src/vscode/open.ts'],
      'a call of require': ["const sdk = require('@aws-sdk/client-lambda');", '@aws-sdk/client-lambda'],
    };
    for (const [kind, [statement, target]] of Object.entries(offenders)) {
      it(`${kind} is found, behind two other files too`, () => {
        const folder = writeTree(temporaryFolder(), {
          'src/core/a.ts': "import { b } from './deep/b.ts';\n",
          'src/core/deep/b.ts': "export type { C } from './c.ts';\nimport { a } from '../a.ts';\n",
          'src/core/deep/c.ts': `// import 'vscode'\nimport fs from 'node:fs';\n${statement}\n`,
          'src/vscode/open.ts': '',
        });
        assert.deepEqual(forbiddenImports(folder, ['src/core/a.ts'], 'all', isOutside), [
          `src/core/a.ts > src/core/deep/b.ts > src/core/deep/c.ts > ${target}`,
        ]);
      });
    }

    it('types and what is loaded on demand may name the AWS SDK, nothing else may', () => {
      const folder = writeTree(temporaryFolder(), {
        'src/extension.ts':
          "import { gateway } from './aws/gateway.ts';\nimport type { T } from './aws/types.ts';\n",
        'src/aws/types.ts': "import '@aws-sdk/types';\n",
        'src/aws/gateway.ts': [
          "import type { Lambda } from '@aws-sdk/client-lambda';",
          "const load = () => import('@aws-sdk/client-lambda');",
          "export type { S3 } from '@aws-sdk/client-s3';",
          "import { type Sts } from '@aws-sdk/client-sts';",
          "import { retry } from '@smithy/util-retry';",
        ].join('\n'),
      });
      assert.deepEqual(forbiddenImports(folder, ['src/extension.ts'], 'atStart', isAws), [
        'src/extension.ts > src/aws/gateway.ts > @aws-sdk/client-sts',
        'src/extension.ts > src/aws/gateway.ts > @smithy/util-retry',
      ]);
    });

    it('a file that does not exist is an error', () => {
      const folder = writeTree(temporaryFolder(), { 'src/core/a.ts': "import './missing.ts';\n" });
      assert.throws(() => forbiddenImports(folder, ['src/core/a.ts'], 'all', isOutside), { code: 'ENOENT' });
    });
  });
});
