import { findProgram } from '../../run/bootstrap.ts';
import type { BootstrapPlace } from '../../run/bootstrapStart.ts';
import type { ProgramRun } from './program.ts';

/** What runs source files, by their endings. */
const programs: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.js': 'node',
  '.mjs': 'node',
  '.cjs': 'node',
};

/**
 * What the file with the handler runs as, whatever the bootstrap is: `app.handle` is in `app.py` or `app.js`, of the
 * code before the layers; `undefined` when there is no such file.
 */
export async function handlerRun(
  handler: string,
  { code, view }: Pick<BootstrapPlace, 'code' | 'view'>,
): Promise<ProgramRun | undefined> {
  const module = handler.slice(0, Math.max(0, handler.lastIndexOf('.')));
  const names = new Set([module, module.replaceAll('.', '/')]); // Python writes packages with dots
  for (const root of ['/var/task', '/opt']) {
    for (const name of names) {
      for (const [ending, program] of Object.entries(programs)) {
        const path = `${root}/${name}${ending}`;
        if (name === '' || (await findProgram(path, code.folder, view)) === undefined) continue;
        return { name: program, evidence: `the handler is in ${path}` };
      }
    }
  }
  return undefined;
}
