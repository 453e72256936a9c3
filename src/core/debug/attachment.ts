import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describeError, UserError } from '../base/errors.ts';
import type { Bootstrap } from '../run/bootstrap.ts';
import type { BootstrapPlace, StartChanges, StartedBootstrap } from '../run/functionLauncher.ts';
import { chooseDebugger } from './debuggers/chooseDebugger.ts';
import type { AttachedDebugger, EditorDebuggers } from './debuggers/editorDebuggers.ts';
import type { DebugPlan, LanguageDebugger } from './debuggers/languageDebugger.ts';
import { isListening } from './debuggers/listening.ts';
import { describeProgram, readProgram } from './debuggers/program.ts';
import { continueParent, continueStopped, isStopped, isTraced } from './debuggers/processState.ts';
import type { LaunchConfiguration } from './launchConfiguration.ts';
import { PathMapping } from './pathMapping.ts';
import type { PauseReasons } from './pauseReasons.ts';

/** What a run tells while it goes on, and asks for. */
export interface RunListener {
  readonly editor: EditorDebuggers;
  /** Something the user should know, one sentence or two. */
  readonly notice: (text: string) => void;
  /** Something that keeps the function from running as wanted, with the next step. */
  readonly problem: (text: string) => void;
  /** An execution environment was started, in which the sources are at other places than before. */
  readonly mapped?: (mapping: PathMapping) => void;
}

const noChanges: StartChanges = {
  variables: {},
  command: (executable) => [executable],
  letGo: () => Promise.resolve(),
};

/** Brings the debugger to each bootstrap that is started, while the function's clock stands still. */
export class Attachment {
  readonly #setting: LaunchConfiguration['debugger'];
  readonly #listener: RunListener;
  readonly #pauses: PauseReasons;
  readonly #env: LaunchConfiguration['env'];
  #next: Prepared | undefined;
  #told: string | undefined;

  constructor(
    setting: LaunchConfiguration['debugger'],
    listener: RunListener,
    pauses: PauseReasons,
    env: LaunchConfiguration['env'] = {},
  ) {
    this.#setting = setting;
    this.#listener = listener;
    this.#pauses = pauses;
    this.#env = env;
  }

  /** What makes this bootstrap wait for its debugger; nothing to run it without, of which the reason is told. */
  async prepare(bootstrap: Bootstrap, place: BootstrapPlace): Promise<StartChanges> {
    this.#next = undefined;
    if (this.#setting === 'none') return noChanges;
    const program = await readProgram(bootstrap);
    const chosen = chooseDebugger(this.#setting, program);
    if (chosen === undefined) {
      this.#tell(`Debugger: none, since ${bootstrap.path} ${describeProgram(program)}.`);
      return noChanges;
    }
    const { language } = chosen.debug;
    const mapping = new PathMapping(place.view, place.code, place.root);
    const port = await freePort();
    const { editor } = this.#listener;
    try {
      const { temporary, executable } = place;
      const show = this.#listener.notice;
      const start = { program, port, variables: this.#env, editor, mapping, temporary, executable, show };
      const plan = await chosen.debug.plan(start);
      const prepared: Prepared = { language, port, mapping, plan, over: new AbortController() };
      this.#next = prepared;
      this.#tell(`Debugger: ${language} (${bootstrap.path}: ${chosen.evidence}).`);
      const { variables = {}, command = noChanges.command, onTrace } = plan;
      return { variables, command, onTrace, letGo: (pid) => letGoOf(pid, prepared) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#tell(describeError(error));
      return noChanges;
    }
  }

  /** Whether an output line is the debugger's own. Shows what a person should see of it. */
  isChatter(line: string): boolean {
    const talk = this.#next?.plan.talk?.(line);
    if (talk?.shown !== undefined) this.#listener.notice(talk.shown);
    if (talk?.isOver === true) this.#next?.over.abort();
    return talk !== undefined;
  }

  /** Attaches to the bootstrap that was prepared last. */
  attach({ pid }: Pick<StartedBootstrap, 'pid'>): void {
    if (this.#next !== undefined) void this.#attach(pid, this.#next);
  }

  async #attach(pid: number, prepared: Prepared): Promise<void> {
    const { language, mapping, plan } = prepared;
    if (plan.attach === undefined) return;
    const resume = this.#pauses.add();
    try {
      let state = await waitUntilReady(pid, prepared, readyLimitMs);
      if (state === 'late') {
        this.#listener.notice(`The function does not wait for the ${language} debugger yet. It goes on.`);
        resume();
        state = await waitUntilReady(pid, prepared, Infinity);
      }
      if (state !== 'ready') return;
      const debuggee = { language, attach: plan.attach(pid), mapping, paths: plan.paths };
      prepared.attached = await this.#listener.editor.attach(debuggee);
      if (plan.ready === 'stopped') await continueParent(pid);
    } catch (error) {
      if (plan.ready === 'stopped') await continueAll(pid);
      this.#listener.problem(
        `The ${language} debugger could not attach: ${describeError(error)}. ` +
          'Correct that, or set "debugger" to "none" in the launch configuration.',
      );
    } finally {
      resume();
    }
  }

  /** Says something once, however often an environment is started. */
  #tell(text: string): void {
    if (text !== this.#told) this.#listener.notice(text);
    this.#told = text;
  }
}

interface Prepared {
  readonly language: LanguageDebugger['language'];
  readonly port: number;
  readonly mapping: PathMapping;
  readonly plan: DebugPlan;
  /** Aborted when the debugger says that it will never be there. */
  readonly over: AbortController;
  attached?: AttachedDebugger;
}

/** How long a bootstrap may take until it waits for its debugger, and how often that is looked at, in milliseconds. */
const readyLimitMs = 10_000;
const readyIntervalMs = 10;

/** Waits until a process waits for its debugger, unless it ends, the debugger gives up, or the time is over. */
async function waitUntilReady(
  pid: number,
  { plan, port, over }: Prepared,
  limitMs: number,
): Promise<'ready' | 'late' | 'never'> {
  const end = performance.now() + limitMs;
  while (isAlive(pid) && !over.signal.aborted) {
    if (plan.ready === 'started') return 'ready';
    if (plan.ready === 'stopped' ? await isStopped(pid) : await isListening(port)) return 'ready';
    if (performance.now() > end) return 'late';
    await setTimeout(readyIntervalMs, undefined, { ref: false });
  }
  return 'never';
}

/**
 * The end of a process that is traced (ptrace) is told to its parent only when its tracer has noticed, which one that
 * holds it at a breakpoint may never do. So the tracer has to let go first.
 */
async function letGoOf(pid: number, { attached, over, plan }: Prepared): Promise<void> {
  over.abort();
  if (plan.ready === 'stopped') await continueParent(pid, 1);
  const isHeld = await isTraced(pid);
  const detached = attached?.detach(); // also where nothing waits for it: not every debugger notices the end by itself
  if (isHeld) await detached;
}

/** Lets a process go on that stopped itself, and its parent with it. */
async function continueAll(pid: number): Promise<void> {
  continueStopped(pid);
  await continueParent(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // processes of a run are this user's own, so it is gone
  }
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
