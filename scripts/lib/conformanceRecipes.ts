import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeFolder, npmEnvironment } from './prepare.mjs';
import { runQuietly } from './step.mjs';
import { conformanceSources, type ConformancePart } from '../../test/conformance/support/programs.ts';

/** Where a part is built: everything it does stays in there, and its programs are folders of it in the end. */
export interface Workshop {
  readonly folder: string;
  /** Where that folder will be in the end. */
  readonly destination: string;
  readonly verbose: boolean;
}

/** How each part is built. All are built for their own sake, quickly, not to run fast. */
export const recipes: Readonly<Record<ConformancePart, (workshop: Workshop) => Promise<void>>> = {
  go: buildGo,
  node: buildNode,
  python: buildPython,
  rust: buildRust,
};

async function buildGo({ folder, verbose }: Workshop): Promise<void> {
  const cwd = join(conformanceSources, 'go');
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly' };
  for (const program of ['function', 'echo']) {
    const bootstrap = join(folder, program, 'bootstrap');
    const flags = ['-trimpath', '-tags', 'lambda.norpc', '-ldflags', '-s -w', '-o', bootstrap];
    await runQuietly('go', ['build', ...flags, `./${program}`], { cwd, env, verbose });
  }
}

/** One program comes with its sources, for debuggers, which look for them where they will be. */
async function buildRust({ folder, destination, verbose }: Workshop): Promise<void> {
  const cwd = join(conformanceSources, 'rust');
  cpSync(join(cwd, 'debugged'), join(folder, 'debugged'), { recursive: true });
  const RUSTFLAGS = `--remap-path-prefix=${cwd}=${destination}`;
  const env = { ...process.env, CARGO_TARGET_DIR: join(folder, 'target'), RUSTFLAGS };
  await runQuietly('cargo', ['build', '--locked', '--quiet', '--workspace'], { cwd, env, verbose });
  const built = join(folder, 'target', 'debug');
  renameSync(join(built, 'debugged'), join(folder, 'debugged', 'code', 'bootstrap'));
  mkdirSync(join(folder, 'function'));
  renameSync(join(built, 'function'), join(folder, 'function', 'bootstrap'));
  mkdirSync(join(folder, 'extension', 'extensions'), { recursive: true });
  renameSync(join(built, 'extension'), join(folder, 'extension', 'extensions', 'conformance'));
  rmSync(join(folder, 'target'), { recursive: true });
}

/**
 * Settings for the `configure` of the copies of curl in both packages below: what of curl only takes time to compile,
 * and the libraries of this machine that it would link with although plain HTTP needs none.
 */
const curlSettings = [
  ...['brotli', 'zstd', 'libidn2', 'libpsl', 'nghttp2', 'librtmp', 'libssh2', 'gssapi'].map(
    (library) => `with_${library}=no`,
  ),
  ...['ldap', 'ldaps', 'ftp', 'file', 'dict', 'telnet', 'tftp', 'pop3', 'imap', 'smtp', 'gopher', 'mqtt'].map(
    (protocol) => `enable_${protocol}=no`,
  ),
  ...['rtsp', 'smb', 'manual', 'threaded_resolver', 'dependency_tracking'].map((part) => `enable_${part}=no`),
];

/** The environment for a package that compiles C and C++ in its installation. */
function nativeEnvironment(folder: string): NodeJS.ProcessEnv {
  const site = join(folder, 'config.site');
  writeFileSync(site, `${curlSettings.join('\n')}\n`);
  const flags = { CFLAGS: '-O0', CXXFLAGS: '-O0', MAKEFLAGS: '-j2' };
  return { ...npmEnvironment(process.env, nodeFolder), ...flags, CONFIG_SITE: site };
}

async function buildNode({ folder, verbose }: Workshop): Promise<void> {
  const work = join(folder, 'work');
  const client = join(folder, 'client');
  cpSync(join(conformanceSources, 'node', 'client'), work, { recursive: true });
  const env = nativeEnvironment(folder);
  await runQuietly('npm', ['ci', '--no-audit', '--no-fund'], { cwd: work, env, verbose });
  // The client is bundled: of the other packages it needed only those that compile.
  mkdirSync(join(client, 'nodejs', 'node_modules'), { recursive: true });
  const inPackages = join('node_modules', 'aws-lambda-ric');
  renameSync(join(work, inPackages), join(client, 'nodejs', inPackages));
  moveBootstrap(work, client);
  rmSync(work, { recursive: true });
}

/**
 * Installs awslambdaric as pip would, but builds the libraries of its package once: `setup.py` does so each time it is
 * asked for anything, which pip does three times. `BUILD=true` keeps it from doing so.
 */
async function buildPython({ folder, verbose }: Workshop): Promise<void> {
  const work = join(folder, 'work');
  const client = join(folder, 'client');
  cpSync(join(conformanceSources, 'python', 'client'), work, { recursive: true });
  const native = nativeEnvironment(folder);
  const env = { ...native, BUILD: 'true', DISABLE_SPEEDUPS: '1', PIP_ROOT_USER_ACTION: 'ignore' };
  const pip = (...args: string[]): Promise<void> =>
    runQuietly('python3', ['-m', 'pip', ...args], { cwd: work, env, verbose });
  const locked = ['--require-hashes', '--requirement', 'requirements.txt'];
  await pip('download', '--no-deps', '--no-binary', ':all:', '--dest', 'packages', ...locked);
  const unpack = 'for archive in packages/*.tar.gz; do tar -xzf "$archive" --no-same-owner; done';
  await runQuietly('sh', ['-c', unpack], { cwd: work, env, verbose });
  const sources = 'cd awslambdaric-* && ./scripts/preinstall.sh';
  await runQuietly('sh', ['-c', sources], { cwd: work, env: { ...native, ENABLE_LTO: 'OFF' }, verbose });
  const install = 'exec python3 -m pip install --no-deps --target ../client/python ./*/';
  rmSync(join(work, 'packages'), { recursive: true });
  await runQuietly('sh', ['-c', install], { cwd: work, env, verbose });
  moveBootstrap(work, client);
  linkPython(client);
  rmSync(work, { recursive: true });
}

function moveBootstrap(work: string, client: string): void {
  renameSync(join(work, 'bootstrap'), join(client, 'bootstrap'));
  chmodSync(join(client, 'bootstrap'), 0o755);
}

/** The layer's `bin/python3` is the machine's: the very one that the native module was compiled for. */
function linkPython(client: string): void {
  const program = 'import sys; print(sys.executable)';
  const executable = execFileSync('python3', ['-c', program], { encoding: 'utf8', cwd: '/' }).trim();
  mkdirSync(join(client, 'bin'));
  symlinkSync(executable, join(client, 'bin', 'python3'));
}
