import { describeError, UserError } from '../base/errors.ts';
import { resolveLinks, type Resolution } from '../opt/links.ts';
import { type CheckContext, type Check, isShown } from './checkContext.ts';
import { entryPath } from './entryPath.ts';
import type { FamilyFinding } from './finding.ts';

/** Links that `/opt` shows and that lead nowhere, round in a circle, or out of `/opt`. */
export const checkLinks: Check = async (context, report) => {
  for (const [layer, tree] of context.layers.entries()) {
    const { entries } = tree.source;
    for (let node = 1; node < tree.count; node++) {
      if (node % 256 === 0 && context.slices.due()) await context.slices.pause();
      const entry = tree.kind(node) === 'link' ? tree.entry(node) : undefined;
      if (entry === undefined || entries.problem(entry) !== undefined) continue;
      const path = entryPath(entries, entry);
      if (!isShown(context.view, layer, entry, path)) continue;
      const finding = await checkLink(context, path);
      if (finding !== undefined) report({ ...finding, layer, path });
    }
  }
};

async function checkLink(context: CheckContext, path: string): Promise<FamilyFinding | undefined> {
  try {
    return judge(context, path, await resolveLinks(context.view, path, 'follow'));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      code: 'linkUnreadable',
      severity: 'error',
      message: `The link /opt/${path} cannot be followed: ${describeError(error)}`,
      help: 'Create the archive again.',
    };
  }
}

function judge({ codeView }: CheckContext, path: string, end: Resolution): FamilyFinding | undefined {
  switch (end.status) {
    case 'found':
      return undefined;
    case 'missing':
      return {
        code: 'linkDangles',
        severity: 'warning',
        message: `The link /opt/${path} leads to /opt/${end.path}, which no layer has.`,
        help: 'Add what it points to, or remove the link.',
      };
    case 'loop':
      return {
        code: 'linkLoops',
        severity: 'error',
        message: `The link /opt/${path} leads in a circle; opening it fails with ELOOP.`,
        help: 'Point it to a file, or remove it.',
      };
    case 'outside': {
      const inCode = /^\/var\/task\/(.+)$/.exec(end.target)?.[1];
      if (inCode !== undefined && (codeView === undefined || codeView.lookup(inCode) !== undefined)) {
        return undefined; // layers may lean on the code that they are made for
      }
      return {
        code: 'linkEscapes',
        severity: 'warning',
        message: `The link /opt/${path} leads out of /opt, to ${end.target}; it works only where the runtime has that.`,
        help: 'Link to something inside the layer, or copy the file.',
      };
    }
  }
}
