import { spawn } from 'node:child_process';
import { systemErrorCode } from '../base/errors.ts';
import type { ProcessExit } from '../emulator/environmentLauncher.ts';
import type { RootedCommand } from './isolation.ts';
import { readLines } from './lines.ts';
import { residentPeakBytes } from './memory.ts';

export interface ProcessOptions {
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Told every line of standard output and standard error. */
  readonly onLine: (line: string) => void;
}

/** How often a process's memory is looked at, in milliseconds. */
const samplingMs = 250;
/** How long output may still come after the end, when descendants hold the pipe open, in milliseconds. */
const outputGraceMs = 200;

/** Ends a group when its input ends, which it does when this program stops for whatever reason. */
const watchdogScript = 'read -r end; kill -KILL -- "-$1" 2>/dev/null';

/**
 * A process in a group of its own, with whatever it starts. The group ends with `kill()`, and also when this
 * program dies without a chance to clean up.
 */
export class ProcessGroup {
  readonly pid: number;
  /** Resolves when the process ended and all its output was read. */
  readonly exited: Promise<ProcessExit>;

  #peak = 0;

  private constructor(pid: number, exited: Promise<ProcessExit>) {
    this.pid = pid;
    this.exited = exited;
    // A process that ends by itself can no longer be asked, so it is looked at now and then.
    const sampler = setInterval(() => this.peakMemoryBytes(), samplingMs).unref();
    void exited.then(() => clearInterval(sampler));
  }

  /** Starts a command. @throws the system error when it cannot be executed */
  static async start(command: RootedCommand, { env, onLine }: ProcessOptions): Promise<ProcessGroup> {
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const spawned = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    readLines(child.stdout, onLine);
    readLines(child.stderr, onLine);
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => {
        if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL'); // what it left behind ends with it
        child.once('close', () => resolve({ code, signal }));
        // A descendant in a group of its own may hold the output open for ever; what is written still arrives.
        setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, outputGraceMs).unref();
      });
    });
    await spawned;
    const pid = child.pid;
    if (pid === undefined) throw new Error(`${command.file} has no process id`);
    const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'lambda-layers-watchdog', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    });
    watchdog.on('error', () => undefined);
    void exited.then(() => watchdog.kill('SIGKILL'));
    return new ProcessGroup(pid, exited);
  }

  /** Ends the process and its whole group at once; resolves when it has ended. Idempotent. */
  async kill(): Promise<void> {
    this.peakMemoryBytes();
    signalGroup(this.pid, 'SIGKILL');
    await this.exited;
  }

  /** The most resident memory seen so far, of the process and its descendants together, in bytes. */
  peakMemoryBytes(): number {
    this.#peak = Math.max(this.#peak, residentPeakBytes(this.pid));
    return this.#peak;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
