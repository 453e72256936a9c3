import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** Whether a process is stopped by a signal, and not by a debugger; `undefined` when it is gone (proc(5), `State`). */
export async function isStopped(pid: number): Promise<boolean | undefined> {
  const status = await readStatus(pid);
  return status === undefined ? undefined : /^State:\tT /m.test(status);
}

/** Whether a debugger traces a process by ptrace(2) (proc(5), `TracerPid`). */
export async function isTraced(pid: number): Promise<boolean> {
  return /^TracerPid:\t[1-9]/m.test((await readStatus(pid)) ?? '');
}

/** Lets a stopped process go on. */
export function continueStopped(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // it has ended meanwhile
  }
}

/**
 * Lets the parent of a process go on where that stopped along with it, as `nsenter` does; it would not notice the end
 * of the process. It may take a moment to stop, so it is looked at a few times.
 */
export async function continueParent(pid: number, looks = 50): Promise<void> {
  const parent = Number(/^PPid:\t(\d+)/m.exec((await readStatus(pid)) ?? '')?.[1] ?? 0);
  if (parent <= 1 || parent === process.pid) return;
  for (let look = 0; look < looks; look++) {
    if ((await isStopped(parent)) === true) {
      continueStopped(parent);
      return;
    }
    await setTimeout(10, undefined, { ref: false });
  }
}

function readStatus(pid: number): Promise<string | undefined> {
  return readFile(`/proc/${pid}/status`, 'latin1').catch(() => undefined);
}
