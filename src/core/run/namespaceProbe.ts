import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { namespaceFlags, shell, toolEnvironment } from './namespaceTools.ts';

const run = promisify(execFile);
const mountScript =
  'mount -t tmpfs t /tmp && mkdir /tmp/a /tmp/b && mount -t overlay o -o lowerdir=/tmp/a:/tmp/b /opt';

/** Tries what the isolation needs. That it works is remembered; what does not may be allowed meanwhile. */
export class NamespaceProbe {
  #works = false;

  /** Why namespaces do not work on this machine and how to allow them, or `undefined` when they work. */
  async unavailable(): Promise<string | undefined> {
    if (this.#works) return undefined;
    if (process.platform !== 'linux') return `Linux namespaces do not exist on ${process.platform}.`;
    try {
      await run('unshare', [...namespaceFlags, shell, '-c', mountScript], { env: toolEnvironment });
      this.#works = true;
      return undefined;
    } catch (error) {
      return explainFailure(error);
    }
  }
}

function explainFailure(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return 'The tool "unshare" of util-linux is missing; install the package util-linux.';
  }
  if (/unshare/.test(text)) return explainRefusal(text, readFact);
  return `Mounting an overlay in a user namespace failed (${text}). It needs Linux 5.11 or newer and a folder /opt.`;
}

/**
 * Why the kernel refuses a user namespace, and how to allow it. `read` gives the content of a file; `undefined` when
 * it is not there.
 */
export function explainRefusal(text: string, read: (path: string) => string | undefined): string {
  const is = (path: string, value: string) => read(path)?.trim() === value;
  const say = (reason: string, remedy: string) => `${reason} (${text}). ${remedy}`;
  if (/No space left/.test(text)) {
    const remedy = 'Allow more with "sudo sysctl -w user.max_user_namespaces=15000".';
    return say('This system lets no further user namespaces be made', remedy);
  }
  const reason = 'This system does not let ordinary users make user namespaces';
  if (is('/proc/sys/kernel/unprivileged_userns_clone', '0')) {
    return say(reason, 'Allow it with "sudo sysctl -w kernel.unprivileged_userns_clone=1".');
  }
  if (is('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1')) {
    return say(reason, 'Allow it with "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0".');
  }
  if (containerMarks.some((path) => read(path) !== undefined)) {
    const remedy =
      'Start it with "--security-opt seccomp=unconfined", in a dev container by "runArgs", or with "--privileged".';
    return say('This container does not let its processes make user namespaces', remedy);
  }
  return say(
    reason,
    'A security module (SELinux, AppArmor, seccomp) forbids it; its policy has to allow it.',
  );
}

/** Files that Docker and Podman put into their containers. */
const containerMarks = ['/.dockerenv', '/run/.containerenv'];

function readFact(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
