import type { LayerSource } from '../layer/layerSource.ts';
import { fixFolder, undoInFolder, type FolderUndo } from './fixFolder.ts';
import type { FixPlan } from './fixPlan.ts';
import { fixZip, restoreZip, type ZipUndo } from './fixZip.ts';

/** What `undoFix` needs to bring the layer back as it was. Plain data. */
export type FixUndo = FolderUndo | ZipUndo;

export interface FixOptions {
  /** A path where nothing is yet; what the fix replaces is kept there, as long as it is to be undone. */
  readonly backup: string;
  readonly signal?: AbortSignal;
}

/**
 * Changes a layer on disk. A zip is written to a temporary name and renamed, so that it is never half changed.
 * @throws UserError `PathNotFound` when the layer changed meanwhile, `FileTooLarge` and `ArchiveEntryInvalid` for
 * zips that cannot be written again without loss
 */
export function applyFix(fix: FixPlan, source: LayerSource, options: FixOptions): Promise<FixUndo> {
  return source.format === 'folder' ? fixFolder(fix, source, options) : fixZip(fix, source, options);
}

/** Takes a fix back. Files get their bytes and modes of before. */
export function undoFix(undo: FixUndo): Promise<void> {
  return undo.type === 'zip' ? restoreZip(undo) : undoInFolder(undo);
}
