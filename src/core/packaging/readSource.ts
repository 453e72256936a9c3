import { closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs';
import type { EntryTable } from './entryTable.ts';
import { changed, unreadable } from './sourceErrors.ts';
import type { PackagingSource } from './workerProtocol.ts';

/**
 * Neither follow a link nor wait for a pipe that took the file's place since the folder was listed.
 * Windows knows neither flag.
 */
const openFlags =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** The file or link behind an entry. */
export function sourcePath(source: PackagingSource, table: EntryTable, index: number): string {
  return `${source.root}/${table.nameBytes(index).toString('utf8', source.prefixLength)}`;
}

/** Opens a regular file, lets `use` read it by descriptor, and closes it. System errors become `UserError`s. */
export function withFile<T>(path: string, use: (descriptor: number) => T): T {
  let descriptor: number;
  try {
    descriptor = openSync(path, openFlags);
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads bytes `start ≤ position < end` into the beginning of `target` and returns that part of it. Throws when the
 * file ends before.
 */
export function readRange(path: string, fd: number, target: Buffer, start: number, end: number): Buffer {
  let length = 0;
  while (length < end - start) {
    const read = readSome(path, fd, target, length, end - start - length, start + length);
    if (read === 0) throw changed(path);
    length += read;
  }
  return target.subarray(0, length);
}

/** Throws unless the file ends at `size`. */
export function expectEnd(path: string, fd: number, size: number): void {
  if (readSome(path, fd, Buffer.allocUnsafe(1), 0, 1, size) !== 0) throw changed(path);
}

/**
 * Reads a file that was `size` bytes long when it was listed into `target`, which has room for one byte more: asking
 * for that byte tells, without another call, that the file has not grown. Throws when the length is another now.
 */
export function readWhole(path: string, target: Buffer, size: number): Buffer {
  return withFile(path, (fd) => {
    let length = 0;
    while (length < size) {
      const read = readSome(path, fd, target, length, size + 1 - length, length);
      if (read === 0) break;
      length += read;
    }
    if (size === 0) expectEnd(path, fd, 0);
    if (length !== size) throw changed(path);
    return target.subarray(0, size);
  });
}

/** The bytes of a link's target; with slashes where Windows has backslashes. */
export function readLink(path: string, platform: NodeJS.Platform): Buffer {
  try {
    const target = readlinkSync(path, 'buffer');
    return platform === 'win32' ? Buffer.from(target.toString().replaceAll('\\', '/')) : target;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readSome(
  path: string,
  fd: number,
  target: Buffer,
  at: number,
  length: number,
  from: number,
): number {
  try {
    return readSync(fd, target, at, length, from);
  } catch (error) {
    throw unreadable(path, error);
  }
}
