import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** What a debug session could leave behind on this machine. */
export interface Remains {
  readonly processes: readonly string[];
  readonly folders: readonly string[];
  readonly mounts: readonly string[];
}

/** Looks for processes of execution environments, temporary folders of sessions, and this machine's mounts. */
export function findRemains(): Remains {
  return {
    processes: readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOurs(pid)),
    folders: readdirSync(tmpdir()).filter((name) => /^lambda-layers-\d+-/.test(name)),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n'),
  };
}

function isOurs(pid: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    return (
      environment.includes('AWS_LAMBDA_RUNTIME_API=') ||
      command.includes('lambda-layers-root') ||
      folder === '/var/task'
    );
  } catch {
    return false; // ended meanwhile
  }
}
