import { constants, copyFile, stat } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import type { LayerSource } from '../layer/layerSource.ts';
import { limits } from '../layer/limits.ts';
import { ZipEntries } from '../layer/zip/zipEntries.ts';
import type { FixOptions } from './applyFix.ts';
import type { FixPlan } from './fixPlan.ts';
import { replaceFile } from './replaceFile.ts';
import { type NewEntry, writeZip } from './writeZip.ts';

/** How to take back a change to a zip. */
export interface ZipUndo {
  readonly type: 'zip';
  readonly path: string;
  readonly backup: string;
}

/** Larger zips are left to the tool that made them: rewriting them holds all of their content in memory. */
const maxZipBytes = 64 * 1024 * 1024;
/** From this count on an archive needs zip64, which jszip does not write. */
const maxZipEntries = 65_534;

/** Carries out a fix on a zip by writing it again; every other entry keeps its name, content, mode and time. */
export async function fixZip(
  fix: FixPlan,
  source: LayerSource,
  { backup, signal }: FixOptions,
): Promise<ZipUndo> {
  const { path, entries } = source;
  if (!(entries instanceof ZipEntries)) throw new RangeError(`${path} is no zip`);
  const { size } = await stat(path);
  if (source.identity !== (await identityOf(path))) throw changed(path);
  const plan = planEntries(fix, path, entries);
  refuseLarge(path, size, entries, plan);
  refuseUnwritable(path, entries, plan);
  await copyFile(path, backup, constants.COPYFILE_EXCL);
  await replaceFile(path, (temporary) => writeZip(temporary, source, plan, signal));
  return { type: 'zip', path, backup };
}

/** Puts the bytes of before back in place. */
export async function restoreZip({ path, backup }: ZipUndo): Promise<void> {
  await replaceFile(path, (temporary) => copyFile(backup, temporary));
}

/** As `openZip` forms it. */
async function identityOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `zip:${path}:${size}:${mtimeMs}`;
}

function changed(path: string): UserError {
  return new UserError(
    'PathNotFound',
    `${path} changed since it was checked; the fix is not applied.`,
    'Check it again.',
  );
}

function planEntries(fix: FixPlan, path: string, entries: ZipEntries): NewEntry[] {
  const edit = editOf(fix, path, entries);
  return Array.from({ length: entries.count }, (_, entry) => {
    const kept: NewEntry = {
      entry,
      name: entries.name(entry),
      mode: entries.mode(entry),
      convertsLines: false,
    };
    return edit(kept);
  }).filter((entry) => entry !== undefined);
}

/** What a fix makes of each entry; `undefined` drops it. */
function editOf(fix: FixPlan, path: string, entries: ZipEntries): (kept: NewEntry) => NewEntry | undefined {
  switch (fix.type) {
    case 'setModes': {
      const modes = new Map(fix.modes.map(({ name, mode }) => [name, mode]));
      return (kept) => ({ ...kept, mode: modes.get(kept.name) ?? kept.mode });
    }
    case 'convertLineEndings':
      return (kept) => ({ ...kept, convertsLines: kept.name === fix.name });
    case 'stripParent':
      return (kept) => {
        const name = withoutParent(kept.name, fix.folder);
        return name === '' ? undefined : { ...kept, name };
      };
    case 'dropEntries': {
      const dropped = new Set(fix.entries.map(({ entry }) => entry));
      if (fix.entries.some(({ entry, name }) => entry >= entries.count || entries.name(entry) !== name)) {
        throw changed(path);
      }
      return (kept) => (dropped.has(kept.entry) ? undefined : kept);
    }
  }
}

/** The name as seen from inside the folder; `''` for the folder itself, unchanged outside of it. */
function withoutParent(name: string, folder: string): string {
  const segments = name.split('/');
  const first = segments.findIndex((segment) => segment !== '' && segment !== '.');
  if (segments[first] !== folder) return name;
  const rest = segments.slice(first + 1);
  return rest.slice(rest.findIndex((segment) => segment !== '')).join('/');
}

function refuseLarge(path: string, size: number, entries: ZipEntries, plan: readonly NewEntry[]): void {
  const unzipped = plan.reduce((sum, { entry }) => sum + entries.size(entry), 0);
  const isFine = size <= maxZipBytes && plan.length <= maxZipEntries && unzipped <= limits.unzippedBytes;
  if (isFine) return;
  throw new UserError(
    'FileTooLarge',
    `${path} is too large to be changed here (${size} bytes, ${plan.length} entries, ${unzipped} bytes unzipped).`,
    'Fix the files that it is made from, and create it again.',
  );
}

/** An archive is written again only when nothing of what is not to be changed would be lost. */
function refuseUnwritable(path: string, entries: ZipEntries, plan: readonly NewEntry[]): void {
  const seen = new Set<string>();
  for (const { entry, name } of plan) {
    const problem =
      entries.problem(entry) ??
      (name === '' ? 'it has no name' : undefined) ??
      (seen.has(name) ? 'its name is there twice' : undefined);
    seen.add(name);
    if (problem === undefined) continue;
    throw new UserError(
      'ArchiveEntryInvalid',
      `${path} cannot be written again: the entry ${JSON.stringify(name)} would be lost, because ${problem}.`,
      'Remove that entry first, or create the archive again.',
    );
  }
}
