import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../base/errors.ts';

/** Removes a folder and all it holds, if it is there, also what has modes that forbid it to an ordinary user. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await openFolders(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes every folder listable and writable, each before what it holds is looked at. Links are not followed. */
async function openFolders(folder: string): Promise<void> {
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await openFolders(join(folder, entry.name));
    }
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error; // somebody else removes it too
  }
}
