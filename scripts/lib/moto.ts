import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../test/host/serverLocation.ts';
import { makeOnce } from './makeOnce.ts';
import { runQuietly, step } from './step.mjs';

/** The release of moto, a server that speaks the AWS API, which the tests run (PyPI). */
export const motoVersion = '5.2.5';

/** Where the Python of a virtual environment is. */
const python = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];

/** The Python of the virtual environment that holds moto. It exists only when its installation was completed. */
export function motoPython(environment: NodeJS.ProcessEnv = process.env): string {
  return join(motoFolder(environment), ...python);
}

/** Installs moto into the machine's cache unless it is there. */
export async function ensureMoto({ verbose }: { readonly verbose: boolean }): Promise<void> {
  const folder = motoFolder();
  if (existsSync(folder)) return;
  const title = `Installing moto ${motoVersion} for the tests of AWS: not in ${dirname(folder)} yet, takes a minute`;
  await step(title, verbose, () => makeOnce(folder, (building) => install(building, verbose)));
}

function motoFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(environment), `moto-${motoVersion}`);
}

async function install(building: string, verbose: boolean): Promise<void> {
  const run = (command: string, args: readonly string[]) =>
    runQuietly(command, args, { cwd: building, verbose });
  await run('python3', ['-m', 'venv', '.']);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await run(join(building, ...python), [...pip, `moto[server]==${motoVersion}`]);
}
