import type { FunctionCode } from '../../src/core/run/functionCode.ts';

/** The code of a function that is a folder. */
export function codeIn(folder: string): FunctionCode {
  return { path: folder, folder };
}
