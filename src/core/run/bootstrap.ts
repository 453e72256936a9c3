import { open, readFile, readlink, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { resolveLinks } from '../opt/links.ts';
import type { MergedView, OptEntry } from '../opt/mergedView.ts';

/** The executable that is the custom runtime, and what can be told about it before it runs. */
export interface Bootstrap {
  /** Where Lambda sees it: `/var/task/bootstrap` or `/opt/bootstrap`. */
  readonly path: string;
  /** Where it comes from on this machine, for messages. */
  readonly origin: string;
  /** Its first bytes, enough for a `#!` line, or for an ELF file's headers and the interpreter that it names. */
  readonly head: Buffer;
  readonly executable: boolean;
  /** Reads all of it. */
  readonly content: () => Promise<Buffer>;
}

/** Why a bootstrap cannot be started, or will end at once: in Lambda's words, and in words that help. */
export interface BootstrapProblem {
  /**
   * As the Runtime API's `Runtime.InvalidEntrypoint` says it, without the request id; absent when the bootstrap can be
   * started and says by itself why it ends.
   */
  readonly lambda?: string;
  /** What to do about it. */
  readonly help: string;
}

const headBytes = 4096;

/**
 * Where Lambda looks, in this order (custom runtime documentation). A directory of that name is passed over. Links
 * are followed as inside the function, between `/var/task` and `/opt` too.
 */
export async function findBootstrap(
  codeFolder: string,
  view: MergedView,
): Promise<Bootstrap | BootstrapProblem> {
  for (const path of ['/var/task/bootstrap', '/opt/bootstrap']) {
    const found = await findProgram(path, codeFolder, view);
    if (found !== undefined) return found;
  }
  return {
    lambda: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
    help:
      `Neither ${codeFolder} nor any of the layers has a file "bootstrap" at its root. ` +
      'Add a runtime layer to "layers", or a bootstrap to the code.',
  };
}

/** Any other program of the function, such as an extension; links are followed in the same way. */
export async function findProgram(
  path: string,
  codeFolder: string,
  view: MergedView,
): Promise<Bootstrap | undefined> {
  const found = await locate(path, codeFolder, view);
  if (found === undefined) return undefined;
  const { origin, mode, content } = found;
  return { path, origin, head: await found.head(), executable: (mode & 0o111) !== 0, content };
}

/** Whether `findBootstrap` found one. */
export function isBootstrap(found: Bootstrap | BootstrapProblem): found is Bootstrap {
  return 'path' in found;
}

/** The interpreter line's words, without `#!`; empty when the file is no script. */
export function interpreterOf(bootstrap: Bootstrap): string[] {
  if (bootstrap.head.toString('latin1', 0, 2) !== '#!') return [];
  const line = bootstrap.head.toString('utf8', 2).split('\n', 1)[0] ?? '';
  return line.split(/[ \t]+/).filter((word) => word !== '');
}

/** Tells whether a path leads to a file, for the real `/opt` and `/var/task` of a function. */
export function existsInside(codeFolder: string, view: MergedView): (path: string) => Promise<boolean> {
  return async (path) => (await locate(path, codeFolder, view)) !== undefined;
}

/** A file of the function, wherever it comes from. */
interface LocatedFile {
  /** Where it comes from on this machine, for messages. */
  readonly origin: string;
  readonly mode: number;
  head(): Promise<Buffer>;
  readonly content: () => Promise<Buffer>;
}

const taskFolder = '/var/task';
/** Changes between code, layers and machine that links may make before they count as a loop. */
const maxCrossings = 40;

/** Finds the file that a path inside the function leads to. Relative paths start from `/var/task`. */
async function locate(
  path: string,
  codeFolder: string,
  view: MergedView,
  crossings = 0,
): Promise<LocatedFile | undefined> {
  if (crossings > maxCrossings) return undefined;
  const inside = insidePath(path);
  if (inside.startsWith('/opt/')) {
    const found = await resolveLinks(view, inside.slice('/opt/'.length), 'follow');
    if (found.status === 'found') return found.entry.kind === 'file' ? inLayer(view, found.entry) : undefined;
    return found.status === 'outside' ? locate(found.target, codeFolder, view, crossings + 1) : undefined;
  }
  const onMachine = inside.startsWith(`${taskFolder}/`)
    ? join(codeFolder, inside.slice(taskFolder.length + 1))
    : inside;
  const target = await readlink(onMachine).catch(() => undefined);
  if (target !== undefined) {
    const next = target.startsWith('/') ? target : `${posix.dirname(inside)}/${target}`;
    return locate(next, codeFolder, view, crossings + 1);
  }
  const stats = await stat(onMachine).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  const content = () => readFile(onMachine);
  return { origin: onMachine, mode: stats.mode, head: () => readHead(onMachine), content };
}

/** Absolute and, outside `/opt`, without `..`; below `/opt` that has to wait until links are followed. */
function insidePath(path: string): string {
  const absolute = path.startsWith('/') ? path : `${taskFolder}/${path}`;
  return absolute.startsWith('/opt/') ? absolute : posix.normalize(absolute);
}

function inLayer(view: MergedView, entry: OptEntry): LocatedFile {
  const content = async () => Buffer.from(await view.read(entry));
  return {
    origin: `${entry.path} in the layer ${view.layers[entry.layer]?.source.path ?? ''}`,
    mode: entry.mode,
    head: async () => (await content()).subarray(0, headBytes),
    content,
  };
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
