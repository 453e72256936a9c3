import { cp } from 'node:fs/promises';

/**
 * Copies a workspace, so that a test may change it: links stay links with the targets they have, modes and times
 * stay. Leaves out what git and package managers put there.
 */
export async function copyWorkspace(from: string, to: string): Promise<string> {
  const left = new Set(['.git', '.DS_Store']);
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (source) => !left.has(source.slice(source.lastIndexOf('/') + 1)),
  });
  return to;
}
