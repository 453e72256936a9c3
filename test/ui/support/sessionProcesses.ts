import { readFileSync } from 'node:fs';
import { childrenOf } from '../../../src/core/run/memory.ts';
import { processesNaming } from '../../support/processes.ts';
import type { Workbench } from './workbench.ts';

/** The process in which the extensions of a workbench run. */
export function extensionHostOf({ host }: Workbench): number {
  const [pid] = processesNaming(host.folder).filter((each) =>
    readFileSync(`/proc/${each}/cmdline`, 'latin1').includes('--type=extensionHost'),
  );
  if (pid === undefined) throw new Error('The workbench has no extension host.');
  return pid;
}

/** All processes that descend from one. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}
