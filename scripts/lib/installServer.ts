import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nodeFolder, npmEnvironment, root } from './prepare.mjs';
import { runQuietly, step } from './step.mjs';
import { buildPackages, ensureSystemPackages } from './systemPackages.ts';
import { codeServerVersion, nodeMajorOf, serverFolder } from '../../test/host/serverLocation.ts';

/**
 * Installs the VS Code server into the machine's cache unless it is there. It is built beside its place and moved
 * when complete, so that an interrupted installation is never used and two at once do no harm.
 */
export async function ensureServer(verbose: boolean): Promise<void> {
  const folder = serverFolder(nodeMajorOf(root));
  removeAbandoned(folder);
  if (existsSync(folder)) return;
  await ensureSystemPackages(process.platform === 'linux' ? buildPackages : [], { verbose });
  const title = `Installing VS Code's server ${codeServerVersion} for the tests and npm start: not in ${dirname(folder)} yet, takes some minutes`;
  await step(title, verbose, () => install(folder, verbose));
}

async function install(folder: string, verbose: boolean): Promise<void> {
  const building = `${folder}.installing-${process.pid}`;
  const remove = (): void => rmSync(building, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    mkdirSync(building, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(root, 'test', 'host', file), join(building, file));
    }
    const env = npmEnvironment(process.env, nodeFolder);
    await runQuietly('npm', ['ci', '--no-audit', '--no-fund'], { cwd: building, env, verbose });
    moveUnlessThere(building, folder);
  } finally {
    remove();
    process.off('exit', remove);
  }
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error; // another installation finished first: its result is as good
  }
}

/** Removes what installations left whose process is gone. */
function removeAbandoned(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  const prefix = `${basename(folder)}.installing-`;
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    if (!isRunning(Number(name.slice(prefix.length))))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
