import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The executable file of that name in the folders of `PATH`, as a shell would find it; undefined when none is. */
export function onPath(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const files = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  return files.find(isExecutableFile);
}

/** Whether the path leads to a file (also through links) that this process may run. */
export function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // absent or not permitted: the next candidate is tried
  }
}
