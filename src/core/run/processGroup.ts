import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { systemErrorCode } from '../base/errors.ts';
import type { ProcessExit } from '../emulator/environmentLauncher.ts';
import type { RootedCommand } from './isolation.ts';
import { readLines } from './lines.ts';
import { MemoryWatch } from './memoryWatch.ts';
import { Watchdog } from './watchdog.ts';

export interface ProcessOptions {
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Told every line of standard output and standard error. */
  readonly onLine: (line: string) => void;
  /** Told what is written to file descriptor 3, as it comes; without it the process has none. */
  readonly onTrace?: ((chunk: Buffer) => void) | undefined;
  /**
   * A text in the environment that marks everything belonging to the group: when this program dies, what left the
   * group is found by it. Absent where something else ends such processes.
   */
  readonly mark?: string;
  /** The group is ended when it uses more, in bytes of resident memory; absent for no limit. */
  readonly memoryLimitBytes?: number;
}

/** How often a process's memory is looked at, in milliseconds; more often when it has a limit, and in the beginning. */
const samplingMs = 250;
const limitSamplingMs = 25;
const firstSamplesMs = [2, 5, 10, 25, 50, 100];
/** How long output may pause after the end, when descendants hold the pipe open, in milliseconds. */
const outputGraceMs = 200;
/** How often that is granted to descendants that go on writing. */
const outputGraces = 5;

/**
 * A process in a group of its own, with whatever it starts. The group ends with `kill()`, and also when this
 * program dies without a chance to clean up.
 */
export class ProcessGroup {
  readonly pid: number;
  /** Resolves when the process ended and all its output was read. */
  readonly exited: Promise<ProcessExit>;

  readonly #child: ChildProcess;
  readonly #memory: MemoryWatch;

  private constructor(
    child: ChildProcess,
    memory: MemoryWatch,
    exited: Promise<ProcessExit>,
    memoryLimitBytes: number | undefined,
  ) {
    this.#child = child;
    this.#memory = memory;
    this.pid = memory.pid;
    this.exited = exited;
    this.#sample(memoryLimitBytes);
  }

  /** Starts a command. @throws the system error when it cannot be executed */
  static async start(
    command: RootedCommand,
    { env, mark, memoryLimitBytes, onLine, onTrace }: ProcessOptions,
  ): Promise<ProcessGroup> {
    const watchdog = new Watchdog(mark ?? '');
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...(onTrace === undefined ? [] : ['pipe' as const])],
    });
    if (child.pid === undefined) watchdog.dismiss();
    else watchdog.guard(child.pid);
    const memory = child.pid === undefined ? undefined : new MemoryWatch(child.pid);
    memory?.look(); // at once: a program that fails may be gone in a moment
    const spawned = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.on('error', reject); // later ones, of signals that could not be sent, change nothing
    });
    const outputs = readOutputs(child, onLine, onTrace);
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => {
        if (child.pid !== undefined) killGroup(child.pid); // what it left behind ends with it
        child.once('close', () => resolve({ code, signal }));
        closeWhenQuiet(outputs);
      });
    });
    await spawned;
    if (memory === undefined) throw new Error(`${command.file} has no process id`);
    void exited.then(() => watchdog.dismiss());
    return new ProcessGroup(child, memory, exited, memoryLimitBytes);
  }

  /**
   * Ends the process and its whole group at once; resolves when it has ended. Idempotent. `process` is the one to
   * begin with when it is not the leader, so that a leader which only waits for it sees it end.
   */
  async kill(process?: number): Promise<void> {
    if (this.#isRunning) this.#memory.look();
    // Once the process has ended its group was ended with it, and the number may be somebody else's by now.
    if (this.#isRunning) send(process === undefined || process === this.pid ? -this.pid : process, 'SIGKILL');
    await this.exited;
  }

  /** Sends a signal to one process of the group, if it is still there. */
  signal(pid: number, signal: 'SIGTERM'): void {
    if (this.#isRunning) send(pid, signal);
  }

  get #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The most resident memory seen so far, of the process and its descendants together, in bytes. */
  peakMemoryBytes(): number {
    if (this.#isRunning) this.#memory.glance();
    return this.#memory.peakBytes;
  }

  /** A process that ends by itself can no longer be asked, so it is looked at from its beginning on. */
  #sample(limitBytes: number | undefined): void {
    const look = (): void => {
      if (!this.#isRunning) return;
      const used = this.#memory.look();
      if (limitBytes !== undefined && used > limitBytes) killGroup(this.pid);
    };
    const first = firstSamplesMs.map((ms) => setTimeout(look, ms).unref());
    const sampler = setInterval(look, limitBytes === undefined ? samplingMs : limitSamplingMs).unref();
    void this.exited.then(() => {
      for (const timer of first) clearTimeout(timer);
      clearInterval(sampler);
    });
  }
}

/** Reads all that a process writes; returns where from. */
function readOutputs(
  { stdio: [, stdout, stderr, trace] }: ChildProcess,
  onLine: ProcessOptions['onLine'],
  onTrace: ProcessOptions['onTrace'],
): Readable[] {
  const outputs = [stdout, stderr, trace].filter((stream) => stream instanceof Readable);
  for (const output of outputs) {
    if (output !== trace) readLines(output, onLine);
    else if (onTrace !== undefined) output.on('data', onTrace).on('error', () => undefined);
  }
  return outputs;
}

/**
 * Closes the outputs of a process that has ended. What it wrote still arrives; a descendant in a group of its own
 * may hold them open for ever, so they are closed once nothing came for a while.
 */
function closeWhenQuiet(outputs: readonly Readable[]): void {
  let isQuiet = true;
  for (const output of outputs) output.on('data', () => (isQuiet = false));
  let rounds = 0;
  const check = () => {
    if (outputs.every((output) => output.closed)) return;
    if (!isQuiet && ++rounds < outputGraces) {
      isQuiet = true;
      setTimeout(look, outputGraceMs).unref();
      return;
    }
    for (const output of outputs) output.destroy();
  };
  // A timer that is late fires before waiting output is read, so the output gets its turn first.
  const look = () => setImmediate(() => setImmediate(check));
  setTimeout(look, outputGraceMs).unref();
}

function killGroup(pid: number): void {
  send(-pid, 'SIGKILL');
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // Gone already, or of another user (a set-uid program): neither can be ended from here.
    const code = systemErrorCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
