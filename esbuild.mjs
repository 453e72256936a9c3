/**
 * Builds what VS Code loads. `node esbuild.mjs` builds once, `--production` without source maps and small, `--watch`
 * on every change, `--tests` also the integration tests, which run inside VS Code.
 */
import { context } from 'esbuild';
import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every file of `dist/`, by its source. What is loaded on its own (a worker, a late part) has its own entry. */
const entryPoints = [
  { in: 'src/extension.ts', out: 'extension' },
  { in: 'src/core/packaging/deflateWorker.ts', out: 'deflateWorker' },
  { in: 'src/aws/sdk.ts', out: 'awsSdk' },
];

/** Leaves the AWS SDK to the file of its own, so that VS Code need not read a megabyte to activate the extension. */
const awsSdkApart = {
  name: 'aws-sdk-apart',
  setup(build) {
    build.onResolve({ filter: /\/sdk\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './awsSdk.cjs', external: true } : undefined,
    );
  },
};

const root = fileURLToPath(new URL('.', import.meta.url));
const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');
const watch = flags.has('--watch');

/** The sources are ES modules; VS Code loads CommonJS, in which `import.meta.url` has to be given. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'importMetaUrl' },
  // Its CommonJS build loads its parts by names that no bundler sees.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
};

const extension = {
  ...shared,
  entryPoints,
  outdir: 'dist',
  external: ['vscode'],
  plugins: [awsSdkApart],
  minify: production,
  sourcemap: production ? false : 'linked',
};

/** What runs inside webviews: a browser's script, without Node. */
const pages = {
  absWorkingDir: root,
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  entryPoints: [{ in: 'src/vscode/sizeMap/page/main.ts', out: 'sizeMap' }],
  outdir: 'dist',
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
};

const tests = () => ({
  ...shared,
  entryPoints: ['test/integration/index.ts', ...globSync('test/integration/**/*.test.ts', { cwd: root })],
  outbase: 'test/integration',
  outdir: 'test/out/integration',
  external: ['vscode', 'mocha'],
  sourcemap: 'inline',
});

/** Removes what an earlier build made of files that are gone; not under a VS Code that loads from there. */
const clear = (folder) => rm(new URL(`${folder}/`, import.meta.url), { recursive: true, force: true });

/** Says when a build starts and ends, in the form that .vscode/tasks.json waits for. */
const announce = (name) => ({
  name: 'announce',
  setup(build) {
    build.onStart(() => console.log(`[watch] ${name}: build started`));
    build.onEnd(({ errors }) => console.log(`[watch] ${name}: build finished, ${errors.length} errors`));
  },
});

async function build(options) {
  const name = basename(options.outdir);
  const plugins = [...(options.plugins ?? []), ...(watch ? [announce(name)] : [])];
  const builder = await context({ ...options, plugins });
  if (watch) return builder.watch();
  try {
    await builder.rebuild();
  } finally {
    await builder.dispose();
  }
}

try {
  if (production) await clear(extension.outdir);
  await build(pages);
  await build(extension);
  if (flags.has('--tests')) {
    const options = tests();
    await clear(options.outdir);
    await build(options);
  }
} catch {
  process.exitCode = 1; // esbuild has printed what is wrong
}
