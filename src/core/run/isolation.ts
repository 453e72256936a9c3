import type { LayerTree } from '../opt/layerTree.ts';
import type { FunctionCode } from './functionCode.ts';
import type { RootPaths } from './environmentVariables.ts';

/** How `/opt` and `/var/task` can be made real for a process. */
export type IsolationName = 'namespace' | 'directory';

export interface RootRequest {
  /** The stack in order, each as a folder on disk. */
  readonly layerFolders: readonly string[];
  /** The same layers, for isolations that copy. */
  readonly layers: readonly LayerTree[];
  readonly code: FunctionCode;
  /** A folder for the root's own use; need not exist, and is the caller's to remove. */
  readonly workFolder: string;
  /** An existing folder that becomes `/tmp` where the isolation can give the process its own. */
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
}

/** A command as it has to be spawned so that it runs inside a root. */
export interface RootedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** The file system of one execution environment. */
export interface Root extends RootPaths {
  /** The folder for temporary files inside the root: `/tmp`, or what stands in for it. */
  readonly temporary: string;
  /** Wraps a command; its words name files by their paths inside the root. */
  command(...words: readonly string[]): RootedCommand;
  /** The process id, on this machine, of the executable in a command that was spawned as `leader`. */
  processId(leader: number): Promise<number>;
  /** Whether `release` ends what left its process group too. */
  readonly endsEverything: boolean;
  /** Ends what is inside, unmounts, and lets go of the work folder's content. Idempotent. */
  release(): Promise<void>;
}

/** One way to make a root. */
export interface Isolation {
  readonly name: IsolationName;
  /** Why it cannot work on this machine and how to allow it, or `undefined` when it works. */
  unavailable(): Promise<string | undefined>;
  /** What differs from Lambda, for the debug console; one sentence, or `undefined`. */
  readonly caveat: string | undefined;
  createRoot(request: RootRequest): Promise<Root>;
}
