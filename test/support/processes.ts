import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Waits until a fact holds; the test's own timeout is the limit. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await setTimeout(10);
}

/** Whether a process runs; one that has ended and only waits for its parent does not. */
export function isRunning(pid: number): boolean {
  const status = readProc(`${pid}/stat`);
  return status !== '' && !/\) [ZX] /.test(status);
}

/** The running processes whose working directory this is. */
export function processesIn(folder: string): number[] {
  return runningProcesses().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false; // ended meanwhile
    }
  });
}

/**
 * The running processes whose command line, environment or working folder names a text, such as a test's own folder.
 */
export function processesNaming(text: string): number[] {
  return runningProcesses().filter((pid) =>
    (readProc(`${pid}/cmdline`) + readProc(`${pid}/environ`) + workingFolder(pid)).includes(text),
  );
}

function runningProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter(isRunning);
}

/** The number in a file that a process writes, once it is there whole. */
export async function numberIn(file: string): Promise<number> {
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
  return Number(readFileSync(file, 'utf8'));
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return ''; // ended meanwhile, or somebody else's
  }
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // ended meanwhile, or somebody else's
  }
}
