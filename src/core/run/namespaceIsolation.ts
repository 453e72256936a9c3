import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { UserError } from '../base/errors.ts';
import type { Isolation, Root, RootedCommand, RootRequest } from './isolation.ts';
import { childrenOf } from './memory.ts';

const run = promisify(execFile);
const shell = '/bin/sh';
/** The tools of util-linux are in one of these; nothing is looked up on the editor's or the function's PATH. */
const toolFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin'];
/** How long an anchor may take to end by itself, in milliseconds. */
const stuckAnchorMs = 5000;
const toolEnvironment = { PATH: toolFolders.join(':') };

/**
 * Sets up the mounts as the first process of a new namespace, says so, then waits until its input ends: when this
 * program stops or crashes the pipe closes, the process ends, and the kernel ends everything in the namespace.
 * Layers are bound to plain names first, because overlay options cannot hold every path. Extensions listen for
 * telemetry on `sandbox.localdomain` (Telemetry API reference), so that name is known inside.
 * At the end it tries whether the function can have its user's own id, by a user namespace in the user namespace.
 * Arguments: user and group id, the work folder, the folder for `/tmp`, the code folder, then the layers in order.
 */
const anchorScript = `
set -e
uid=$1
gid=$2
shift 2
cd "$1"
mkdir base empty stack code tmp var
{ cat /etc/hosts 2>/dev/null || true; echo '127.0.0.1 sandbox.localdomain sandbox'; } > hosts
[ ! -f /etc/hosts ] || mount --bind hosts /etc/hosts
mount --bind "$2" tmp
mount --bind "$3" code
shift 3
lower=base
index=0
for layer in "$@"; do
  mkdir "stack/$index"
  mount --bind "$layer" "stack/$index"
  lower="stack/$index:$lower"
  index=$((index + 1))
done
mount -t overlay overlay -o "lowerdir=$lower:empty" /opt
if [ ! -d /var/task ]; then
  mount --rbind /var var
  mount -t tmpfs -o mode=755 tmpfs /var
  for entry in var/* var/.[!.]*; do
    copy=/var/\${entry#var/}
    if [ -L "$entry" ]; then cp -P "$entry" "$copy"
    elif [ -d "$entry" ]; then mkdir "$copy"; mount --rbind "$entry" "$copy"
    elif [ -f "$entry" ]; then : > "$copy"; mount --bind "$entry" "$copy"
    fi
  done
  mkdir /var/task
fi
mount -t overlay overlay -o lowerdir=code:base /var/task
mount --bind tmp /tmp
read -r pid rest < /proc/self/stat
own=
if [ "$uid" != 0 ] && unshare --user --map-user="$uid" --map-group="$gid" true 2>/dev/null; then own=own; fi
echo "ready $pid $own"
read -r end || true
`;

/**
 * Enters the folder a Lambda process starts in, and becomes the executable, with no variable of the shell's own and as
 * many open files as on Lambda. What follows the folder is that command, perhaps behind another tool.
 */
const enterScript = 'ulimit -n 1024 2>/dev/null; cd "$1" && unset OLDPWD && shift && exec "$@"';

/**
 * A user, mount and process namespace (Linux, no root, no container engine): the stack overlay-mounted at the real
 * `/opt`, the code at `/var/task`, both read-only, and a private `/tmp`. The machine's own mounts stay as they are.
 */
export const namespaceIsolation: Isolation = {
  name: 'namespace',
  caveat: undefined,
  unavailable,
  createRoot,
};

async function unavailable(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `Linux namespaces do not exist on ${process.platform}.`;
  const probe =
    'mount -t tmpfs t /tmp && mkdir /tmp/a /tmp/b && mount -t overlay o -o lowerdir=/tmp/a:/tmp/b /opt';
  try {
    await run('unshare', [...namespaceFlags, shell, '-c', probe], { env: toolEnvironment });
    return undefined;
  } catch (error) {
    return explainFailure(error);
  }
}

const namespaceFlags = ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child'];

function explainFailure(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return 'The tool "unshare" of util-linux is missing; install the package util-linux.';
  }
  if (/unshare/.test(text)) {
    return (
      `This system does not let ordinary users make user namespaces (${text}). Allow it with ` +
      '"sudo sysctl -w kernel.unprivileged_userns_clone=1" (Debian) or ' +
      '"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" (Ubuntu).'
    );
  }
  return `Mounting an overlay in a user namespace failed (${text}). It needs Linux 5.11 or newer and a folder /opt.`;
}

async function createRoot(request: RootRequest): Promise<Root> {
  request.signal?.throwIfAborted();
  await mkdir(request.workFolder, { recursive: true });
  const nsenter = await findTool('nsenter');
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
  return [await findTool('unshare'), '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
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

/** The function's own PATH must not decide which `nsenter` runs, so it is found beforehand. */
async function findTool(name: string): Promise<string> {
  for (const folder of toolFolders) {
    const path = join(folder, name);
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  throw new UserError(
    'IsolationUnavailable',
    `The tool "${name}" is missing.`,
    'Install the package util-linux.',
  );
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
