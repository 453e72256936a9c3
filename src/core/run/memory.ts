import { readdirSync, readFileSync } from 'node:fs';

/** The memory of a process and its living descendants, in bytes; all 0 where the system does not tell. */
export interface TreeMemory {
  /** What is resident now, of all together. */
  readonly residentBytes: number;
  /** The most that any one of them had resident so far. Peaks of several, at different times, are no sum. */
  readonly highestBytes: number;
}

const now = /^VmRSS:\s+(\d+) kB$/m;
const highest = /^VmHWM:\s+(\d+) kB$/m;

/** Looks at a process and its living descendants in `/proc`. */
export function treeMemory(pid: number): TreeMemory {
  if (process.platform !== 'linux') return { residentBytes: 0, highestBytes: 0 };
  let residentBytes = 0;
  let highestBytes = 0;
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const status = readProc(`${next}/status`);
    residentBytes += bytesOf(status, now);
    highestBytes = Math.max(highestBytes, bytesOf(status, highest));
    pending.push(...childrenOf(next));
  }
  return { residentBytes, highestBytes };
}

function bytesOf(status: string, line: RegExp): number {
  return Number(line.exec(status)?.[1] ?? 0) * 1024;
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
