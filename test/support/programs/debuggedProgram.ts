import { join } from 'node:path';

/** A place to stop at, and what is there. */
export interface Stop {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly variable: string;
  readonly value: RegExp;
}

/**
 * A function in some language that answers `{"n": 41}` with `{"doubled": 84}`: one layer adds 1, another one doubles.
 * All three of them have sources, each with a place to stop at.
 */
export interface DebuggedProgram {
  /** Its last layer is the one that adds. */
  readonly configuration: Readonly<Record<string, unknown>> & { readonly layers: readonly string[] };
  /** In the order in which they are reached; the first one is in the layer that adds. */
  readonly stops: readonly [Stop, ...Stop[]];
}

/** The folders of a program's code and of its layers. */
export interface ProgramFolders {
  readonly code: string;
  /** The layer with the bootstrap, where the code does not have it. */
  readonly runtime: string;
  readonly addition: string;
  readonly doubling: string;
}

/** Names the folders of a program below one folder. */
export function foldersIn(work: string): ProgramFolders {
  const at = (name: string) => join(work, name);
  return { code: at('code'), runtime: at('runtime'), addition: at('addition'), doubling: at('doubling') };
}

/** The folders as the function sees them. */
export const foldersInside: ProgramFolders = {
  code: '/var/task',
  runtime: '/opt',
  addition: '/opt',
  doubling: '/opt',
};
