import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import type { MergedView } from '../../src/core/opt/mergedView.ts';

/** What a test puts into a folder: text (a file), or one of these. */
export type TreeEntry =
  | string
  | { readonly text: string | Buffer; readonly mode: number }
  | { readonly link: string }
  | { readonly directory: number };

/** Writes files, links and directories below `root`; keys are paths. */
export function writeTree(root: string, tree: Readonly<Record<string, TreeEntry>>): string {
  mkdirSync(root, { recursive: true });
  for (const [path, entry] of Object.entries(tree)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof entry === 'string') writeFileSync(target, entry);
    else if ('link' in entry) symlinkSync(entry.link, target);
    else if ('directory' in entry) {
      mkdirSync(target, { recursive: true });
      chmodSync(target, entry.directory);
    } else {
      writeFileSync(target, entry.text);
      chmodSync(target, entry.mode);
    }
  }
  return root;
}

/** One line per path, sorted: kind, mode, path and content. Two trees are equal when their lines are. */
export function describeFolder(root: string, path = ''): string[] {
  return readdirSync(join(root, path))
    .flatMap((name) => {
      const below = path === '' ? name : `${path}/${name}`;
      const stats = lstatSync(join(root, below));
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) return [`link ${below} -> ${readlinkSync(join(root, below))}`];
      if (stats.isDirectory()) return [`directory ${mode} ${below}`, ...describeFolder(root, below)];
      return [`file ${mode} ${below} ${digest(readFileSync(join(root, below)))}`];
    })
    .sort();
}

/** A command of the system's shell that prints the same lines, unsorted, for where this file cannot be run. */
export function describeCommand(folder: string): string {
  const file = `-exec sh -c 'printf "%s:%.16s\\n" "$(stat -c %s "$1")" "$(sha256sum < "$1")"' sh {} \\;`;
  return (
    `cd ${folder} && find . -mindepth 1 \\( -type l -printf 'link %P -> %l\\n' \\) -o ` +
    `\\( -type d -printf 'directory %m %P\\n' \\) -o -type f -printf 'file %m %P ' ${file}`
  );
}

/** The same lines for a merged view. */
export async function describeView(view: MergedView): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of view.walk()) {
    const mode = entry.mode.toString(8);
    if (entry.kind === 'link') lines.push(`link ${entry.path} -> ${await view.readLink(entry)}`);
    else if (entry.kind === 'directory') lines.push(`directory ${mode} ${entry.path}`);
    else lines.push(`file ${mode} ${entry.path} ${digest(await view.read(entry))}`);
  }
  return lines.sort();
}

function digest(content: Uint8Array): string {
  return `${content.length}:${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
}
