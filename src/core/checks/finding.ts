import type { FixPlan } from './fixPlan.ts';

/** `error`: Lambda refuses or fails; `warning`: probably not what is meant; `info`: good to know. */
export type Severity = 'error' | 'warning' | 'info';

/** Which group of checks found it; each is one file and one line in `checkLayers`' table. */
export type CheckFamily =
  'limits' | 'archive' | 'links' | 'conflicts' | 'searchPaths' | 'bootstrap' | 'extensions' | 'permissions';

/** A layer's place in the stack, from 0, or the function's code. */
export type Place = number | 'code';

/** Something about a stack that Lambda will not do as its author means. */
export interface Finding {
  /** Stable id such as `bootstrapNotExecutable`, for settings and tests. */
  readonly code: string;
  readonly family: CheckFamily;
  readonly severity: Severity;
  /** Whose it is; missing when it is the whole stack's. */
  readonly layer?: Place;
  /** Path below `/opt` (below `/var/task` for code), or the stored name of an entry that has no path there. */
  readonly path?: string;
  /** What happens on Lambda, in one sentence. */
  readonly message: string;
  /** How to fix it. */
  readonly help: string;
  /** A change to the layer that makes the finding go away, where one is safe. */
  readonly fix?: FixPlan;
}

/** A finding as a family gives it. */
export type FamilyFinding = Omit<Finding, 'family'>;
