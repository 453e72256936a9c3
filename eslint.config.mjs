import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Forbids imports in one folder, with the reason shown to whoever tries. */
const forbid = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const vscode = {
  regex: '^vscode$',
  message: 'src/core must run outside VS Code: put this behind a port and adapt it in src/vscode.',
};
const aws = {
  regex: '^@(aws-sdk|smithy)/',
  message: 'The AWS SDK belongs to src/aws, behind a port of src/core/account.',
};
const outward = {
  regex: '(^|/)\\.\\./(.*/)?(vscode|aws)/',
  message: 'src/core may not import src/vscode or src/aws.',
};

export default defineConfig(
  globalIgnores(['dist/', 'test/out/', 'samples/', 'media/', '**/.vscode-test/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', 'scripts/*.mjs', 'bench/*.mjs', 'test/host/*.mjs'] },
      },
    },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  forbid(['src/core/**'], [vscode, aws, outward]),
  forbid(['src/aws/**'], [vscode]),
  forbid(['src/vscode/**', 'src/extension.ts'], [aws]),
  {
    // Command-line programs and tests speak on the console; mocha's `this` needs functions.
    files: ['scripts/**', 'bench/**', 'test/**', '*.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
  prettier,
);
