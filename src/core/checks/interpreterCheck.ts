import { posix } from 'node:path';
import type { CheckContext } from './checkContext.ts';
import type { FamilyFinding } from './finding.ts';
import { locateFile } from './locateFile.ts';
import type { ProgramWords } from './programCheck.ts';

/** Interpreters that the image `provided.al2023` does not have; it has `sh`, `bash` and the core utilities. */
const missingInterpreters =
  /^(node|nodejs|deno|bun|python[\d.]*|php[\d.]*|ruby[\d.]*|perl|java|dotnet|lua|Rscript)$/;

/** Judges the interpreter that a script's first line names. */
export async function checkInterpreter(
  context: CheckContext,
  words: readonly string[],
  { code, path, outcome }: ProgramWords,
): Promise<FamilyFinding | undefined> {
  const [interpreter] = words;
  if (interpreter === undefined) return undefined;
  if (/^\/(opt|var\/task)\//.test(interpreter)) {
    const isUnknown = interpreter.startsWith('/var/task/') && context.codeView === undefined;
    if (isUnknown || (await locateFile(context, interpreter)) !== 'missing') return undefined;
    return {
      code: `${code}InterpreterMissing`,
      severity: 'error',
      message: `${path} names the interpreter ${interpreter}, which ${interpreter.startsWith('/opt/') ? 'no layer' : 'the code'} has: ${outcome}.`,
      help: 'Add the layer that has it, or correct the first line.',
    };
  }
  const isSearched = posix.basename(interpreter) === 'env';
  const program = isSearched ? words.slice(1).find((word) => !word.startsWith('-')) : interpreter;
  if (program === undefined || context.runtime !== 'provided.al2023') return undefined;
  const name = posix.basename(program);
  if (!missingInterpreters.test(name)) return undefined;
  // Lambda's PATH has /opt/bin, so that "env" finds what a layer brings along.
  if (isSearched && (await locateFile(context, `/opt/bin/${name}`)) !== 'missing') return undefined;
  return {
    code: `${code}InterpreterNotInRuntime`,
    severity: 'warning',
    message: `${path} is run by ${program}, which provided.al2023 does not have: ${outcome}.`,
    help: `Put ${name} into a layer, and name it there, as in "#!/opt/bin/${name}".`,
  };
}
