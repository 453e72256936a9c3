import { delimiter } from 'node:path';
import { findExecutable } from '../../run/findExecutable.ts';

/** Where a program may be besides the `PATH`: an editor that was not started from a shell has a short one. */
const usualFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'];

/** Finds an executable on this machine by the first of its names that exists; `more` folders are looked into first. */
export function findTool(
  names: readonly string[],
  more: readonly string[] = [],
): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return findExecutable(names, new Set([...more, ...onPath, ...usualFolders]));
}
