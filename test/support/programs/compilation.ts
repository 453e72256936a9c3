import type { ProgramFolders } from './debuggedProgram.ts';

/** What it takes to compile a program. */
export interface Compilation {
  /** Where its sources are written and it is built. */
  readonly folders: ProgramFolders;
  /** What its debug information shall call these folders. */
  readonly names: ProgramFolders;
  /** Runs a compiler in a folder. Rejects with what it says when it fails. */
  readonly run: (cwd: string, command: string, ...args: string[]) => Promise<void>;
}

/** Each folder beside the name that it shall have. */
export const pairsOf = (
  folders: ProgramFolders,
  names: ProgramFolders,
): readonly (readonly [string, string])[] =>
  (Object.keys(folders) as (keyof ProgramFolders)[]).map((key) => [folders[key], names[key]]);
