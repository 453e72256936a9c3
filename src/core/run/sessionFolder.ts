import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../opt/removeFolder.ts';
import { isAlive } from './processes.ts';

const prefix = 'lambda-layers-';

/**
 * Makes a temporary folder for one debug session, named after this process, and first removes those whose process
 * no longer lives: after a crash there is nobody else who could.
 */
export async function createSessionFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent, prefix);
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

/** Removes a session's folder, with whatever modes its content has. */
export function removeSessionFolder(folder: string): Promise<void> {
  return removeFolder(folder);
}

/**
 * Removes the folders in `parent` that are named `<start><process id>-…` after a process that no longer lives.
 * What belongs to somebody else, or cannot be removed, stays: it must not keep a new session from starting.
 */
export async function removeAbandoned(parent: string, start: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(start)) continue;
    const owner = /^(\d+)-/.exec(name.slice(start.length))?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await removeFolder(join(parent, name)).catch(() => undefined);
  }
}
