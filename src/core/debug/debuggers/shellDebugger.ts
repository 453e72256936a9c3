import { UserError } from '../../base/errors.ts';
import type { PathMapping } from '../pathMapping.ts';
import type { EditorDebuggers } from './editorDebuggers.ts';
import { findTool } from './findTool.ts';
import type { LanguageDebugger } from './languageDebugger.ts';
import { findRun } from './program.ts';
import { ShellTrace, traceScript } from './shellTrace.ts';

/**
 * Scripts of bash and sh: there is no debugger for them, so the lines that are executed appear in the debug console,
 * each with its place, which is clickable.
 */
export const shellDebugger: LanguageDebugger = {
  language: 'shell (a trace of executed lines)',
  recognise: (program) => findRun(program, /^(ba)?sh$/)?.evidence,
  plan: async ({ program, editor, mapping, show }) => {
    const interpreter = program.type === 'script' ? program.interpreter : [];
    const shell = await shellOf(interpreter);
    const trace = new ShellTrace((file) => placeOf(file, mapping, editor), show);
    return {
      command: (executable) => [...shell, '-c', traceScript, executable],
      ready: 'started',
      paths: 'runs',
      onTrace: (chunk) => trace.add(chunk),
    };
  },
};

/** The editor's own file behind one of the function's, as the debug console links it. */
function placeOf(file: string, mapping: PathMapping, editor: EditorDebuggers): string {
  const source = mapping.toSource(file);
  return source?.type === 'file' ? editor.linkTo(source.path) : file;
}

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
