import { readdirSync, readFileSync } from 'node:fs';

/**
 * The highest resident memory so far of a process and its living descendants, summed, in bytes, from `/proc`;
 * 0 where the system does not tell.
 */
export function residentPeakBytes(pid: number): number {
  return sumOf(pid, peakLine);
}

/** The resident memory of a process and its living descendants now, summed, in bytes; 0 where the system does not tell. */
export function residentBytes(pid: number): number {
  return sumOf(pid, nowLine);
}

const peakLine = /^VmHWM:\s+(\d+) kB$/m;
const nowLine = /^VmRSS:\s+(\d+) kB$/m;

function sumOf(pid: number, line: RegExp): number {
  if (process.platform !== 'linux') return 0;
  let sum = 0;
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    sum += Number(line.exec(readProc(`${next}/status`))?.[1] ?? 0) * 1024;
    pending.push(...childrenOf(next));
  }
  return sum;
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
