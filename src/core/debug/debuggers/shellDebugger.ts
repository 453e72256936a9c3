import { UserError } from '../../base/errors.ts';
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
  plan: async ({ program, mapping, show }) => {
    const interpreter = program.type === 'script' ? program.interpreter : [];
    const shell = await shellOf(interpreter);
    const trace = new ShellTrace(mapping, show);
    return {
      command: (executable) => [...shell, '-c', traceScript, executable],
      ready: 'started',
      paths: 'runs',
      onTrace: (chunk) => trace.add(chunk),
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
