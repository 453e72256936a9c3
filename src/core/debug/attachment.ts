import { describeError, UserError } from '../base/errors.ts';
import { freePort } from '../base/freePort.ts';
import type { Bootstrap } from '../run/bootstrap.ts';
import type { BootstrapPlace, StartChanges, StartedBootstrap } from '../run/bootstrapStart.ts';
import { attachTo, detachFrom, type Prepared } from './attaching.ts';
import { chooseDebugger } from './debuggers/chooseDebugger.ts';
import type { EditorDebuggers } from './debuggers/editorDebuggers.ts';
import { handlerRun } from './debuggers/handlerRun.ts';
import { describeProgram, readProgram } from './debuggers/program.ts';
import type { LaunchConfiguration } from './launchConfiguration.ts';
import { PathMapping } from './pathMapping.ts';
import type { PauseReasons } from './pauseReasons.ts';

/** What a run tells while it goes on, and asks for. */
export interface RunListener {
  readonly editor: EditorDebuggers;
  /** Something the user should know, one sentence or two. */
  readonly notice: (text: string) => void;
  /** Lines that tell what the function executes; notices where that is absent. */
  readonly trace?: (text: string) => void;
  /** Something that keeps the function from running as wanted, with the next step. */
  readonly problem: (text: string) => void;
  /** An execution environment was started, in which the sources are at other places than before. */
  readonly mapped?: (mapping: PathMapping) => void;
}

const noChanges: StartChanges = {
  variables: {},
  command: (executable) => [executable],
  detach: () => Promise.resolve(),
};

/** What a function says of its debugger. */
export interface AttachmentOptions extends Pick<LaunchConfiguration, 'debugger' | 'handler'> {
  /** The function's own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Brings the debugger to each bootstrap that is started, while the function's clock stands still. */
export class Attachment {
  readonly #options: AttachmentOptions;
  readonly #listener: RunListener;
  readonly #pauses: PauseReasons;
  #next: Prepared | undefined;
  readonly #told = new Set<string>();

  constructor(options: AttachmentOptions, listener: RunListener, pauses: PauseReasons) {
    this.#options = options;
    this.#listener = listener;
    this.#pauses = pauses;
  }

  /** What makes this bootstrap wait for its debugger; nothing to run it without, of which the reason is told. */
  async prepare(bootstrap: Bootstrap, place: BootstrapPlace): Promise<StartChanges> {
    this.#next = undefined;
    if (this.#options.debugger === 'none') return noChanges;
    const program = await readProgram(bootstrap);
    const handler = await handlerRun(this.#options.handler, place);
    const chosen = chooseDebugger(this.#options.debugger, program, handler);
    if (chosen === undefined) {
      this.tell(`Debugger: none, since ${bootstrap.path} ${describeProgram(program)}.`);
      return noChanges;
    }
    const { language } = chosen.debug;
    const mapping = new PathMapping(place.view, place.code, place.root);
    const port = await freePort();
    const { editor } = this.#listener;
    try {
      const { temporary, executable } = place;
      const show = this.#listener.trace ?? this.#listener.notice;
      const start = {
        program,
        port,
        variables: this.#options.variables,
        editor,
        mapping,
        temporary,
        executable,
        show,
      };
      const plan = await chosen.debug.plan(start);
      const prepared: Prepared = { language, port, mapping, plan, over: new AbortController() };
      this.#next = prepared;
      this.tell(`Debugger: ${language} (${bootstrap.path}: ${chosen.evidence}).`);
      const { variables = {}, command = noChanges.command, onTrace } = plan;
      return { variables, command, onTrace, detach: (pid) => detachFrom(pid, prepared) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.tell(describeError(error));
      return noChanges;
    }
  }

  /** Whether a debugger is there, which may stop the function at any moment. */
  get isAttached(): boolean {
    return this.#next?.isAttached === true;
  }

  /** Whether an output line is the debugger's own. Shows what a person should see of it. */
  isTalk(line: string): boolean {
    const talk = this.#next?.plan.talk?.(line);
    if (talk?.shown !== undefined) this.#listener.notice(talk.shown);
    if (talk?.isOver === true) this.#next?.over.abort();
    return talk !== undefined;
  }

  /** Attaches to the bootstrap that was prepared last, now that it has started. */
  attach({ pid }: Pick<StartedBootstrap, 'pid'>): void {
    if (this.#next !== undefined) void attachTo(pid, this.#next, this.#listener, this.#pauses);
  }

  /** Says something once, however often an environment is started. */
  tell(text: string): void {
    if (!this.#told.has(text)) this.#listener.notice(text);
    this.#told.add(text);
  }
}
