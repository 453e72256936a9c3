import { posix } from 'node:path';
import { type Bootstrap, interpreterOf } from '../../run/bootstrap.ts';
import { type ElfFile, readElf } from './elfFile.ts';
import { commandsOf, programOf } from './shellCommands.ts';

/** What a bootstrap is, as far as its content tells. */
export type Program = {
  /**
   * What it runs as. Of a script the program of the `#!` line and, when that is a shell, what the script becomes in the
   * end; of others nothing that would be known from their content.
   */
  readonly runs: readonly ProgramRun[];
} & (
  | {
      readonly type: 'script';
      /** The words of the `#!` line. */
      readonly interpreter: readonly string[];
    }
  | { readonly type: 'elf'; readonly elf: ElfFile }
  | { readonly type: 'other' }
);

/** A program that a script runs as. */
export interface ProgramRun {
  /** The last part of its path, such as `python3.11`. */
  readonly name: string;
  /** What tells so, in a few words. */
  readonly evidence: string;
}

const shells = /^(ba|da|a|z|k)?sh$/;

/** Looks into a bootstrap: the `#!` line, the commands of a shell script, the sections of an ELF file. */
export async function readProgram(bootstrap: Bootstrap): Promise<Program> {
  const interpreter = interpreterOf(bootstrap);
  if (interpreter.length === 0) {
    const elf =
      bootstrap.head.toString('latin1', 0, 4) === '\x7fELF' ? readElf(await bootstrap.content()) : undefined;
    return elf === undefined ? { type: 'other', runs: [] } : { type: 'elf', elf, runs: [] };
  }
  const name = posix.basename(programOf(interpreter) ?? '');
  const own: ProgramRun = { name, evidence: `first line names ${name}` };
  if (!shells.test(name)) return { type: 'script', interpreter, runs: [own] };
  const text = (await bootstrap.content()).toString('utf8');
  const becomes = commandsOf(text).map(({ words, line }): ProgramRun => {
    const program = programOf(words) ?? '';
    return { name: posix.basename(program), evidence: `line ${line} runs ${program}` };
  });
  return { type: 'script', interpreter, runs: [...becomes, own] };
}

/** What a program is, for somebody whose debugger is not found. */
export function describeProgram(program: Program): string {
  if (program.type === 'script') return `is run by ${programOf(program.interpreter) ?? 'nothing'}`;
  return program.type === 'elf' ? 'is a program without debug information' : 'is no program';
}

/** The first program that it runs as whose name fits. */
export function findRun(program: Program, name: RegExp): ProgramRun | undefined {
  return program.runs.find((run) => name.test(run.name));
}
