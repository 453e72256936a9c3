import { posix } from 'node:path';
import { type Bootstrap, interpreterOf } from '../../run/bootstrap.ts';
import type { LanguageDebugger } from './languageDebugger.ts';

/** Node.js, by the debugger that is built into VS Code (js-debug). */
export const nodeDebugger: LanguageDebugger = {
  language: 'Node.js',
  recognises: (bootstrap) => programNames(bootstrap).includes('node'),
  variables: (port) => ({ NODE_OPTIONS: `--inspect-brk=127.0.0.1:${port}` }),
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

/** `#!/usr/bin/env -S node --flag` → `env`, `-S`, `node`, `--flag`, without folders. */
function programNames(bootstrap: Bootstrap): string[] {
  return interpreterOf(bootstrap).map((word) => posix.basename(word));
}
