import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, toolFile } from './command.ts';
import { node24, root } from './prepare.mjs';
import { exitOnSignals, step } from './step.mjs';

/** Builds for production, packages what `.vscodeignore` lets in, and prints the file and its size. */
export async function packageMain(args: readonly string[]): Promise<void> {
  exitOnSignals();
  const options = { out: { type: 'string' }, verbose: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const file = resolve(values.out ?? join(root, defaultName()));
  const output = values.verbose ? 'show' : 'capture';
  await step('Building for production', values.verbose, () =>
    run([join(root, 'esbuild.mjs'), '--production'], output),
  );
  await step('Packaging', values.verbose, () =>
    run([toolFile('@vscode', 'vsce', 'vsce'), ...vsceArguments(file)], output),
  );
  const { size } = statSync(file);
  console.log(`${file}: ${(size / 1024).toFixed(1)} KB`);
}

function defaultName(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  return `${manifest['name']}-${manifest['version']}.vsix`;
}

/** The bundle contains its dependencies; links in the README stay as they are, relative to the package. */
function vsceArguments(file: string): string[] {
  return [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    file,
  ];
}

async function run(args: readonly string[], output: 'show' | 'capture'): Promise<void> {
  const result = await runCommand(node24, args, { output });
  if (result.code !== 0) throw new Error(`${result.output.trim()}\nPackaging failed.`);
}
