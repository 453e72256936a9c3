import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The variable by which tests inside VS Code learn where the tools are. */
export const debugToolsVariable = 'LAMBDA_LAYERS_DEBUG_TOOLS';

/** Real debuggers and official runtime clients, in one folder of the machine's cache. */
export interface DebugTools {
  /** An extension that brings the debug types, with debugpy in it as its real extension has it. */
  readonly extension: string;
  /** A folder for the `PATH`, with `dlv` and `lldb-dap`. */
  readonly bin: string;
  /** The Python that the packages below are for. */
  readonly python: string;
  /** A layer with `python/awslambdaric`. */
  readonly pythonClient: string;
  /** A Go module that requires `github.com/aws/aws-lambda-go`. */
  readonly goModule: string;
  /** Variables under which Go builds with what is there, and keeps what it compiled. */
  readonly goEnvironment: Readonly<Record<string, string>>;
}

/** The tools as they lie in a folder. */
export function debugToolsIn(folder: string): DebugTools {
  return {
    extension: join(folder, 'extension'),
    bin: join(folder, 'bin'),
    python: join(folder, 'bin', 'python3'),
    pythonClient: join(folder, 'python-client'),
    goModule: join(folder, 'go-module'),
    goEnvironment: {
      GOMODCACHE: join(folder, 'go-packages'),
      GOCACHE: join(folder, 'go-cache'),
      GOFLAGS: '-mod=mod -modcacherw',
      GOPROXY: 'off',
    },
  };
}

/** The folder of what the tests inside VS Code were given. Throws an `Error` when they were given none. */
export function givenDebugTools(environment: NodeJS.ProcessEnv = process.env): DebugTools {
  const folder = environment[debugToolsVariable];
  if (folder !== undefined && existsSync(folder)) return debugToolsIn(folder);
  throw new Error(`${debugToolsVariable} does not name the folder of the debuggers.`);
}

/** Puts the tools on the `PATH` of this process, ahead of all else. */
export function addToPath({ bin }: DebugTools, environment: NodeJS.ProcessEnv = process.env): void {
  const path = environment['PATH'] ?? '';
  if (!path.startsWith(bin)) environment['PATH'] = `${bin}:${path}`;
}
