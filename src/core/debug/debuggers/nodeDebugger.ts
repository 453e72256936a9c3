import { requireExtension } from './editorDebuggers.ts';
import type { LanguageDebugger } from './languageDebugger.ts';
import { findRun } from './program.ts';

/** What Node.js is called; the second by Debian. */
const programName = /^node(js)?$/;
const extension = { debugType: 'node', name: 'JavaScript Debugger', id: 'ms-vscode.js-debug' };

/** Node.js, by the debugger that is built into VS Code (js-debug). */
export const nodeDebugger: LanguageDebugger = {
  language: 'Node.js',
  recognise: (program) => findRun(program, programName)?.evidence,
  plan: ({ port, variables, editor }) => {
    requireExtension(editor, extension, 'Node.js');
    const own = variables['NODE_OPTIONS'];
    return {
      variables: { NODE_OPTIONS: `${own === undefined ? '' : `${own} `}--inspect-brk=127.0.0.1:${port}` },
      ready: 'listening',
      talk: (line) => (chatter.test(line) ? {} : undefined),
      paths: 'tracker', // its own mapping knows one pair of folders only
      attach: () => ({
        type: 'node',
        request: 'attach',
        address: '127.0.0.1',
        port,
        continueOnAttach: true,
        // Sources are mapped by provenance, so every place may have source maps, and none has to be skipped.
        resolveSourceMapLocations: null,
        skipFiles: ['<node_internals>/**'],
      }),
    };
  },
};

/** What Node.js writes to standard error when its inspector is on. */
const chatter =
  /^(Debugger (listening on ws:|attached\.$|ending on ws:)|For help, see: https:\/\/nodejs\.org\/|Waiting for the debugger to disconnect\.\.\.$)/;
