import type { EnvironmentProcess, StartOptions } from '../emulator/environmentLauncher.ts';
import type { Root } from './isolation.ts';
import { ProcessGroup, type ProcessOptions } from './processGroup.ts';
import { endProcessesMarked } from './survivors.ts';

/** A program that runs in a root. */
export interface RootProcess extends EnvironmentProcess {
  /** On this machine. */
  readonly pid: number;
}

/** How a program is started in a root. */
export interface RootStart extends StartOptions, Pick<ProcessOptions, 'onTrace'> {
  /** Path of the executable inside the root, and its arguments. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The programs that run in the root of one execution environment. */
export class RootProcesses {
  readonly #root: Root;
  readonly #memoryLimitBytes: number | undefined;
  readonly #groups: ProcessGroup[] = [];
  /** What the environment variables of everything contain, where the root does not end all by itself. */
  readonly #marks = new Set<string>();
  readonly #detach: (() => Promise<void>)[] = [];

  /** Processes that use more than `memoryLimitBytes` are ended. */
  constructor(root: Root, memoryLimitBytes: number | undefined) {
    this.#root = root;
    this.#memoryLimitBytes = memoryLimitBytes;
  }

  /** Starts a program. */
  async start({ env, metadataToken, onOutput, onTrace, words }: RootStart): Promise<RootProcess> {
    const { endsEverything } = this.#root;
    const memoryLimitBytes = this.#memoryLimitBytes;
    const group = await ProcessGroup.start(this.#root.command(...words), {
      env,
      onLine: onOutput,
      onTrace,
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      ...(endsEverything ? {} : { mark: metadataToken }),
    });
    this.#groups.push(group);
    if (!endsEverything) this.#marks.add(metadataToken);
    const pid = await this.#root.processId(group.pid);
    return {
      pid,
      exited: group.exited,
      terminate: () => group.signal(pid, 'SIGTERM'),
      kill: () => group.kill(pid),
      peakMemoryBytes: () => group.peakMemoryBytes(),
    };
  }

  /** Makes a debugger let go of a program before that is ended. */
  detachFirst(process: RootProcess, detach: () => Promise<void>): RootProcess {
    this.#detach.push(detach);
    return { ...process, kill: () => detach().then(() => process.kill()) };
  }

  /** Ends everything and lets go of the root. */
  async end(): Promise<void> {
    await Promise.all(this.#detach.map((detach) => detach()));
    if (!this.#root.endsEverything) {
      await Promise.all(this.#groups.map((group) => group.kill()));
      for (const mark of this.#marks) endProcessesMarked(mark);
    }
    // A namespace ends its processes best by itself: killed ones that nobody waits for hold it up for a second.
    await this.#root.release();
    await Promise.all(this.#groups.map(({ exited }) => exited));
  }
}
