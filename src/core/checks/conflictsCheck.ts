import { basename } from 'node:path';
import { findConflicts } from '../opt/conflicts.ts';
import type { Conflict } from '../opt/provenance.ts';
import type { Check, CheckContext } from './checkContext.ts';
import type { FamilyFinding } from './finding.ts';

/** Paths that layers do not agree on. AWS does not document what happens, so it is said rather than guessed. */
export const checkConflicts: Check = async (context, report) => {
  for await (const conflict of findConflicts(context.view, context.signal)) {
    report(conflict.type === 'kind' ? kindConflict(conflict) : caseConflict(context, conflict));
  }
};

function kindConflict({ path, suppliers }: Extract<Conflict, { type: 'kind' }>): FamilyFinding {
  const who = suppliers
    .map(({ layer, kind, source }) => `a ${kind} in layer ${layer + 1} (${basename(source)})`)
    .join(', ');
  return {
    code: 'kindConflict',
    severity: 'error',
    ...(suppliers[0] === undefined ? {} : { layer: suppliers[0].layer }),
    path,
    message: `/opt/${path} is ${who}; which of them the function sees is not documented.`,
    help: 'Rename it in one of the layers, or take it out.',
  };
}

function caseConflict({ view }: CheckContext, { paths }: Extract<Conflict, { type: 'case' }>): FamilyFinding {
  const layers = paths.flatMap((path) => view.lookup(path)?.layer ?? []);
  const isBetween = new Set(layers).size > 1;
  const [path] = paths;
  return {
    code: 'caseConflict',
    severity: isBetween ? 'warning' : 'info',
    ...(layers.length === 0 ? {} : { layer: Math.max(...layers) }),
    ...(path === undefined ? {} : { path }),
    message: `${paths.map((each) => `/opt/${each}`).join(' and ')} differ only by letter case; Lambda keeps them all.`,
    help: isBetween
      ? 'Give them the same name if the later layer is to replace the earlier one.'
      : 'Rename one: on Windows and macOS they cannot be extracted side by side.',
  };
}
