import type { BootstrapPlace, StartChanges } from '../../run/bootstrapStart.ts';
import type { AttachTemplate } from '../launchConfiguration.ts';
import type { PathMapping } from '../pathMapping.ts';
import type { EditorDebuggers } from './editorDebuggers.ts';
import type { Program } from './program.ts';

/** How one language's debugger gets hold of a bootstrap. A new language is a file and a line in `chooseDebugger`. */
export interface LanguageDebugger {
  /** What people call the language, for messages. */
  readonly language: string;
  /** What tells that a bootstrap is one of this language's, in a few words; `undefined` when it is not. */
  recognise(program: Program): string | undefined;
  /**
   * How this bootstrap is started and attached to.
   * @throws UserError `DebuggerMissing` naming the tool or the editor extension that it takes, and how to get it
   */
  plan(start: DebuggeeStart): DebugPlan | Promise<DebugPlan>;
}

/** A bootstrap that is about to be started. */
export interface DebuggeeStart {
  readonly program: Program;
  /** A port of 127.0.0.1 that is free for the debugger. */
  readonly port: number;
  /** The function's own variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly editor: EditorDebuggers;
  readonly mapping: PathMapping;
  readonly temporary: BootstrapPlace['temporary'];
  /** Path of the bootstrap as the function sees it. */
  readonly executable: string;
  /** Shows lines to the person who debugs. */
  readonly show: (text: string) => void;
}

/** How a debugger is brought to one process. */
export interface DebugPlan {
  /** Variables that the process needs for it, instead of the function's own ones of the same names. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The words of the command that starts the executable, which is given by its path inside the function. */
  readonly command?: (executable: string) => readonly string[];
  /**
   * When the debugger can attach: `started` at once; `listening` when the port is open, which has to be before the
   * debugger connects; `stopped` when the process has stopped itself before its first instruction.
   */
  readonly ready: 'started' | 'listening' | 'stopped';
  /** The variable that brings the debugger in, for somebody whose bootstrap changes it. */
  readonly entrance?: string;
  /** Takes lines of the process's output that are not the function's own; `undefined` for all others. */
  readonly talk?: (line: string) => DebuggerTalk | undefined;
  /** Takes what the process writes to a pipe of the debugger's own, its file descriptor 3, piece by piece. */
  readonly onTrace?: StartChanges['onTrace'];
  /** The debug configuration that attaches; without one there is no debug session, and `onTrace` shows all there is. */
  readonly attach?: (pid: number) => AttachTemplate;
  /**
   * Who translates between the editor's paths and the function's: the `tracker` that listens to the debug session;
   * the debugger itself, which knows files by where they are when it `runs` them, or by where they were `built`.
   */
  readonly paths: 'tracker' | 'runs' | 'built';
}

/** What a debugger says among the process's output. Lambda would not log it. */
export interface DebuggerTalk {
  /** What a person should see of it in the debug console, if anything. */
  readonly shown?: string;
  /** Set when the debugger says that it cannot be attached to. */
  readonly isOver?: true;
}
