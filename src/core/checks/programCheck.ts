import type { CheckContext, CheckedFile } from './checkContext.ts';
import { storedName } from './checkContext.ts';
import type { FamilyFinding } from './finding.ts';
import { checkInterpreter } from './interpreterCheck.ts';
import { parseHead } from './programHead.ts';
import { readHead } from './readHead.ts';

/** How a family names a program that Lambda starts. */
export interface ProgramWords {
  /** First part of the finding's codes, such as `bootstrap`. */
  readonly code: 'bootstrap' | 'extension';
  /** Where Lambda sees it, such as `/opt/bootstrap`. */
  readonly path: string;
  /** What follows when it cannot be started. */
  readonly outcome: string;
}

/** Whatever keeps the kernel from executing a program: mode, line endings, interpreter, format, machine. */
export async function checkProgram(
  context: CheckContext,
  file: CheckedFile,
  words: ProgramWords,
): Promise<FamilyFinding[]> {
  const { view, entry, place } = file;
  const at = { severity: 'error', layer: place, path: entry.path } as const;
  const name = storedName(file);
  const findings: FamilyFinding[] = [];
  if ((entry.mode & 0o001) === 0) {
    findings.push({
      ...at,
      code: `${words.code}NotExecutable`,
      message: `${words.path} is not executable by everyone (mode ${entry.mode.toString(8)}): ${words.outcome}.`,
      help: `Make it executable: chmod 755 ${entry.path}.`,
      fix: { type: 'setModes', modes: [{ name, mode: (entry.mode | 0o555) & 0o777 }] },
    });
  }
  const source = view.layers[entry.layer]?.source;
  const head =
    source === undefined || entry.entry === undefined ? undefined : await readHead(source, entry.entry);
  if (head === undefined) return findings;
  const program = parseHead(head);
  if (program.type === 'script' && program.isCarriageReturn) {
    findings.push({
      ...at,
      code: `${words.code}CarriageReturn`,
      message: `${words.path} has Windows line endings, so that its interpreter is not found: ${words.outcome}.`,
      help: 'Save it with LF line endings.',
      fix: { type: 'convertLineEndings', name },
    });
  }
  if (program.type === 'script') {
    const finding = await checkInterpreter(context, program.words, words);
    if (finding !== undefined) findings.push({ ...finding, layer: place, path: entry.path });
  }
  if (program.type === 'other') {
    findings.push({
      ...at,
      code: `${words.code}NotProgram`,
      message: `${words.path} is neither an ELF program nor a script with a "#!" line: ${words.outcome}.`,
      help: 'Start a script with the line "#!/bin/sh", or put a program there.',
    });
  }
  if (
    program.type === 'elf' &&
    context.architecture !== undefined &&
    program.machine !== context.architecture
  ) {
    findings.push({
      ...at,
      code: `${words.code}WrongArchitecture`,
      message: `${words.path} is for ${program.machine}, the function for ${context.architecture}: ${words.outcome}.`,
      help: `Build it for ${context.architecture}.`,
    });
  }
  return findings;
}
