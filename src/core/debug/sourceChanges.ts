/** Files that tools and interpreters write beside sources, also while the function runs. */
const byProducts = /(^|[/\\])(__pycache__|\.git|\.DS_Store|Thumbs\.db)([/\\]|$)|\.py[co]$|[~#]$|\.sw[a-z]$/;

/** Whether a changed file may change what the function does. */
export function isSourceChange(path: string): boolean {
  return !byProducts.test(path);
}
