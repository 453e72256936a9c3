import { randomUUID } from 'node:crypto';
import { chmod, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file in one step: `write` fills a new file beside it, which gets the old one's mode and takes its
 * place. On failure the old file stays as it was and nothing else is left.
 */
export async function replaceFile(link: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const path = await realpath(link); // a link to the file stays a link
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const { mode } = await stat(path);
    await write(temporary);
    await chmod(temporary, mode & 0o7777);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
