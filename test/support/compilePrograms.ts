import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeOnce } from '../../scripts/lib/makeOnce.ts';
import { runQuietly, step } from '../../scripts/lib/step.mjs';
import { cacheFolder } from '../host/serverLocation.ts';
import type { Compilation } from './programs/compilation.ts';
import { foldersIn, foldersInside, type ProgramFolders } from './programs/debuggedProgram.ts';
import { compileGo } from './programs/go.ts';
import { compileNative } from './programs/native.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Whose lockfile names the client's version. */
const goModule = join(here, '..', 'conformance', 'go');

/**
 * Compiles the programs for debuggers once per machine. Returns the folder with `go` and `c`, whose debug information
 * names their sources where they are, and `go-inside` and `c-inside`, which were as if built in the function.
 */
export async function ensureCompiledPrograms(verbose: boolean): Promise<string> {
  const folder = join(cacheFolder(), `debugged-programs-${contentHash()}`);
  if (!existsSync(folder)) {
    const title = `Compiling programs for the debuggers into ${folder}: not there yet, takes a moment`;
    await step(title, verbose, () => makeOnce(folder, (building) => compileAll(building, folder, verbose)));
  }
  return folder;
}

async function compileAll(building: string, destination: string, verbose: boolean): Promise<void> {
  const compilation = (name: string, names: ProgramFolders): Compilation => ({
    folders: foldersIn(join(building, name)),
    names,
    run: (cwd, command, ...args) => runQuietly(command, args, { cwd, verbose }),
  });
  const inPlace = (name: string) => compilation(name, foldersIn(join(destination, name)));
  await compileGo(inPlace('go'), goModule);
  await compileGo(compilation('go-inside', foldersInside), goModule);
  await compileNative(inPlace('c'));
  await compileNative(compilation('c-inside', foldersInside));
}

/** Changes with the programs, the recipes and the compilers. */
function contentHash(): string {
  const files = [fileURLToPath(import.meta.url), ...globSync(join(here, 'programs', '*.ts')).sort()];
  const locked = ['go.mod', 'go.sum'].map((name) => join(goModule, name));
  const hash = createHash('sha256');
  for (const file of [...files, ...locked]) hash.update(readFileSync(file));
  for (const [command, argument] of [
    ['go', 'version'],
    ['gcc', '--version'],
  ] as const) {
    hash.update(execFileSync(command, [argument], { cwd: '/' }));
  }
  return hash.digest('hex').slice(0, 16);
}
