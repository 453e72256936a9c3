import { readdirSync, readFileSync } from 'node:fs';

/**
 * The highest resident memory so far of a process and its living descendants, summed, in bytes, from `/proc`;
 * 0 where the system does not tell.
 */
export function residentPeakBytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  let sum = 0;
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    sum += peakOf(next);
    pending.push(...childrenOf(next));
  }
  return sum;
}

function peakOf(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`));
  return line === null ? 0 : Number(line[1]) * 1024;
}

/** The process ids of a process's living children, from `/proc`; none where the system does not tell. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid)
    .flatMap((thread) => readProc(`${pid}/task/${thread}/children`).split(' '))
    .filter((child) => child !== '')
    .map(Number);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // ended meanwhile
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return ''; // ended meanwhile
  }
}
