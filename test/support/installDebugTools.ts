import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { runQuietly, step } from '../../scripts/lib/step.mjs';
import { ensureSystemPackages, type SystemPackage } from '../../scripts/lib/systemPackages.ts';
import { onPath } from '../host/onPath.ts';
import { cacheFolder } from '../host/serverLocation.ts';
import { debugToolsIn } from './debugTools.ts';

/** What the tests of language debuggers use; raise `edition` when what is made of it changes. */
const versions = {
  debugpy: '1.8.22',
  awslambdaric: '4.2.2',
  delve: '1.27.2',
  awsLambdaGo: '1.54.0',
  edition: 2,
};

/** The names of LLDB's debug adapter in Debian's and Ubuntu's packages, and under its own name. */
const lldbNames = ['lldb-dap', ...[22, 21, 20, 19, 18, 17].map((version) => `lldb-dap-${version}`)];
const findFirst = (names: readonly string[]) =>
  names.map((name) => onPath(name)).find((path) => path !== undefined);

const packages: readonly SystemPackage[] = [
  { apt: lldbPackage(), purpose: 'debug native programs', present: () => findFirst(lldbNames) !== undefined },
  { apt: 'golang', purpose: 'debug Go', present: () => onPath('go') !== undefined },
  { apt: 'gcc', purpose: 'debug native programs', present: () => onPath('gcc') !== undefined },
  { apt: 'perl', purpose: 'debug native programs', present: () => onPath('perl') !== undefined },
  { apt: 'python3-pip', purpose: 'debug Python', present: () => hasPip() },
];

/**
 * Installs what is missing and returns the folder. It is made beside its place and moved when complete. Throws an
 * `Error` that says what is missing when something cannot be installed.
 */
export async function ensureDebugTools(verbose: boolean): Promise<string> {
  await ensureSystemPackages(process.platform === 'linux' ? packages : [], { verbose });
  const key = createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `debug-tools-${key}`);
  if (!existsSync(folder)) {
    const title = `Installing debuggers for the tests into ${folder}: not there yet, takes a minute`;
    await step(title, verbose, () => install(folder, verbose));
  }
  refreshExtension(folder);
  return folder;
}

async function install(folder: string, verbose: boolean): Promise<void> {
  const building = `${folder}.installing-${process.pid}`;
  const tools = debugToolsIn(building);
  const run = (command: string, args: readonly string[], env: Record<string, string> = {}, cwd = building) =>
    runQuietly(command, args, { cwd, env: { ...process.env, ...env }, verbose });
  const pip = (target: string, name: string) =>
    run('python3', [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--target',
      target,
      name,
    ]);
  try {
    for (const each of [tools.extension, tools.bin, tools.goModule]) mkdirSync(each, { recursive: true });
    await pip(join(tools.extension, 'bundled', 'libs'), `debugpy==${versions.debugpy}`);
    await pip(join(tools.pythonClient, 'python'), `awslambdaric==${versions.awslambdaric}`);
    await run('go', ['install', `github.com/go-delve/delve/cmd/dlv@v${versions.delve}`], {
      GOBIN: tools.bin,
    });
    writeFileSync(join(tools.goModule, 'client.go'), goClient);
    const goSteps = [
      ['mod', 'init', 'example.com/client'],
      ['get', awsLambdaGo],
      ['mod', 'tidy'],
    ];
    const goEnvironment = { ...tools.goEnvironment, GOPROXY: process.env['GOPROXY'] ?? '' }; // '' is Go's default
    for (const args of goSteps) await run('go', args, goEnvironment, tools.goModule);
    symlinkSync(findFirst(lldbNames) ?? '', join(tools.bin, 'lldb-dap'));
    const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
    symlinkSync(python.trim(), tools.python);
    renameSync(building, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another installation finished first: its result is as good
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

const awsLambdaGo = `github.com/aws/aws-lambda-go@v${versions.awsLambdaGo}`;
/** Makes \`go mod\` take what the tests import. */
const goClient = 'package client\n\nimport _ "github.com/aws/aws-lambda-go/lambda"\n';

/** The extension is of this checkout, its libraries are of the cache. */
function refreshExtension(folder: string): void {
  const source = fileURLToPath(new URL('../fixtures/debug-types', import.meta.url));
  const { extension } = debugToolsIn(folder);
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
