import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Bootstrap } from '../run/bootstrap.ts';
import type { StartedBootstrap } from '../run/functionLauncher.ts';
import { chooseDebugger } from './debuggers/chooseDebugger.ts';
import type { LanguageDebugger } from './debuggers/languageDebugger.ts';
import type { AttachTemplate, LaunchConfiguration } from './launchConfiguration.ts';
import { PathMapping } from './pathMapping.ts';
import type { PauseReasons } from './pauseReasons.ts';

/** A process that waits for a debugger. */
export interface Debuggee {
  readonly language: string;
  readonly attach: AttachTemplate;
  readonly mapping: PathMapping;
}

/** What a run tells while it goes on. */
export interface RunListener {
  /** A bootstrap waits for its debugger; resolves when that is attached, rejects when it cannot be. */
  readonly attach: (debuggee: Debuggee) => Promise<void>;
  /** Something the user should know, one sentence or two. */
  readonly notice: (text: string) => void;
  /** Something that keeps the function from running as wanted, with the next step. */
  readonly problem: (text: string) => void;
  /** An execution environment was started, in which the sources are at other places than before. */
  readonly mapped?: (mapping: PathMapping) => void;
}

/** Brings the debugger to each bootstrap that is started, while the function's clock stands still. */
export class Attachment {
  readonly #setting: LaunchConfiguration['debugger'];
  readonly #codeFolder: string;
  readonly #listener: RunListener;
  readonly #pauses: PauseReasons;
  readonly #env: LaunchConfiguration['env'];
  #next: Prepared | undefined;

  constructor(
    setting: LaunchConfiguration['debugger'],
    codeFolder: string,
    listener: RunListener,
    pauses: PauseReasons,
    env: LaunchConfiguration['env'] = {},
  ) {
    this.#setting = setting;
    this.#codeFolder = codeFolder;
    this.#listener = listener;
    this.#pauses = pauses;
    this.#env = env;
  }

  /** The variables that make this bootstrap wait for its debugger; none to run it without. */
  async prepare(bootstrap: Bootstrap): Promise<Readonly<Record<string, string>>> {
    const language = chooseDebugger(this.#setting, bootstrap, this.#env);
    this.#next = language === undefined ? undefined : { language, port: await freePort() };
    return this.#next === undefined ? {} : this.#next.language.variables(this.#next.port);
  }

  /** Whether an output line is the debugger's own. */
  isChatter(line: string): boolean {
    return this.#next?.language.isChatter(line) === true;
  }

  /** Attaches to the bootstrap that was prepared last. */
  attach(started: StartedBootstrap): void {
    if (this.#next !== undefined) void this.#attach(started, this.#next);
  }

  async #attach({ view, root, pid }: StartedBootstrap, { language, port }: Prepared): Promise<void> {
    const resume = this.#pauses.add();
    try {
      const mapping = new PathMapping(view, this.#codeFolder, root);
      if (language.connectsToPort) await waitUntilListening(port);
      const { language: name } = language;
      await this.#listener.attach({ language: name, attach: language.attach(port, pid), mapping });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#listener.problem(
        `The ${language.language} debugger could not attach: ${reason}. ` +
          'Install the extension that provides it, or set "debugger" to "none".',
      );
    } finally {
      resume();
    }
  }
}

interface Prepared {
  readonly port: number;
  readonly language: LanguageDebugger;
}

/** How long a bootstrap may take until its debugger's port answers, and how often that is tried, in milliseconds. */
const listenLimitMs = 10_000;
const listenIntervalMs = 25;

/** Not every debugger tries again when a port refuses it. Gives up silently: then the debugger says what is wrong. */
async function waitUntilListening(port: number): Promise<void> {
  const end = performance.now() + listenLimitMs;
  while (performance.now() < end && !(await answers(port))) await setTimeout(listenIntervalMs);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port of 127.0.0.1 that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
