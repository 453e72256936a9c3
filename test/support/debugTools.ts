/** The variable by which tests inside VS Code learn where the tools are, as JSON. */
export const debugToolsVariable = 'LAMBDA_LAYERS_DEBUG_TOOLS';

/** Real debuggers and official runtime clients, which lie in the machine's cache. */
export interface DebugTools {
  /** An extension that brings the debug types, with debugpy in it as its real extension has it. */
  readonly extension: string;
  /** A folder for the `PATH`, with `dlv` and `lldb-dap`. */
  readonly bin: string;
  /** The Node.js that the client below is for. */
  readonly node: string;
  /** A layer with the official client for Node.js. */
  readonly nodeClient: string;
  /** The Python that the packages below are for. */
  readonly python: string;
  /** A layer with `python/awslambdaric`. */
  readonly pythonClient: string;
  /** A program on the official client with its sources: `code`, and the layers `addition` and `doubling`. */
  readonly rustProgram: string;
  /** Programs in Go and C, compiled with debug information; see `compiledPrograms`. */
  readonly compiledPrograms: string;
}

/** What the tests inside VS Code were given. Throws an `Error` when they were given none. */
export function givenDebugTools(environment: NodeJS.ProcessEnv = process.env): DebugTools {
  const text = environment[debugToolsVariable];
  if (text === undefined) throw new Error(`${debugToolsVariable} does not name the debuggers.`);
  return JSON.parse(text) as DebugTools;
}

/** Puts the tools on the `PATH` of this process, ahead of all else. */
export function addToPath({ bin }: DebugTools, environment: NodeJS.ProcessEnv = process.env): void {
  const path = environment['PATH'] ?? '';
  if (!path.startsWith(bin)) environment['PATH'] = `${bin}:${path}`;
}
