/** How a process ended: an exit code, or the name of the signal that ended it (`SIGKILL`). */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A running bootstrap or extension, as the emulator sees it. */
export interface EnvironmentProcess {
  /** Settles once the process has ended and its last output line has been handed over. */
  readonly exited: Promise<ProcessExit>;
  /** Asks the process to end (`SIGTERM`). May be called after the end. */
  terminate(): void;
  /** Ends the process and all it started, at once; settles when they are gone. May be called again, and after the end. */
  kill(): Promise<void>;
  /** The most memory used so far, in bytes, also after the end; looks anew, unless that was done a moment ago. 0 when not known. */
  peakMemoryBytes(): number;
}

/** What a process is given. */
export interface StartOptions {
  /** `host:port`, the value of `AWS_LAMBDA_RUNTIME_API` and `AWS_LAMBDA_METADATA_API`. */
  readonly runtimeApi: string;
  /** The value of `AWS_LAMBDA_METADATA_TOKEN`. */
  readonly metadataToken: string;
  /** Receives each line the process writes, without its line end. */
  readonly onOutput: (line: string) => void;
}

/** An execution environment's file system, ready for its processes. */
export interface PreparedEnvironment {
  /** Names of the programs in `/opt/extensions`, in byte order; `undefined` when extensions are switched off. */
  readonly extensions: readonly string[] | undefined;
  /** Starts one of them. A rejection means that it cannot be executed. */
  startExtension(name: string, options: StartOptions): Promise<EnvironmentProcess>;
  /** Starts bootstrap. A rejection means that it cannot be started. */
  startRuntime(options: StartOptions): Promise<EnvironmentProcess>;
  /** Ends what still runs and takes the file system down. */
  release(): Promise<void>;
}

/** Port: makes execution environments. */
export interface EnvironmentLauncher {
  /** Makes the file system; nothing runs yet. `signal` is aborted when the environment is no longer wanted. */
  prepare(signal: AbortSignal): Promise<PreparedEnvironment>;
}
