import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { ensureConformancePrograms } from '../../scripts/lib/conformancePrograms.ts';
import { makeOnce } from '../../scripts/lib/makeOnce.ts';
import { node24 } from '../../scripts/lib/prepare.mjs';
import { runQuietly, step } from '../../scripts/lib/step.mjs';
import { ensureSystemPackages, type SystemPackage } from '../../scripts/lib/systemPackages.ts';
import { onPath } from '../host/onPath.ts';
import { cacheFolder } from '../host/serverLocation.ts';
import { ensureCompiledPrograms } from './compilePrograms.ts';
import type { DebugTools } from './debugTools.ts';
import { conformanceProgram } from '../conformance/support/programs.ts';

/** What the tests of language debuggers use; raise `edition` when what is made of it changes. */
const versions = {
  debugpy: '1.8.22',
  delve: '1.27.2',
  edition: 3,
};

/** The names of LLDB's debug adapter in Debian's and Ubuntu's packages, and under its own name. */
const lldbNames = ['lldb-dap', ...[22, 21, 20, 19, 18, 17].map((version) => `lldb-dap-${version}`)];
const findFirst = (names: readonly string[]) =>
  names.map((name) => onPath(name)).find((path) => path !== undefined);

/** What of the system the debuggers are, and are installed with. */
export function debugPackages(): readonly SystemPackage[] {
  if (process.platform !== 'linux') return [];
  return [
    {
      apt: lldbPackage(),
      purpose: 'debug native programs',
      present: () => findFirst(lldbNames) !== undefined,
    },
    { apt: 'golang', purpose: 'debug Go', present: () => onPath('go') !== undefined },
    { apt: 'gcc', purpose: 'debug native programs', present: () => onPath('gcc') !== undefined },
    { apt: 'perl', purpose: 'debug native programs', present: () => onPath('perl') !== undefined },
    { apt: 'python3-pip', purpose: 'debug Python', present: () => hasPip() },
  ];
}

/** Installs what is missing. Throws an `Error` that says what is missing when something cannot be installed. */
export async function ensureDebugTools(verbose: boolean): Promise<DebugTools> {
  await ensureSystemPackages(debugPackages(), { verbose });
  const key = createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `debug-tools-${key}`);
  if (!existsSync(folder)) {
    const title = `Installing debuggers for the tests into ${folder}: not there yet, takes a minute`;
    await step(title, verbose, () => makeOnce(folder, (building) => install(building, verbose)));
  }
  await ensureConformancePrograms(verbose, ['python', 'node', 'rust']);
  refreshExtension(folder);
  return {
    ...debuggersIn(folder),
    node: node24,
    nodeClient: conformanceProgram('node-client'),
    pythonClient: conformanceProgram('python-client'),
    rustProgram: conformanceProgram('rust-debugged'),
    compiledPrograms: await ensureCompiledPrograms(verbose),
  };
}

/** The debuggers as they lie in their folder. */
function debuggersIn(folder: string) {
  const bin = join(folder, 'bin');
  return { extension: join(folder, 'extension'), bin, python: join(bin, 'python3') };
}

async function install(folder: string, verbose: boolean): Promise<void> {
  const tools = debuggersIn(folder);
  const run = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
    runQuietly(command, args, { cwd: folder, env: { ...process.env, ...env }, verbose });
  for (const each of [tools.extension, tools.bin]) mkdirSync(each, { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target'];
  const libraries = join(tools.extension, 'bundled', 'libs');
  await run('python3', [...pip, libraries, `debugpy==${versions.debugpy}`]);
  await run('go', ['install', `github.com/go-delve/delve/cmd/dlv@v${versions.delve}`], { GOBIN: tools.bin });
  symlinkSync(findFirst(lldbNames) ?? '', join(tools.bin, 'lldb-dap'));
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  symlinkSync(python.trim(), tools.python);
}

/** The extension is of this checkout, its libraries are of the cache. */
function refreshExtension(folder: string): void {
  const source = fileURLToPath(new URL('../fixtures/debug-types', import.meta.url));
  const { extension } = debuggersIn(folder);
  copyFileSync(join(source, 'package.json'), join(extension, 'package.json'));
  const { code } = transformSync(readFileSync(join(source, 'extension.ts'), 'utf8'), {
    loader: 'ts',
    format: 'cjs',
  });
  writeFileSync(join(extension, 'extension.cjs'), code);
}

/** The newest LLDB that Debian 12 and newer, and Ubuntu, all have under one name is too old there to attach. */
function lldbPackage(): string {
  const aptCache = onPath('apt-cache');
  if (aptCache === undefined) return 'lldb';
  const known = (name: string) => execFileSync(aptCache, ['search', '--names-only', `^${name}$`]).length > 0;
  return ['lldb-19', 'lldb-18'].find(known) ?? 'lldb';
}

function hasPip(): boolean {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
