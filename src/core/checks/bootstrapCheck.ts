import type { Check, CheckContext, CheckedFile } from './checkContext.ts';
import type { FamilyFinding } from './finding.ts';
import { locateFile } from './locateFile.ts';
import { checkProgram } from './programCheck.ts';

/** Where Lambda looks for the custom runtime, in this order. */
const places = ['/var/task/bootstrap', '/opt/bootstrap'];

/** The custom runtime: there, a file, and startable. Only for `provided` runtimes, or where nothing else is said. */
export const checkBootstrap: Check = async (context, report) => {
  if (!(context.runtime?.startsWith('provided') ?? true)) return;
  for (const path of places) {
    const found = await locateFile(context, path);
    if (found === 'missing') continue;
    if (found === 'unknown') {
      if (path === '/opt/bootstrap') return; // a link that leads out; the family "links" says so
      continue;
    }
    if (found.entry.kind === 'directory') {
      report(directoryFinding(found, path));
      continue;
    }
    const words = {
      code: 'bootstrap',
      path,
      outcome: 'the function fails with Runtime.InvalidEntrypoint',
    } as const;
    for (const finding of await checkProgram(context, found, words)) report(finding);
    return;
  }
  const finding = missingFinding(context);
  if (finding !== undefined) report(finding);
};

function directoryFinding({ entry, place }: CheckedFile, path: string): FamilyFinding {
  return {
    code: 'bootstrapIsDirectory',
    severity: 'error',
    layer: place,
    path: entry.path,
    message: `${path} is a directory; Lambda passes over it.`,
    help: 'The runtime is a file of that name; rename the directory.',
  };
}

function missingFinding({ runtime, codeView }: CheckContext): FamilyFinding | undefined {
  if (runtime === undefined) return undefined;
  const isCodeKnown = codeView !== undefined;
  return {
    code: 'bootstrapMissing',
    severity: isCodeKnown ? 'error' : 'warning',
    message: isCodeKnown
      ? `Neither the code nor a layer has a file "bootstrap" at its root: with ${runtime} the function fails with Runtime.InvalidEntrypoint.`
      : `No layer has a file "bootstrap" at its root: with ${runtime} the function works only if its code has one.`,
    help: 'Add a runtime layer to the stack, or a bootstrap to the code.',
  };
}
