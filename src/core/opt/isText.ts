import type { MergedView, OptEntry } from './mergedView.ts';

/** Larger files are taken for binary without looking. */
const maxTextBytes = 1024 * 1024;
/** How much is looked at; VS Code and git do about the same. */
const sniffedBytes = 8000;

/** Whether a file is short enough and free of NUL bytes at its beginning. @throws UserError as `MergedView.read` */
export async function isText(view: MergedView, file: OptEntry): Promise<boolean> {
  if (file.size > maxTextBytes) return false;
  const content = await view.read(file);
  return !content.subarray(0, sniffedBytes).includes(0);
}
