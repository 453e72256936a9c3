/** Where diagnostics go. Structurally satisfied by `vscode.LogOutputChannel`. Never given payloads or secrets. */
export interface Logger {
  trace(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A logger that keeps nothing; the default in tests and benchmarks. */
export const silentLogger: Logger = {
  trace: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
