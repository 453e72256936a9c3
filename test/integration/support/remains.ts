import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** What a debug session could leave behind on this machine. */
export interface Remains {
  readonly processes: readonly string[];
  readonly folders: readonly string[];
  readonly mounts: readonly string[];
}

/** A variable that functions of these tests are given, so that their processes are told from all others. */
export const mark = { LAMBDA_LAYERS_TEST_HOST: String(process.pid) };

/** Looks for processes of execution environments, temporary folders of sessions, and this machine's mounts. */
export function findRemains(): Remains {
  return {
    processes: readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOurs(pid)),
    folders: readdirSync(tmpdir()).filter((name) => name.startsWith(sessionPrefix)),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n'),
  };
}

/** Sessions name their folders after the extension host, which this is. */
const sessionPrefix = `lambda-layers-${process.pid}-`;

function isOurs(pid: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    return environment.includes(`LAMBDA_LAYERS_TEST_HOST=${process.pid}`) || command.includes(sessionPrefix);
  } catch {
    return false; // ended meanwhile
  }
}
