import { checkArchive } from './archiveCheck.ts';
import { checkBootstrap } from './bootstrapCheck.ts';
import { type Check, type CheckRequest, createContext } from './checkContext.ts';
import { checkConflicts } from './conflictsCheck.ts';
import { checkExtensions } from './extensionsCheck.ts';
import type { CheckFamily, Finding } from './finding.ts';
import { FindingList } from './findingList.ts';
import { checkLimits } from './limitsCheck.ts';
import { checkLinks } from './linksCheck.ts';
import { checkPermissions } from './permissionsCheck.ts';
import { checkSearchPaths } from './searchPathsCheck.ts';

/** Every family, in the order of its findings. */
const families: Readonly<Record<CheckFamily, Check>> = {
  limits: checkLimits,
  archive: checkArchive,
  links: checkLinks,
  conflicts: checkConflicts,
  searchPaths: checkSearchPaths,
  bootstrap: checkBootstrap,
  extensions: checkExtensions,
  permissions: checkPermissions,
};

/**
 * Says what Lambda will not do as the author of a stack means. Content is read only where a check needs it, and
 * then no more than a file's first bytes.
 * @throws the signal's reason once it was aborted
 */
export async function checkLayers(request: CheckRequest, signal?: AbortSignal): Promise<Finding[]> {
  const context = createContext(request, signal);
  const found = new FindingList();
  for (const [family, check] of Object.entries(families) as [CheckFamily, Check][]) {
    signal?.throwIfAborted();
    await check(context, (finding) => found.add(family, finding));
  }
  return found.all();
}
