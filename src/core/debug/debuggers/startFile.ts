import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { BootstrapPlace } from '../../run/bootstrapStart.ts';

const folderName = '.lambda-layers-debugger';

/** Writes a file that an interpreter runs before the program; returns the folder that its path begins in, as the function sees it. */
export async function writeStartFile(
  temporary: BootstrapPlace['temporary'],
  path: string,
  text: string,
): Promise<string> {
  const file = join(temporary.here, folderName, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return posix.join(temporary.inside, folderName);
}
