/** How a process ended: an exit code, or the name of the signal that ended it (`SIGKILL`). */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The running bootstrap, as the emulator sees it. */
export interface RuntimeProcess {
  /** Settles once the process has ended and its last output line has been handed over. */
  readonly exited: Promise<ProcessExit>;
  /** Ends the process and all it started, at once; settles when they are gone. May be called again, and after the end. */
  kill(): Promise<void>;
  /** The most memory used so far, in bytes; still answers after the end. 0 when not known. */
  peakMemoryBytes(): number;
}

/** What a launcher is given. */
export interface LaunchOptions {
  /** `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly runtimeApi: string;
  /** Receives each line the process writes, without its line end. */
  readonly onOutput: (line: string) => void;
  /** Aborted when the environment is no longer wanted. */
  readonly signal: AbortSignal;
}

/** Port: starts the processes of an execution environment. A rejection means that bootstrap cannot be started. */
export interface EnvironmentLauncher {
  launch(options: LaunchOptions): Promise<RuntimeProcess>;
}
