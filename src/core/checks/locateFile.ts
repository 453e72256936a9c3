import { posix } from 'node:path';
import { UserError } from '../base/errors.ts';
import { resolveLinks } from '../opt/links.ts';
import type { CheckContext, CheckedFile } from './checkContext.ts';

/** What is at a path of the function: a file or directory, nothing, or what cannot be told from here. */
export type Located = CheckedFile | 'missing' | 'unknown';

/** Changes between code and layers that links may make before they count as a loop. */
const maxCrossings = 40;

/** Follows an absolute path of the function through its code and its layers. */
export async function locateFile(context: CheckContext, path: string): Promise<Located> {
  try {
    let next = posix.normalize(path);
    for (let crossings = 0; crossings < maxCrossings; crossings++) {
      const found = next.startsWith('/var/task/') ? await inCode(context, next) : await inOpt(context, next);
      if (typeof found !== 'object' || 'view' in found) return found;
      next = posix.normalize(found.target);
    }
    return 'missing';
  } catch (error) {
    if (error instanceof UserError) return 'unknown';
    throw error;
  }
}

type Step = Located | { readonly target: string };

async function inOpt({ view }: CheckContext, path: string): Promise<Step> {
  if (!path.startsWith('/opt/')) return 'unknown';
  const end = await resolveLinks(view, path.slice('/opt/'.length), 'follow');
  if (end.status === 'found') return { view, entry: end.entry, place: end.entry.layer };
  return end.status === 'outside' ? { target: end.target } : 'missing';
}

async function inCode({ codeView }: CheckContext, path: string): Promise<Step> {
  if (codeView === undefined) return 'unknown';
  const entry = codeView.lookup(path.slice('/var/task/'.length));
  if (entry === undefined) return 'missing';
  if (entry.kind !== 'link') return { view: codeView, entry, place: 'code' };
  return { target: posix.resolve(posix.dirname(path), await codeView.readLink(entry)) };
}
