import { UserError } from '../base/errors.ts';
import { ProcessGroup } from '../run/processGroup.ts';

/** A command that makes what a layer holds, such as one that installs packages into its folder. */
export interface Build {
  /** For the system's shell. */
  readonly command: string;
  /** Absolute path of the folder that it runs in. */
  readonly folder: string;
}

export interface BuildOptions {
  /** Told every line that the command writes. */
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** So many of the last lines are told when the command fails. */
const toldLines = 3;

/**
 * Runs a build command with the environment that the editor was started in. Cancelling ends it and everything that it
 * started.
 * @throws UserError `BuildFailed` unless it ends with 0; the signal's reason when it was cancelled
 */
export async function runBuild({ command, folder }: Build, { onLine, signal }: BuildOptions): Promise<void> {
  signal?.throwIfAborted();
  const last: string[] = [];
  const group = await ProcessGroup.start(shellCommand(command, folder), {
    env: ownEnvironment(),
    onLine: (line) => {
      last.push(line);
      if (last.length > toldLines) last.shift();
      onLine(line);
    },
  }).catch((error: unknown) => {
    throw failed(command, String(error), error);
  });
  const cancel = (): void => void group.kill();
  signal?.addEventListener('abort', cancel);
  const { code, signal: ending } = await group.exited.finally(() =>
    signal?.removeEventListener('abort', cancel),
  );
  signal?.throwIfAborted();
  if (code !== 0) throw failed(command, [`it ended with ${code ?? ending ?? 'nothing'}`, ...last].join(': '));
}

function shellCommand(command: string, cwd: string): Parameters<typeof ProcessGroup.start>[0] {
  return process.platform === 'win32'
    ? { file: 'cmd.exe', args: ['/d', '/s', '/c', command], cwd }
    : { file: '/bin/sh', args: ['-c', command], cwd };
}

/** What a terminal of the editor would have: without what the editor tells its own processes. */
function ownEnvironment(): Record<string, string> {
  const isOwn = (each: [string, string | undefined]): each is [string, string] =>
    each[1] !== undefined && !/^(ELECTRON|VSCODE)_/.test(each[0]);
  return Object.fromEntries(Object.entries(process.env).filter(isOwn));
}

function failed(command: string, fact: string, cause?: unknown): UserError {
  return new UserError(
    'BuildFailed',
    `The build command "${command}" failed: ${fact}.`,
    'Correct "buildCommand" of the layer, or what it runs.',
    { cause },
  );
}
