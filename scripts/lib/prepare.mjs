/**
 * What has to work before anything is installed, with nothing but Node 20 and npm: installing the packages of
 * `package-lock.json`, and going on under a Node that runs TypeScript. All other scripts are TypeScript.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitOnSignals, runQuietly, step } from './step.mjs';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** The folder that holds only the `node` of the npm package `node` (Node 24), for the front of a PATH. */
export const nodeFolder = join(root, 'node_modules', 'node', 'bin');

/** The Node 24 that runs the tools, the tests and the VS Code server. */
export const node24 = join(nodeFolder, process.platform === 'win32' ? 'node.exe' : 'node');

/** Identifies the content of a lockfile; equal for equal packages whatever the line endings are. */
export function lockfileStamp(text) {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

/** Why the packages in `folder` have to be installed, as the end of a sentence; undefined when they need not. */
export function installReason(folder) {
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) return 'node_modules is missing';
  const stampFile = join(modules, '.lambda-layers-lockfile');
  if (existsSync(stampFile)) {
    const same = readFileSync(stampFile, 'utf8') === stampOf(folder);
    return same ? undefined : 'package-lock.json has changed since the last installation';
  }
  // npm writes this file last, so it tells of a complete installation that somebody made by hand.
  if (!existsSync(join(modules, '.package-lock.json'))) return 'the last installation is incomplete';
  return sameVersions(folder) ? undefined : 'node_modules differs from package-lock.json';
}

/** The packages of a lockfile, as `path@version` lines, without those that only other platforms need. */
function versions(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  const wanted = Object.entries(packages).filter(([path, entry]) => path !== '' && entry.optional !== true);
  return new Map(wanted.map(([path, entry]) => [path, entry.version]));
}

function sameVersions(folder) {
  const installed = versions(join(folder, 'node_modules', '.package-lock.json'));
  const wanted = versions(join(folder, 'package-lock.json'));
  return [...wanted].every(([path, version]) => installed.get(path) === version);
}

function stampOf(folder) {
  return lockfileStamp(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
}

/**
 * The environment for an npm that is started from here: without what an outer `npm test` exported, since npm
 * takes that for its own configuration (code-server's installer even reads the Node version from it).
 */
export function npmEnvironment(environment, nodeBin) {
  const stale = /^npm_(?!config_)|^npm_config_(user_agent|local_prefix|node_gyp|prefix|global_prefix)$/;
  const kept = Object.entries(environment).filter(([name]) => !stale.test(name) && name !== 'INIT_CWD');
  const clean = Object.fromEntries(kept);
  return nodeBin === undefined ? clean : { ...clean, PATH: `${nodeBin}${delimiter}${clean.PATH ?? ''}` };
}

/** Installs the packages of the checkout when they are missing or older than the lockfile. */
async function installPackages(verbose) {
  const reason = installReason(root);
  const stampFile = join(root, 'node_modules', '.lambda-layers-lockfile');
  if (reason !== undefined) {
    await step(`Installing the npm packages: ${reason}`, verbose, () =>
      runQuietly('npm', ['ci', '--no-audit', '--no-fund'], {
        cwd: root,
        env: npmEnvironment(process.env),
        verbose,
      }),
    );
  }
  if (!existsSync(stampFile) || reason !== undefined) writeFileSync(stampFile, stampOf(root));
  if (!existsSync(node24)) {
    throw new Error(
      `${node24} is missing: npm did not run the install script of the package "node". Delete node_modules and run npm ci with install scripts allowed.`,
    );
  }
}

/** Runs the script that was started once more, under Node 24, and ends with its exit code. */
async function continueOnNode24() {
  const args = [...process.execArgv, ...process.argv.slice(1)];
  // The channel carries no messages: its end tells the child that this process is gone.
  const child = spawn(node24, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve();
    });
  });
  if (child.connected) child.disconnect();
  process.exit();
}

/**
 * Makes the checkout ready and returns under a Node that runs TypeScript: installs packages where needed and
 * restarts the script on Node 24 where the running Node is too old. Ends the process with a sentence on failure.
 */
export async function prepare() {
  const restoreSignals = exitOnSignals();
  try {
    await installPackages(process.argv.includes('--verbose'));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  restoreSignals();
  if (process.features.typescript) {
    process.on('disconnect', () => process.exit(1));
    process.channel?.unref();
    return;
  }
  await continueOnNode24();
}
