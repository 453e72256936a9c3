import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'mocha';

/**
 * Makes temporary folders for the tests of the surrounding `describe`, and removes them after each test. Hooks run in
 * the order of their lines: an `afterEach` that ends what uses the folders stands before this.
 */
export function useTemporaryFolders(): (prefix?: string) => string {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return (prefix = 'lambda-layers-test-') => {
    const folder = mkdtempSync(join(tmpdir(), prefix));
    folders.push(folder);
    return folder;
  };
}
