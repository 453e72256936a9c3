import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentLauncher, LaunchOptions, RuntimeProcess } from '../emulator/environmentLauncher.ts';
import type { MergedView } from '../opt/mergedView.ts';
import { removeFolder } from '../opt/removeFolder.ts';
import {
  type Bootstrap,
  type BootstrapProblem,
  diagnoseBootstrap,
  existsInside,
  findBootstrap,
  isBootstrap,
} from './bootstrap.ts';
import { bootstrapEnvironment, type FunctionIdentity } from './environmentVariables.ts';
import type { Isolation, Root } from './isolation.ts';
import type { LayerCache } from './layerCache.ts';
import { ProcessGroup } from './processGroup.ts';

/** What a function runs on. */
export interface FunctionFiles {
  /** Looks at the layers as they are now. */
  readonly view: () => Promise<MergedView>;
  /** The deployment package as a folder. */
  readonly codeFolder: string;
}

/** A running bootstrap, for a debugger to attach to. */
export interface StartedBootstrap {
  readonly bootstrap: Bootstrap;
  readonly view: MergedView;
  readonly root: Root;
  /** Of the bootstrap's process, on this machine. */
  readonly pid: number;
}

export interface LauncherOptions {
  readonly identity: FunctionIdentity;
  readonly variables: Readonly<Record<string, string>>;
  readonly files: FunctionFiles;
  readonly isolation: Isolation;
  readonly cache: LayerCache;
  /** The debug session's folder; lives longer than any one environment. */
  readonly sessionFolder: string;
  /** Variables that a debugger needs in the process. Called for each environment. */
  readonly debuggerVariables: (bootstrap: Bootstrap) => Promise<Readonly<Record<string, string>>>;
  /** Whether an output line is a debugger's own talk, to be kept out of the function's log. */
  readonly isChatter: (line: string) => boolean;
  readonly onStarted: (started: StartedBootstrap) => void;
  /** Told why a bootstrap cannot start, in words that help. */
  readonly onProblem: (problem: BootstrapProblem) => void;
}

/** Starts execution environments: makes `/opt` and `/var/task` real, then runs the bootstrap inside. */
export class FunctionLauncher implements EnvironmentLauncher {
  readonly #options: LauncherOptions;
  #launches = 0;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  async launch({ runtimeApi, onOutput, signal }: LaunchOptions): Promise<RuntimeProcess> {
    const { files, isolation, cache, sessionFolder } = this.#options;
    const view = await files.view();
    const bootstrap = await this.#checkedBootstrap(view);
    const layerFolders = await Promise.all(view.layers.map((layer) => cache.folderOf(layer, signal)));
    const workFolder = join(sessionFolder, `environment-${++this.#launches}`);
    const temporaryFolder = join(sessionFolder, 'tmp'); // kept when an environment is restarted, as on Lambda
    await mkdir(temporaryFolder, { recursive: true });
    const root = await isolation.createRoot({
      layerFolders,
      layers: view.layers,
      codeFolder: files.codeFolder,
      workFolder,
      temporaryFolder,
      signal,
    });
    const release = async () => {
      await root.release();
      await removeFolder(workFolder);
    };
    try {
      signal.throwIfAborted();
      const group = await this.#start(root, bootstrap, runtimeApi, onOutput);
      const pid = await root.processId(group.pid);
      await this.#announce(group, { bootstrap, view, root, pid });
      return rooted(group, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #announce(group: ProcessGroup, started: StartedBootstrap): Promise<void> {
    try {
      this.#options.onStarted(started);
    } catch (error) {
      await group.kill();
      throw error;
    }
  }

  async #checkedBootstrap(view: MergedView): Promise<Bootstrap> {
    const { codeFolder } = this.#options.files;
    const found = await findBootstrap(codeFolder, view);
    const problem = isBootstrap(found)
      ? await diagnoseBootstrap(found, existsInside(codeFolder, view))
      : found;
    if (problem !== undefined) {
      this.#options.onProblem(problem);
      throw new Error(problem.lambda);
    }
    return found as Bootstrap;
  }

  async #start(
    root: Root,
    bootstrap: Bootstrap,
    runtimeApi: string,
    onLine: (line: string) => void,
  ): Promise<ProcessGroup> {
    const { identity, variables, debuggerVariables, isChatter } = this.#options;
    const path = bootstrap.path
      .replace(/^\/opt\//, () => `${root.opt}/`)
      .replace(/^\/var\/task\//, () => `${root.task}/`);
    const env = {
      ...bootstrapEnvironment(identity, runtimeApi, root, variables),
      ...(await debuggerVariables(bootstrap)),
    };
    return ProcessGroup.start(root.command(path), {
      env,
      onLine: (line) => {
        if (!isChatter(line)) onLine(line);
      },
    });
  }
}

/** A process whose root goes with it. How it ended is told whatever becomes of the root; `kill` tells of that. */
function rooted(group: ProcessGroup, release: () => Promise<void>): RuntimeProcess {
  const released = group.exited.then(release);
  return {
    exited: released.then(
      () => group.exited,
      () => group.exited,
    ),
    kill: async () => {
      await group.kill();
      await released;
    },
    peakMemoryBytes: () => group.peakMemoryBytes(),
  };
}
