import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  EnvironmentLauncher,
  EnvironmentProcess,
  PreparedEnvironment,
  StartOptions,
} from '../emulator/environmentLauncher.ts';
import type { MergedView } from '../opt/mergedView.ts';
import { removeFolder } from '../opt/removeFolder.ts';
import {
  type Bootstrap,
  type BootstrapProblem,
  existsInside,
  findBootstrap,
  findProgram,
  isBootstrap,
} from './bootstrap.ts';
import { diagnoseBootstrap } from './diagnoseBootstrap.ts';
import {
  bootstrapEnvironment,
  extensionEnvironment,
  type FunctionIdentity,
  type RootPaths,
  searchPath,
} from './environmentVariables.ts';
import type { FunctionCode } from './functionCode.ts';
import type { Isolation, Root } from './isolation.ts';
import type { LayerCache } from './layerCache.ts';
import { ProcessGroup, type ProcessOptions } from './processGroup.ts';
import { endProcessesMarked } from './survivors.ts';

/** What a function runs on. */
export interface FunctionFiles {
  /** Looks at the layers as they are now. */
  readonly view: () => Promise<MergedView>;
  /** Looks at the deployment package as it is now. */
  readonly code: () => Promise<FunctionCode>;
}

/** Where a bootstrap is about to start. */
export interface BootstrapPlace {
  readonly code: FunctionCode;
  readonly view: MergedView;
  readonly root: RootPaths;
  /** The folder for temporary files, as this program sees it and as the function does. */
  readonly temporary: { readonly here: string; readonly inside: string };
  /** Path of the bootstrap as the function sees it. */
  readonly executable: string;
}

/** What a debugger changes about the start of a bootstrap. */
export interface StartChanges {
  /** Variables of the process, on top of the function's own. */
  readonly variables: Readonly<Record<string, string>>;
  /** The words of the command that starts the executable. */
  readonly command: (executable: string) => readonly string[];
  /** Makes the debugger let go of the process, whose id on this machine is given, before that is killed. */
  readonly letGo: (pid: number) => Promise<void>;
  /** Told what the process writes to its file descriptor 3, which it only has then. */
  readonly onTrace?: ProcessOptions['onTrace'];
}

/** A running bootstrap, for a debugger to attach to. */
export interface StartedBootstrap {
  readonly code: FunctionCode;
  readonly view: MergedView;
  readonly root: Root;
  /** Of the bootstrap's process, on this machine. */
  readonly pid: number;
}

export interface LauncherOptions {
  readonly identity: FunctionIdentity;
  /** What the function's programs are built for, by Lambda's name. */
  readonly architecture: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly files: FunctionFiles;
  readonly isolation: Isolation;
  readonly cache: LayerCache;
  /** The debug session's folder; lives longer than any one environment. */
  readonly sessionFolder: string;
  /** Whether the programs in `/opt/extensions` run. */
  readonly runExtensions: boolean;
  /** Processes that use more are ended; absent for no limit. In bytes. */
  readonly memoryLimitBytes?: number;
  /** What a debugger changes about the start of the bootstrap. Called for each environment. */
  readonly prepareDebugger: (bootstrap: Bootstrap, place: BootstrapPlace) => Promise<StartChanges>;
  /** Whether an output line is a debugger's own talk, to be kept out of the function's log. */
  readonly isChatter: (line: string) => boolean;
  readonly onStarted: (started: StartedBootstrap) => void;
  /** Told why a bootstrap or an extension cannot start, in words that help. */
  readonly onProblem: (problem: BootstrapProblem) => void;
}

/** A layer with a file of this name switches extensions off (Runtime Interface Emulator, `extensions`). */
const disableExtensionsFile = 'disable-extensions-jwigqn8j';

/** Makes execution environments: `/opt` and `/var/task` become real, then programs run inside. */
export class FunctionLauncher implements EnvironmentLauncher {
  readonly #options: LauncherOptions;
  #launches = 0;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  async prepare(signal: AbortSignal): Promise<PreparedEnvironment> {
    const { files, isolation, cache, sessionFolder } = this.#options;
    const [view, code] = [await files.view(), await files.code()];
    const bootstrap = await findBootstrap(code.folder, view);
    if (isBootstrap(bootstrap)) await this.#check(bootstrap, { code, view });
    else throw this.#refused(bootstrap);
    const layerFolders = await Promise.all(view.layers.map((layer) => cache.folderOf(layer, signal)));
    const workFolder = join(sessionFolder, `environment-${++this.#launches}`);
    const temporaryFolder = temporaryFolderOf(sessionFolder);
    await mkdir(temporaryFolder, { recursive: true });
    const root = await isolation.createRoot({
      layerFolders,
      layers: view.layers,
      code,
      workFolder,
      temporaryFolder,
      signal,
    });
    const inside: Inside = { root, code, view, bootstrap, groups: [], marks: new Set(), debugged: [] };
    const release = async (): Promise<void> => {
      await endAll(inside);
      await removeFolder(workFolder);
    };
    if (signal.aborted) {
      await release();
      signal.throwIfAborted();
    }
    return {
      extensions: this.#extensionsOf(view),
      startExtension: (name, options) => this.#startExtension(name, inside, options),
      startRuntime: (options) => this.#startRuntime(inside, options),
      release,
    };
  }

  /** Every entry of `/opt/extensions` that is no folder, in byte order, whatever it is: Lambda tries to start them all. */
  #extensionsOf(view: MergedView): readonly string[] | undefined {
    if (view.lookup(disableExtensionsFile) !== undefined) return undefined;
    if (!this.#options.runExtensions) return [];
    const entries = view.list('extensions') ?? [];
    return entries
      .filter(({ kind }) => kind !== 'directory')
      .map(({ path }) => path.slice('extensions/'.length));
  }

  async #startExtension(name: string, inside: Inside, options: StartOptions): Promise<EnvironmentProcess> {
    const path = `/opt/extensions/${name}`;
    const program = await findProgram(path, inside.code.folder, inside.view);
    if (program === undefined) throw launchError(`fork/exec ${path}: no such file or directory`);
    await this.#check(program, inside);
    const env = extensionEnvironment(this.#environment(inside.root, options));
    return this.#start([executableOf(program, inside.root)], inside, env, options);
  }

  async #startRuntime(inside: Inside, options: StartOptions): Promise<EnvironmentProcess> {
    const { bootstrap, code, root, view } = inside;
    const { prepareDebugger, isChatter, onStarted, sessionFolder } = this.#options;
    const temporary = { here: temporaryFolderOf(sessionFolder), inside: root.temporary };
    const executable = executableOf(bootstrap, root);
    const changes = await prepareDebugger(bootstrap, { code, view, root, temporary, executable });
    const env = { ...this.#environment(root, options), ...changes.variables };
    const onOutput = (line: string): void => {
      if (!isChatter(line)) options.onOutput(line);
    };
    const words = changes.command(executable);
    const { onTrace } = changes;
    const process = await this.#start(words, inside, env, { ...options, onOutput, onTrace });
    const letGo = () => changes.letGo(process.pid);
    inside.debugged.push(letGo);
    try {
      onStarted({ code, view, root, pid: process.pid });
    } catch (error) {
      await process.kill();
      throw error;
    }
    const kill = async (): Promise<void> => {
      await letGo();
      await process.kill();
    };
    return { ...process, kill };
  }

  #environment(root: Root, access: StartOptions): Record<string, string> {
    const { identity, variables } = this.#options;
    return bootstrapEnvironment(identity, access, root, variables);
  }

  async #start(
    words: readonly string[],
    { groups, marks, root }: Inside,
    env: Readonly<Record<string, string>>,
    { metadataToken, onOutput, onTrace }: StartOptions & Pick<ProcessOptions, 'onTrace'>,
  ): Promise<EnvironmentProcess & { readonly pid: number }> {
    const { memoryLimitBytes } = this.#options;
    const group = await ProcessGroup.start(root.command(...words), {
      env,
      onLine: onOutput,
      onTrace,
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      ...(root.endsEverything ? {} : { mark: metadataToken }),
    });
    groups.push(group);
    if (!root.endsEverything) marks.add(metadataToken);
    const pid = await root.processId(group.pid);
    return {
      pid,
      exited: group.exited,
      terminate: () => group.signal(pid, 'SIGTERM'),
      kill: () => group.kill(pid),
      peakMemoryBytes: () => group.peakMemoryBytes(),
    };
  }

  async #check(program: Bootstrap, { code, view }: Pick<Inside, 'code' | 'view'>): Promise<void> {
    const { architecture, variables } = this.#options;
    const exists = existsInside(code.folder, view);
    const surroundings = { exists, architecture, searchPath: searchPath('/opt', variables) };
    const problem = await diagnoseBootstrap(program, surroundings);
    if (problem === undefined) return;
    if (problem.lambda !== undefined) throw this.#refused(problem);
    this.#options.onProblem(problem);
  }

  #refused(problem: BootstrapProblem): Error {
    this.#options.onProblem(problem);
    return launchError(problem.lambda ?? problem.help);
  }
}

/** Path of a program as the function sees it. */
function executableOf({ path }: Bootstrap, root: RootPaths): string {
  return path.replace(/^\/opt\//, () => `${root.opt}/`).replace(/^\/var\/task\//, () => `${root.task}/`);
}

/** Kept when an environment is restarted, as on Lambda. */
function temporaryFolderOf(sessionFolder: string): string {
  return join(sessionFolder, 'tmp');
}

/** What the programs of one environment share. */
interface Inside {
  readonly root: Root;
  readonly code: FunctionCode;
  readonly view: MergedView;
  readonly bootstrap: Bootstrap;
  /** Everything that was started. */
  readonly groups: ProcessGroup[];
  /** What the environment variables of everything contain, where the root does not end all by itself. */
  readonly marks: Set<string>;
  /** What makes debuggers let go of their processes. */
  readonly debugged: (() => Promise<void>)[];
}

/** Ends everything inside and lets go of the root. */
async function endAll({ debugged, groups, marks, root }: Inside): Promise<void> {
  await Promise.all(debugged.map((letGo) => letGo()));
  if (!root.endsEverything) {
    await Promise.all(groups.map((group) => group.kill()));
    for (const mark of marks) endProcessesMarked(mark);
  }
  // A namespace ends its processes best by itself: killed ones that nobody waits for hold it up for a second.
  await root.release();
  await Promise.all(groups.map(({ exited }) => exited));
}

/** An error in Lambda's words, with the code that the system would have given. */
function launchError(text: string): Error {
  return Object.assign(new Error(text), text.endsWith('permission denied') ? { code: 'EACCES' } : {});
}
