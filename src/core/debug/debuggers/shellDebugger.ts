import { UserError } from '../../base/errors.ts';
import type { PathMapping } from '../pathMapping.ts';
import { findTool } from './findTool.ts';
import type { DebuggerTalk, LanguageDebugger } from './languageDebugger.ts';
import { findRun } from './program.ts';

/** Stands around the place in a line of the trace; no program writes it by accident. */
const separator = '\x1f';

/**
 * Runs the script, whose path is `$0`, in the same shell with its trace on. That goes to a copy of standard error, so
 * that what a command's errors are redirected to holds errors only; its prompt names the file and the line.
 */
const traceScript = `
exec 99>&2
BASH_XTRACEFD=99
PS4='+${separator}\${BASH_SOURCE-}:\${LINENO}${separator} '
set -x
. "$0"
`;

/**
 * Scripts of bash and sh: there is no debugger for them, so the lines that are executed appear in the debug console,
 * each with its place, which is clickable.
 */
export const shellDebugger: LanguageDebugger = {
  language: 'shell (a trace of executed lines)',
  recognise: (program) => findRun(program, /^(ba)?sh$/)?.evidence,
  plan: async ({ program, mapping }) => {
    const interpreter = program.type === 'script' ? program.interpreter : [];
    const shell = await shellOf(interpreter);
    return {
      command: (executable) => [...shell, '-c', traceScript, executable],
      ready: 'started',
      paths: 'runs',
      talk: (line) => readTrace(line, mapping),
    };
  },
};

/** The `sh` of Lambda's Amazon Linux is bash. Others cannot keep their trace apart from errors. */
async function shellOf([first = '', ...options]: readonly string[]): Promise<readonly string[]> {
  if (!first.endsWith('/sh')) return [first, ...options];
  const bash = await findTool(['bash']);
  if (bash !== undefined) return [bash, '--posix', ...options];
  throw new UserError(
    'DebuggerMissing',
    'The function runs without a trace of its shell script: that takes bash.',
    'Install the package bash, then start again.',
  );
}

const tracedLine = new RegExp(`^(\\++)${separator}([^${separator}]*):(\\d+)${separator} (.*)$`, 's');
/** How often the prompt's first character is repeated for the script itself, which the trace starts by sourcing it. */
const baseDepth = 2;

/** One line of the trace, with the place in the editor's own file. Nested commands are indented. */
function readTrace(line: string, mapping: PathMapping): DebuggerTalk | undefined {
  const match = tracedLine.exec(line);
  if (match === null) return undefined;
  const [, depth = '', file = '', number = '', command = ''] = match;
  if (file === '') return {}; // what starts the trace
  const source = mapping.toSource(file);
  const place = source?.type === 'file' ? source.path : file;
  return { shown: `${'  '.repeat(Math.max(0, depth.length - baseDepth))}${place}:${number}  ${command}` };
}
