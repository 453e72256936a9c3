import { posix } from 'node:path';
import { type Bootstrap, interpreterOf } from '../../run/bootstrap.ts';
import type { LanguageDebugger } from './languageDebugger.ts';

/** What Node.js is called; the second by Debian. */
const programNames: readonly string[] = ['node', 'nodejs'];

/** Node.js, by the debugger that is built into VS Code (js-debug). */
export const nodeDebugger: LanguageDebugger = {
  language: 'Node.js',
  connectsToPort: false, // it tries again by itself
  recognises: (bootstrap) => programNames.includes(programOf(bootstrap)),
  variables: (port) => ({ NODE_OPTIONS: `--inspect-brk=127.0.0.1:${port}` }),
  isChatter: (line) => chatter.test(line),
  attach: (port) => ({
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

/** What Node.js writes to standard error when its inspector is on. */
const chatter =
  /^(Debugger (listening on ws:|attached\.$|ending on ws:)|For help, see: https:\/\/nodejs\.org\/|Waiting for the debugger to disconnect\.\.\.$)/;

/** `#!/usr/bin/env -S A=b node --flag` → `node`; the interpreter itself when that is not `env`. */
function programOf(bootstrap: Bootstrap): string {
  const [interpreter = '', ...words] = interpreterOf(bootstrap);
  if (posix.basename(interpreter) !== 'env') return posix.basename(interpreter);
  return posix.basename(words.find((word) => !word.startsWith('-') && !word.includes('=')) ?? '');
}
