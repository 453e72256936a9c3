import { requireExtension } from './editorDebuggers.ts';
import type { DebugPlan, LanguageDebugger } from './languageDebugger.ts';
import { nodeStart, startVariables } from './nodeStart.ts';
import { findRun } from './program.ts';
import { writeStartFile } from './startFile.ts';

/** What Node.js is called; the second by Debian. */
const programName = /^node(js)?$/;
const extension = { debugType: 'node', name: 'JavaScript Debugger', id: 'ms-vscode.js-debug' };
const fileName = 'start.cjs';

/**
 * Node.js, by the debugger that is built into VS Code (js-debug). Node.js loads a file before the program, so it does
 * not matter who starts it and how.
 */
export const nodeDebugger: LanguageDebugger = {
  language: 'Node.js',
  recognise: (program) => findRun(program, programName)?.evidence,
  plan: async ({ port, variables, editor, temporary }): Promise<DebugPlan> => {
    requireExtension(editor, extension, 'Node.js');
    const folder = await writeStartFile(temporary, fileName, nodeStart);
    const own = variables['NODE_OPTIONS'];
    const load = `--require ${quote(`${folder}/${fileName}`)}`;
    return {
      variables: {
        NODE_OPTIONS: own === undefined ? load : `${own} ${load}`,
        [startVariables.port]: String(port),
        ...(own === undefined ? {} : { [startVariables.options]: own }),
      },
      entrance: 'NODE_OPTIONS',
      ready: 'listening',
      talk: (line) => (ownLines.test(line) ? {} : undefined),
      paths: 'tracker', // its own mapping knows one pair of folders only
      attach: () => ({
        type: 'node',
        request: 'attach',
        address: '127.0.0.1',
        port,
        continueOnAttach: true,
        autoAttachChildProcesses: false, // it would set NODE_OPTIONS in the function
        // Sources are mapped by provenance, so every place may have source maps, and none has to be skipped.
        resolveSourceMapLocations: null,
        skipFiles: ['<node_internals>/**'],
      }),
    };
  },
};

/** A word of `NODE_OPTIONS` (Node.js documentation). */
function quote(word: string): string {
  return `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** What Node.js writes to standard error when its inspector is on. */
const ownLines =
  /^(Debugger (listening on ws:|attached\.$|ending on ws:)|For help, see: https:\/\/nodejs\.org\/|Waiting for the debugger to disconnect\.\.\.$)/;
