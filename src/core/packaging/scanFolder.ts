import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode, UserError } from '../base/errors.ts';
import { encodeEntryName, invalidName } from './entryName.ts';
import { directoryMode, linkMode, modeForFile } from './entryMode.ts';
import { EntryTable, type ScannedEntry, type SharedEntryTable } from './entryTable.ts';
import { readIgnoreRules, type IgnoreRules } from './ignoreRules.ts';
import { isPartialFile } from './partialFile.ts';
import { readLink } from './readSource.ts';
import { unreadable } from './sourceErrors.ts';
import type { JobProgress } from './workerProtocol.ts';

/** What to list. */
export interface ScanRequest {
  /** Absolute path of the folder. */
  readonly root: string;
  /** What the layout puts before every name. */
  readonly prefix: string;
  readonly platform: NodeJS.Platform;
  /** The archive to be written, relative to the folder with slashes, when it lies inside. */
  readonly output: string | undefined;
}

/** What is not shipped. */
export interface LeftOut {
  readonly count: number;
  /** The first of them, relative to the folder; directories end with a slash and stand for all they hold. */
  readonly paths: readonly string[];
}

/** A listed folder. */
export interface ScanResult {
  readonly table: SharedEntryTable;
  readonly leftOut: LeftOut;
}

interface FoundEntry extends ScannedEntry {
  /** Compares like the name's UTF-8 bytes. */
  readonly order: string;
}

const progressInterval = 500;
const maxLeftOutPaths = 1000;

/**
 * Lists a folder for packaging: files, links and those directories in which nothing is stored, sorted by the bytes
 * of their names. Other directories have no entry of their own: unpacking makes them, with mode 755, and an entry
 * would only carry a mode that differs between machines. Synchronous, for a worker. Throws `UserError`s naming the path.
 */
export function scanFolder(request: ScanRequest, report: (progress: JobProgress) => void): ScanResult {
  const scan = new FolderScan(request, report);
  scan.run();
  scan.found.sort((a, b) => (a.order < b.order ? -1 : 1));
  return {
    table: EntryTable.from(scan.found).shared,
    leftOut: { count: scan.leftOutCount, paths: scan.leftOutPaths.sort() },
  };
}

class FolderScan {
  readonly found: FoundEntry[] = [];
  readonly leftOutPaths: string[] = [];
  leftOutCount = 0;
  readonly #request: ScanRequest;
  readonly #report: (progress: JobProgress) => void;
  readonly #rules: IgnoreRules;
  readonly #pending: string[] = [''];

  constructor(request: ScanRequest, report: (progress: JobProgress) => void) {
    this.#request = request;
    this.#report = report;
    this.#rules = readIgnoreRules(request.root);
  }

  run(): void {
    let directory: string | undefined;
    while ((directory = this.#pending.pop()) !== undefined) this.#list(directory);
  }

  /** Takes in a directory, given relative to the root with a slash at its end (empty for the root itself). */
  #list(directory: string): void {
    let kept = 0;
    for (const child of readNames(this.#absolute(directory))) {
      if (this.#take(directory + child)) kept++;
    }
    if (kept === 0 && directory !== '') this.#add(directory, directoryMode, 0);
  }

  #take(path: string): boolean {
    const stats = readStats(this.#absolute(path));
    if (this.#isLeftOut(stats.isDirectory() ? `${path}/` : path)) return false;
    if (stats.isDirectory()) this.#pending.push(`${path}/`);
    else this.#addFile(path, stats);
    return true;
  }

  #addFile(path: string, stats: Stats): void {
    const absolute = this.#absolute(path);
    const { prefix, platform } = this.#request;
    if (stats.isSymbolicLink()) this.#add(path, linkMode, readLink(absolute, platform).length);
    else if (stats.isFile()) this.#add(path, modeForFile(stats.mode, prefix + path, platform), stats.size);
    else throw specialFile(absolute, stats);
  }

  #add(path: string, mode: number, size: number): void {
    const name = encodeEntryName(this.#request.prefix + path);
    this.found.push({ name, mode, size, order: name.toString('latin1') });
    if (this.found.length % progressInterval === 0) this.#report({ done: this.found.length, path });
  }

  #isLeftOut(path: string): boolean {
    if (path === this.#request.output || isPartialFile(path.slice(path.lastIndexOf('/') + 1))) return true;
    if (!this.#rules.ignores(path)) return false;
    this.leftOutCount++;
    if (this.leftOutPaths.length < maxLeftOutPaths) this.leftOutPaths.push(path);
    return true;
  }

  #absolute(path: string): string {
    return `${this.#request.root}/${path}`;
  }
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw unreadable(join(directory), error);
  }
}

function readStats(path: string): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    // Node shows bytes that are no UTF-8 as U+FFFD, and under that name there is nothing.
    if (systemErrorCode(error) === 'ENOENT' && path.includes('\ufffd'))
      throw invalidName(path, 'is not valid UTF-8');
    throw unreadable(path, error);
  }
}

function specialFile(path: string, stats: Stats): UserError {
  const kind = stats.isSocket() ? 'a socket' : stats.isFIFO() ? 'a named pipe' : 'a device';
  return new UserError(
    'ArchiveEntryInvalid',
    `${path} is ${kind}, which a layer cannot hold.`,
    'Remove it, or keep it out of the layer.',
  );
}
