import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where a program may be besides the `PATH`: an editor that was not started from a shell has a short one. */
const usualFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'];

/** Finds an executable on this machine by the first of its names that exists; `more` folders are looked into first. */
export async function findTool(
  names: readonly string[],
  more: readonly string[] = [],
): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of new Set([...more, ...onPath, ...usualFolders])) {
    for (const name of names) {
      const path = join(folder, name);
      if (await isExecutableFile(path)) return path;
    }
  }
  return undefined;
}

/** Whether a path leads to a file that this program may execute. */
export async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // absent or not permitted: the next place is tried
  }
}
