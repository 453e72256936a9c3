import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
} from 'node:fs/promises';
import { readFile, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { systemErrorCode, UserError } from '../base/errors.ts';
import type { LayerSource } from '../layer/layerSource.ts';
import type { FixOptions } from './applyFix.ts';
import type { FixPlan } from './fixPlan.ts';
import { withoutCarriageReturns } from './lineEndings.ts';
import { replaceFile } from './replaceFile.ts';

type UndoStep =
  | { readonly type: 'mode'; readonly path: string; readonly mode: number }
  | { readonly type: 'content'; readonly path: string; readonly backup: string }
  | { readonly type: 'file'; readonly path: string; readonly backup: string; readonly mode: number }
  | { readonly type: 'link'; readonly path: string; readonly target: string }
  | {
      readonly type: 'parent';
      readonly folder: string;
      readonly names: readonly string[];
      readonly mode: number;
    };

/** How to take back a change to a folder. */
export interface FolderUndo {
  readonly type: 'folder';
  readonly steps: readonly UndoStep[];
}

/** Carries out a fix on a folder. What was done when it fails half-way is taken back. */
export async function fixFolder(
  fix: FixPlan,
  source: LayerSource,
  { backup }: FixOptions,
): Promise<FolderUndo> {
  const steps: UndoStep[] = [];
  try {
    await carryOut(fix, source.path, backup, steps);
    return { type: 'folder', steps };
  } catch (error) {
    await undoInFolder({ type: 'folder', steps });
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      'PathNotFound',
      `The layer folder ${source.path} cannot be changed (${code}).`,
      'Check its permissions, and whether it changed meanwhile.',
      { cause: error },
    );
  }
}

/** Takes the steps of a fix back, the last one first. */
export async function undoInFolder({ steps }: FolderUndo): Promise<void> {
  for (const step of [...steps].reverse()) await undoStep(step);
}

async function carryOut(fix: FixPlan, root: string, backup: string, steps: UndoStep[]): Promise<void> {
  switch (fix.type) {
    case 'setModes':
      for (const { name, mode } of fix.modes) {
        const path = join(root, name);
        steps.push({ type: 'mode', path, mode: (await lstat(path)).mode & 0o7777 });
        await chmod(path, mode);
      }
      return;
    case 'convertLineEndings': {
      const path = join(root, fix.name);
      await copyFile(path, backup);
      await replaceFile(path, async (temporary) =>
        writeFile(temporary, withoutCarriageReturns(await readFile(path))),
      );
      steps.push({ type: 'content', path, backup });
      return;
    }
    case 'dropEntries':
      for (const [index, { name }] of fix.entries.entries()) {
        steps.push(await drop(join(root, name), fix.entries.length === 1 ? backup : `${backup}.${index}`));
      }
      return;
    case 'stripParent':
      return stripParent(root, fix.folder, steps);
  }
}

async function drop(path: string, backup: string): Promise<UndoStep> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) {
    const target = await readlink(path);
    await rm(path);
    return { type: 'link', path, target };
  }
  if (!stats.isFile()) {
    throw new UserError('PathNotFound', `${path} is no file; it is not removed.`, 'Remove it by hand.');
  }
  await copyFile(path, backup);
  await rm(path);
  return { type: 'file', path, backup, mode: stats.mode & 0o7777 };
}

/** The folder gets another name first, so that it may hold something of its own name. */
async function stripParent(root: string, folder: string, steps: UndoStep[]): Promise<void> {
  const { mode } = await lstat(join(root, folder));
  const names = (await readdir(join(root, folder))).sort();
  for (const name of names) {
    if (name !== folder && (await exists(join(root, name)))) {
      throw new UserError(
        'PathNotFound',
        `${join(root, folder)} cannot be dissolved: the layer has "${name}" at its root already.`,
        'Move the files by hand.',
      );
    }
  }
  const aside = join(root, `.${randomUUID()}`);
  await rename(join(root, folder), aside);
  const moved: string[] = [];
  try {
    for (const name of names) {
      await rename(join(aside, name), join(root, name));
      moved.push(name);
    }
    await rmdir(aside);
  } catch (error) {
    for (const name of moved) await rename(join(root, name), join(aside, name));
    await rename(aside, join(root, folder));
    throw error;
  }
  steps.push({ type: 'parent', folder: join(root, folder), names, mode: mode & 0o7777 });
}

async function undoStep(step: UndoStep): Promise<void> {
  switch (step.type) {
    case 'mode':
      return chmod(step.path, step.mode);
    case 'content':
      return replaceFile(step.path, (temporary) => copyFile(step.backup, temporary));
    case 'link':
      return symlink(step.target, step.path);
    case 'file':
      await copyFile(step.backup, step.path);
      return chmod(step.path, step.mode);
    case 'parent': {
      const root = dirname(step.folder);
      const aside = join(root, `.${randomUUID()}`);
      await mkdir(aside);
      for (const name of step.names) await rename(join(root, name), join(aside, name));
      await rename(aside, step.folder);
      return chmod(step.folder, step.mode);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
