/** Why a stored name cannot become a path below `/opt`. */
export type NameProblem = 'escapes' | 'absolute' | 'invalidName';

const slash = 0x2f;
const dot = 0x2e;
/** Longest file name that Linux file systems take, in bytes. */
const maxSegment = 255;
/** Longest path below `/opt/`, in bytes: Linux's `PATH_MAX` less the mount point and the final NUL. */
const maxPath = 4096 - '/opt/'.length - 1;

/**
 * Judges a stored name. Names that escape, name no file or could not exist on Lambda's file system are kept out of
 * the tree, and so out of every URI and off every disk. `bytes[start..end)` is the name without slashes at its end.
 */
export function checkName(bytes: Uint8Array, start: number, end: number): NameProblem | undefined {
  if (end <= start || end - start > maxPath) return 'invalidName';
  if (bytes[start] === slash) return 'absolute';
  let segmentStart = start;
  for (let at = start; at <= end; at++) {
    if (at < end && bytes[at] !== slash) {
      if (bytes[at] === 0) return 'invalidName';
      continue;
    }
    const length = at - segmentStart;
    if (length > maxSegment) return 'invalidName';
    if (length === 2 && bytes[segmentStart] === dot && bytes[segmentStart + 1] === dot) return 'escapes';
    segmentStart = at + 1;
  }
  return undefined;
}
