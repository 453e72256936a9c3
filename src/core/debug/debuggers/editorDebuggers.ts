import { UserError } from '../../base/errors.ts';
import type { AttachTemplate } from '../launchConfiguration.ts';
import type { DebugPlan } from './languageDebugger.ts';
import type { PathMapping } from '../pathMapping.ts';

/** A process that waits for a debugger. */
export interface Debuggee {
  readonly language: string;
  readonly attach: AttachTemplate;
  readonly mapping: PathMapping;
  readonly paths: DebugPlan['paths'];
}

/** A debugger at a process. */
export interface DebuggerSession {
  /** Resolves when the debugger is there, rejects when it cannot be. */
  readonly attached: Promise<void>;
  /** Resolves when a debugger that was there has gone. */
  readonly ended: Promise<void>;
  /** Lets go of the process, also when it is stopped or not yet attached to. Never rejects; gives up after a while. */
  detach(): Promise<void>;
}

/** The debuggers that the editor has. */
export interface EditorDebuggers {
  /** The folder of the extension that brings a debug type; `undefined` when none does. */
  extensionFolder(debugType: string): string | undefined;
  /** A setting, by its whole name; `undefined` when it is not set. */
  setting(name: string): unknown;
  /** What the debug console shows as a link to a file of this machine; short where it can be. */
  linkTo(path: string): string;
  /** Attaches to a process that waits. */
  attach(debuggee: Debuggee): DebuggerSession;
}

/** Where there is no editor, nothing can be debugged. */
export const noDebuggers: EditorDebuggers = {
  extensionFolder: () => undefined,
  setting: () => undefined,
  linkTo: (path) => path,
  attach: () => {
    throw new Error('There is no editor.');
  },
};

/** An editor extension that brings a debug type. */
export interface DebugExtension {
  readonly debugType: string;
  readonly name: string;
  /** Identifier in the marketplaces. */
  readonly id: string;
}

/** The folder of an extension. @throws UserError `DebuggerMissing` when the editor does not have it */
export function requireExtension(
  editor: EditorDebuggers,
  { debugType, name, id }: DebugExtension,
  language: string,
): string {
  const folder = editor.extensionFolder(debugType);
  if (folder !== undefined) return folder;
  throw new UserError(
    'DebuggerMissing',
    `The function runs without a debugger: to debug ${language}, the editor needs the extension "${name}".`,
    `Install it (${id}), then start again.`,
  );
}
