import type { ChildProcess } from 'node:child_process';

export function step<T>(title: string, verbose: boolean, work: () => Promise<T>): Promise<T>;
export function seconds(milliseconds: number): string;
export function runQuietly(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env?: NodeJS.ProcessEnv | undefined;
    readonly verbose?: boolean | undefined;
  },
): Promise<void>;
export function endWithThisProcess(child: ChildProcess): () => void;
export function killGroup(child: ChildProcess): void;
export function exitOnSignals(): () => void;
