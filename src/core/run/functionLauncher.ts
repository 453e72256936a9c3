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
import type { BootstrapPlace, StartChanges, StartedBootstrap } from './bootstrapStart.ts';
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
import { RootProcesses } from './rootProcesses.ts';

/** What a function runs on. */
export interface FunctionFiles {
  /** Looks at the layers as they are now. */
  readonly view: () => Promise<MergedView>;
  /** Looks at the deployment package as it is now. */
  readonly code: () => Promise<FunctionCode>;
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
  readonly isTalk: (line: string) => boolean;
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
    const { files, memoryLimitBytes, sessionFolder } = this.#options;
    const [view, code] = [await files.view(), await files.code()];
    const bootstrap = await findBootstrap(code.folder, view);
    if (isBootstrap(bootstrap)) await this.#check(bootstrap, { code, view });
    else throw this.#refused(bootstrap);
    const workFolder = join(sessionFolder, `environment-${++this.#launches}`);
    const root = await this.#createRoot({ code, view }, workFolder, signal);
    const processes = new RootProcesses(root, memoryLimitBytes);
    const inside: Inside = { root, code, view, bootstrap, processes };
    const release = async (): Promise<void> => {
      await processes.end();
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

  async #createRoot(
    { code, view: { layers } }: Pick<Inside, 'code' | 'view'>,
    workFolder: string,
    signal: AbortSignal,
  ): Promise<Root> {
    const { cache, isolation, sessionFolder } = this.#options;
    const layerFolders = await Promise.all(layers.map((layer) => cache.folderOf(layer, signal)));
    const temporaryFolder = temporaryFolderOf(sessionFolder);
    await mkdir(temporaryFolder, { recursive: true });
    return isolation.createRoot({ layerFolders, layers, code, workFolder, temporaryFolder, signal });
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
    return inside.processes.start({ ...options, env, words: [executableOf(program, inside.root)] });
  }

  async #startRuntime(inside: Inside, options: StartOptions): Promise<EnvironmentProcess> {
    const { code, processes, root, view } = inside;
    const changes = await this.#prepareDebugger(inside);
    const started = await processes.start({
      ...this.#withoutTalk(options),
      env: { ...this.#environment(root, options), ...changes.variables },
      words: changes.command(executableOf(inside.bootstrap, root)),
      onTrace: changes.onTrace,
    });
    const { pid } = started;
    const runtime = processes.detachFirst(started, () => changes.detach(pid));
    try {
      this.#options.onStarted({ code, view, root, pid });
    } catch (error) {
      await runtime.kill();
      throw error;
    }
    return runtime;
  }

  #prepareDebugger({ bootstrap, code, root, view }: Inside): Promise<StartChanges> {
    const { prepareDebugger, sessionFolder } = this.#options;
    const temporary = { here: temporaryFolderOf(sessionFolder), inside: root.temporary };
    const executable = executableOf(bootstrap, root);
    return prepareDebugger(bootstrap, { code, view, root, temporary, executable });
  }

  #withoutTalk(options: StartOptions): StartOptions {
    const onOutput = (line: string): void => {
      if (!this.#options.isTalk(line)) options.onOutput(line);
    };
    return { ...options, onOutput };
  }

  #environment(root: Root, access: StartOptions): Record<string, string> {
    const { identity, variables } = this.#options;
    return bootstrapEnvironment(identity, access, root, variables);
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

/** What is inside one environment. */
interface Inside {
  readonly root: Root;
  readonly code: FunctionCode;
  readonly view: MergedView;
  readonly bootstrap: Bootstrap;
  readonly processes: RootProcesses;
}

/** An error in Lambda's words, with the code that the system would have given. */
function launchError(text: string): Error {
  return Object.assign(new Error(text), text.endsWith('permission denied') ? { code: 'EACCES' } : {});
}
