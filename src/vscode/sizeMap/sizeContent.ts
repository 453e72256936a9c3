import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import { limits } from '../../core/layer/limits.ts';
import { describeBudget } from '../../core/opt/budget.ts';
import { measureSizes, type StackSizes } from '../../core/opt/measureSizes.ts';
import { nearestDirectory, nodeAt, type SizePlace } from '../../core/opt/sizePlace.ts';
import { sizeTree } from '../../core/opt/sizeTree.ts';
import { optUri } from '../optFiles/optUris.ts';
import type { OpenStack, Stacks } from '../optFiles/stacks.ts';
import type { ShownMap, ShownPart, SizeTarget } from './messages.ts';

/** The measured sizes of a target. */
export interface SizeContent {
  readonly target: SizeTarget;
  readonly stack: OpenStack;
  /** The code, opened as a stack of its own: its changes are then noticed as those of layers are. */
  readonly code: OpenStack | undefined;
  readonly sizes: StackSizes;
}

/** Opens and measures a target. @throws UserError as `openLayer` */
export async function measureTarget(
  stacks: Stacks,
  target: SizeTarget,
  signal: AbortSignal,
): Promise<SizeContent> {
  const stack = await stacks.open(target.paths);
  const code = target.code === undefined ? undefined : await stacks.open([target.code]);
  const sizes = await measureSizes(stack.view.layers, code?.view.layers[0], signal);
  return { target, stack, code, sizes };
}

/** What the page draws of a place, or of what is left of it. */
export function shownMap(
  { target, sizes }: SizeContent,
  nameOf: (path: string) => string,
  place: SizePlace | undefined,
): ShownMap {
  const shown = nearestDirectory(sizes, place);
  return {
    type: 'show',
    target,
    heading: headingOf(target, nameOf),
    budget: describeBudget(sizes.totalBytes),
    totalBytes: sizes.totalBytes,
    limitBytes: limits.unzippedBytes,
    parts: shownParts(target, sizes, nameOf),
    nodes: sizeTree(sizes, shown),
    ...(shown === undefined ? {} : { place: shown }),
  };
}

/** The function's name, or those of the layers. */
export function headingOf(target: SizeTarget, nameOf: (path: string) => string): string {
  return target.functionName ?? target.paths.map(nameOf).join(' + ');
}

function shownParts(target: SizeTarget, sizes: StackSizes, nameOf: (path: string) => string): ShownPart[] {
  return sizes.parts.map(({ kind, totalBytes, shadowedBytes }, index) => ({
    kind,
    label: kind === 'code' ? vscode.l10n.t('Code') : `${index + 1} ${nameOf(target.paths[index] ?? '')}`,
    bytes: totalBytes,
    shadowedBytes: shadowedBytes[0] ?? 0,
  }));
}

/**
 * The URI under which a file or link of the map is read: of the merged view where it shows there, else of its layer.
 * @throws UserError `PathNotFound` when it is no longer there
 */
export function uriOfPlace({ target, stack, code, sizes }: SizeContent, place: SizePlace): vscode.Uri {
  const part = sizes.parts[place.part];
  const node = nodeAt(sizes, place);
  if (part === undefined || node === undefined || part.tree.isDirectory(node)) {
    throw new UserError('PathNotFound', `${place.path} is not a file of this size map any more.`);
  }
  if (part.kind === 'layer') {
    const hidden = part.hidden[node] === 1;
    return optUri({ stack: stack.id, path: place.path, ...(hidden ? { layer: place.part } : {}) });
  }
  if (part.tree.source.format === 'folder') return vscode.Uri.file(join(target.code ?? '', place.path));
  return optUri({ stack: code?.id ?? '', path: place.path });
}
