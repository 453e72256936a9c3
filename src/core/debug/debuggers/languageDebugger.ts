import type { Bootstrap } from '../../run/bootstrap.ts';
import type { AttachTemplate } from '../launchConfiguration.ts';

/** How one language's debugger gets hold of a bootstrap. */
export interface LanguageDebugger {
  /** What people call the language, for messages. */
  readonly language: string;
  /** Whether a bootstrap is one of this language's. */
  recognises(bootstrap: Bootstrap): boolean;
  /** Variables that make the process wait for a debugger on a port of 127.0.0.1 before its first line. */
  variables(port: number): Readonly<Record<string, string>>;
  /** Whether the debugger connects to the port, which then has to be open before it starts. */
  readonly connectsToPort: boolean;
  /** Whether a line of the process's output is only the debugger's own talk, which Lambda would not log. */
  isChatter(line: string): boolean;
  /** The debug configuration that attaches to it: by that port, or by its process id on this machine. */
  attach(port: number, pid: number): AttachTemplate;
}
