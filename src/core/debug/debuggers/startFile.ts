import { mkdir, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { BootstrapPlace } from '../../run/functionLauncher.ts';

const folderName = '.lambda-layers-debugger';

/** Writes a file that an interpreter runs before the program; returns its folder as the function sees it. */
export async function writeStartFile(
  temporary: BootstrapPlace['temporary'],
  name: string,
  text: string,
): Promise<string> {
  const folder = join(temporary.here, folderName);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
  return posix.join(temporary.inside, folderName);
}
