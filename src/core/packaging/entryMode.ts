/** The bits of a Unix mode that tell a file's kind, and the kinds that a layer can hold (`<sys/stat.h>`). */
export const kindMask = 0o170000;
export const directoryMode = 0o040755;
export const linkMode = 0o120777;
export const plainMode = 0o100644;
export const executableMode = 0o100755;

/** Whether a mode is that of a symbolic link. */
export const isLinkMode = (mode: number): boolean => (mode & kindMask) === (linkMode & kindMask);

/** Whether a mode is that of a directory. */
export const isDirectoryMode = (mode: number): boolean => (mode & kindMask) === (directoryMode & kindMask);

/** Whether a mode is that of a regular file. */
export const isFileMode = (mode: number): boolean => (mode & kindMask) === (plainMode & kindMask);

/**
 * The mode stored for a regular file: everyone may read it (Lambda's sandbox user is not the owner), and everyone
 * may run it if anyone may. Windows keeps no such bit, so there the places that Lambda executes from decide;
 * `modeForContent` adds scripts.
 */
export function modeForFile(statMode: number, name: string, platform: NodeJS.Platform): number {
  const executable = platform === 'win32' ? isExecutedByLambda(name) : (statMode & 0o111) !== 0;
  return executable ? executableMode : plainMode;
}

/** The mode of a regular file once its first bytes are known: on Windows a script is executable. */
export function modeForContent(mode: number, start: Uint8Array, platform: NodeJS.Platform): number {
  const script = start[0] === 0x23 && start[1] === 0x21; // #!
  return platform === 'win32' && script ? executableMode : mode;
}

function isExecutedByLambda(name: string): boolean {
  return name === 'bootstrap' || name.startsWith('bin/') || name.startsWith('extensions/');
}
