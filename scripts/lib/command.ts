import { spawn } from 'node:child_process';
import { nodeFolder, root } from './prepare.mjs';
import { endWithThisProcess, killGroup } from './step.mjs';
import { delimiter, join } from 'node:path';

/** How a command ended. */
export interface CommandResult {
  /** The exit code; 1 when a signal ended it. */
  readonly code: number;
  /** What it printed, when that was captured. */
  readonly output: string;
  /** Whether it was ended because it took too long. */
  readonly overdue: boolean;
}

/** How a command is run. */
export interface CommandOptions {
  /** `show` passes its output on at once, `capture` keeps it. */
  readonly output: 'show' | 'capture';
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds after which the command and what it started are killed. */
  readonly limit?: number;
}

/** The environment in which the tools of this project run: Node 24 first on the `PATH`. */
export function toolEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${nodeFolder}${delimiter}${process.env['PATH'] ?? ''}`, ...added };
}

/** The file behind a command of an installed npm package, to be run with `node`. */
export function toolFile(...path: string[]): string {
  return join(root, 'node_modules', ...path);
}

/** Runs a command to its end in the root of the checkout; it ends with this process. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { output, env, cwd = root, limit = 15 * 60_000 } = options;
  return new Promise((resolve, reject) => {
    const out = output === 'show' ? 'inherit' : 'pipe';
    const child = spawn(command, args, {
      cwd,
      env: toolEnvironment(env),
      stdio: ['ignore', out, out],
      detached: process.platform !== 'win32',
    });
    const release = endWithThisProcess(child);
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      killGroup(child);
    }, limit);
    child.on('error', (error) => {
      clearTimeout(timer);
      release();
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      release();
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString(), overdue });
    });
  });
}
