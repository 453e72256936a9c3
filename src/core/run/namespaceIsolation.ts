import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import type { Isolation, Root, RootedCommand, RootRequest } from './isolation.ts';
import { childrenOf } from './memory.ts';
import { NamespaceProbe } from './namespaceProbe.ts';
import { anchorScript, enterScript } from './namespaceScripts.ts';
import { namespaceFlags, requireTool, shell, toolEnvironment } from './namespaceTools.ts';

/** How long an anchor may take to end by itself, in milliseconds. */
const stuckAnchorMs = 5000;

/**
 * A user, mount and process namespace (Linux, no root, no container engine): the stack overlay-mounted at the real
 * `/opt`, the code at `/var/task`, both read-only, and a private `/tmp`. The machine's own mounts stay as they are.
 */
const probe = new NamespaceProbe();

export const namespaceIsolation: Isolation = {
  name: 'namespace',
  caveat: undefined,
  unavailable: () => probe.unavailable(),
  createRoot,
};

async function createRoot(request: RootRequest): Promise<Root> {
  request.signal?.throwIfAborted();
  await mkdir(request.workFolder, { recursive: true });
  const nsenter = await requireTool('nsenter');
  const layerFolders = await distinct(request.layerFolders);
  const anchor = spawn(
    'unshare',
    [
      ...namespaceFlags,
      ...[shell, '-c', anchorScript, 'lambda-layers-root'],
      ...[String(process.getuid?.() ?? 0), String(process.getgid?.() ?? 0)],
      ...[request.workFolder, request.temporaryFolder, request.code.folder, ...layerFolders],
    ],
    { env: toolEnvironment, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  anchor.on('error', () => undefined); // waited for below; later ones change nothing
  for (const stream of anchor.stdio) stream?.on('error', () => undefined); // pipes of a process that went away
  const ended = new Promise<void>((resolve) => anchor.once('close', () => resolve()));
  const release = () => endAnchor(anchor, ended);
  try {
    const { pid, own } = await waitUntilReady(anchor, request.signal);
    const becomeUser = own ? await userCommand() : [];
    return {
      opt: '/opt',
      task: '/var/task',
      endsEverything: true,
      temporary: '/tmp',
      command: (...words) => enter(nsenter, pid, [...becomeUser, ...words]),
      processId: firstChild,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Lets the anchor's input end, upon which the kernel ends everything in the namespace before `unshare` returns. An
 * anchor that is stuck, in a mount of a network that does not answer, is killed.
 */
async function endAnchor(anchor: ChildProcess, ended: Promise<void>): Promise<void> {
  anchor.stdin?.end();
  const stuck = AbortSignal.timeout(stuckAnchorMs);
  stuck.addEventListener('abort', () => anchor.kill('SIGKILL'));
  await ended;
}

/**
 * Overlayfs refuses a folder that is given twice. Only its last place in the stack has an effect, so that stays.
 * @throws UserError `ConfigurationInvalid` for folders inside one another, which it refuses too
 */
async function distinct(folders: readonly string[]): Promise<string[]> {
  const real = await Promise.all(folders.map((folder) => realpath(folder)));
  const kept = real.filter((folder, index) => !real.includes(folder, index + 1));
  for (const inner of kept) {
    const outer = kept.find((folder) => inner.startsWith(`${folder}/`));
    if (outer === undefined) continue;
    throw new UserError(
      'ConfigurationInvalid',
      `The layer ${inner} is inside the layer ${outer}; the two cannot be mounted together.`,
      'Move one of them, or set "isolation" to "directory" in the launch configuration.',
    );
  }
  return kept;
}

/** What goes in front of a command so that it sees its user's own id instead of root's. */
async function userCommand(): Promise<string[]> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return [await requireTool('unshare'), '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
}

function enter(nsenter: string, pid: number, command: readonly string[]): RootedCommand {
  return {
    file: nsenter,
    args: [
      ...['--target', String(pid), '--user', '--preserve-credentials', '--mount', '--pid'],
      ...[shell, '-c', enterScript, 'lambda-layers-enter', '/var/task', ...command],
    ],
    cwd: '/',
  };
}

/** `nsenter` stays outside and waits for its one child, which becomes the executable; it is there at once, or never. */
async function firstChild(leader: number): Promise<number> {
  for (let attempt = 0; attempt < 200 && existsSync(`/proc/${leader}/stat`); attempt++) {
    const [child] = childrenOf(leader);
    if (child !== undefined) return child;
    await setTimeout(5);
  }
  return leader;
}

/** What an anchor says once its mounts are made. */
interface Ready {
  readonly pid: number;
  /** Whether a process inside can have its user's own id. */
  readonly own: boolean;
}

function waitUntilReady(anchor: ChildProcess, signal: AbortSignal | undefined): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    const abort = () => reject(new DOMException('Cancelled', 'AbortError'));
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    anchor.once('close', () => signal?.removeEventListener('abort', abort));
    anchor.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      const ready = /^ready (\d+) (own)?$/m.exec(output);
      if (ready === null) return;
      signal?.removeEventListener('abort', abort);
      resolve({ pid: Number(ready[1]), own: ready[2] !== undefined });
    });
    anchor.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    anchor.once('error', (error) => reject(mountFailed(error.message)));
    anchor.once('close', () => reject(mountFailed(errors)));
  });
}

function mountFailed(errors: string): UserError {
  return new UserError(
    'IsolationUnavailable',
    `The file system of the function could not be mounted: ${errors.trim() || 'the set-up process ended'}.`,
    'Set "isolation" to "directory" in the launch configuration to run without mounts.',
  );
}
