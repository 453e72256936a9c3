/** What carries out fixes, in one module so that it can be loaded when the first fix is wanted. */
export { applyFix, undoFix } from './applyFix.ts';
export { describeFix } from './fixPlan.ts';
