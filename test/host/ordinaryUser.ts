import { execFile, execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Somebody who owns nothing on this machine and may do nothing that root may. */
export interface OrdinaryUser {
  readonly uid: number;
  readonly gid: number;
  /** What says in an environment who one is. */
  readonly variables: Readonly<Record<string, string>>;
  /** Removes the user from the machine again. */
  remove(): void;
}

const userName = 'lambda-layers-test';

/** Tells tests inside VS Code the user id under which they have to run. */
export const userVariable = 'LAMBDA_LAYERS_TEST_USER';

/** Adds an ordinary user to this machine, or takes the one that an ended run has left. Takes root. */
export function createOrdinaryUser(): OrdinaryUser {
  const ask = (option: '--user' | '--group'): number =>
    Number(execFileSync('id', [option, userName], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const isThere = (): boolean => {
    try {
      return ask('--user') > 0;
    } catch {
      return false;
    }
  };
  if (!isThere()) execFileSync('useradd', ['--system', '--no-create-home', '--user-group', userName]);
  const remove = (): void => {
    if (isThere()) execFileSync('userdel', ['--force', userName], { stdio: 'ignore' });
  };
  process.once('exit', remove);
  const uid = ask('--user');
  const variables = { USER: userName, LOGNAME: userName, [userVariable]: String(uid) };
  return { uid, gid: ask('--group'), variables, remove };
}

/** Makes a folder, with all that is in it, somebody's own. */
export async function giveFolder(folder: string, { uid, gid }: OrdinaryUser): Promise<void> {
  await promisify(execFile)('chown', ['-R', '--no-dereference', `${uid}:${gid}`, folder]);
}

/** Where the files of this machine's Python are. */
export function pythonFolder(): string {
  const program = 'import sys; print(sys.base_prefix)';
  return execFileSync('python3', ['-c', program], { encoding: 'utf8', cwd: '/' }).trim();
}

/**
 * The words in front of a command that run it as a user to whom some folders are open that are below closed ones, as
 * is a checkout in root's home. Only this command sees it so: the closed folders are hidden by empty ones in a mount
 * namespace of its own, and what is needed is bound back to its place. `stash` is an empty folder for that.
 */
export function commandAs(
  { uid, gid }: Pick<OrdinaryUser, 'uid' | 'gid'>,
  stash: string,
  needed: readonly string[],
): readonly string[] {
  const hidden = needed.filter((path) => closedFolder(path) !== undefined).map(quote);
  const closed = new Set(needed.flatMap((path) => closedFolder(path) ?? []).map(quote));
  const kept = (index: number): string => quote(join(stash, String(index)));
  const script = [
    `mount -t tmpfs tmpfs ${quote(stash)}`,
    ...hidden.map((path, index) => `mkdir ${kept(index)}; mount --rbind ${path} ${kept(index)}`),
    ...[...closed].map((path) => `mount -t tmpfs -o mode=755 tmpfs ${path}`),
    ...hidden.map((path, index) => `mkdir -p ${path}; mount --rbind ${kept(index)} ${path}`),
    'exec "$@"',
  ];
  return [
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script.join('\n'), 'sh'],
    ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'],
  ];
}

/** A word for a shell. */
const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The topmost folder on the way to a path that only its owner may pass. */
function closedFolder(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  const isClosed = (statSync(parent).mode & 0o001) === 0;
  return closedFolder(parent) ?? (isClosed ? parent : undefined);
}
