import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import JSZip from 'jszip';
import type { TreeEntry } from './tree.ts';

/** Writes a zip as a careful tool would: Unix modes, links, nothing implied. Keys are entry names, in order. */
export async function writeZip(file: string, tree: Readonly<Record<string, TreeEntry>>): Promise<string> {
  const zip = new JSZip();
  const date = new Date(Date.UTC(2024, 0, 2, 3, 4, 6));
  for (const [name, entry] of Object.entries(tree)) {
    const options = { createFolders: false, date };
    if (typeof entry === 'string') zip.file(name, entry, { ...options, unixPermissions: 0o100644 });
    else if ('link' in entry) zip.file(name, entry.link, { ...options, unixPermissions: 0o120777 });
    else if ('directory' in entry) {
      zip.file(name, null, { ...options, dir: true, unixPermissions: 0o040000 | entry.directory });
    } else zip.file(name, entry.text, { ...options, unixPermissions: 0o100000 | entry.mode });
  }
  writeFileSync(
    file,
    await zip.generateAsync({ type: 'nodebuffer', platform: 'UNIX', compression: 'DEFLATE' }),
  );
  return file;
}

/** Packs a folder with the system's `zip`, links as links. */
export function zipFolder(folder: string, file: string): string {
  execFileSync('zip', ['-qry', file, '.'], { cwd: folder });
  return file;
}
