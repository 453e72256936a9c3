import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../test/host/serverLocation.ts';
import { runQuietly, step } from './step.mjs';

/** The release of moto, a server that speaks the AWS API, which the tests run (PyPI). */
export const motoVersion = '5.2.5';

const buildingPrefix = `moto-${motoVersion}.installing-`;

/** The Python of the virtual environment that holds moto. It exists only when its installation was completed. */
export function motoPython(environment: NodeJS.ProcessEnv = process.env): string {
  const programs = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return join(motoFolder(environment), ...programs);
}

/**
 * Installs moto into the machine's cache unless it is there. It is built beside its place and moved when complete, so
 * that an interrupted installation is never used and two at once do no harm.
 */
export async function ensureMoto(options: { readonly verbose: boolean }): Promise<void> {
  const folder = motoFolder();
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  removeAbandoned(dirname(folder));
  const title = `Installing moto ${motoVersion} for the tests of AWS: not in ${dirname(folder)} yet, takes a minute`;
  await step(title, options.verbose, () => install(folder, options));
}

function motoFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(environment), `moto-${motoVersion}`);
}

async function install(folder: string, { verbose }: { readonly verbose: boolean }): Promise<void> {
  const building = join(dirname(folder), `${buildingPrefix}${process.pid}`);
  const remove = (): void => rmSync(building, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    await runQuietly('python3', ['-m', 'venv', building], { cwd: dirname(folder), verbose });
    const python = motoPython().replace(folder, building);
    const args = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `moto[server]==${motoVersion}`,
    ];
    await runQuietly(python, args, { cwd: dirname(folder), verbose });
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
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(buildingPrefix))) {
    if (isRunning(Number(name.slice(buildingPrefix.length)))) continue;
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
