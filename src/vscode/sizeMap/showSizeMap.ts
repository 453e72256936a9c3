import * as vscode from 'vscode';
import { limits } from '../../core/layer/limits.ts';
import type { CommandServices } from '../commands/services.ts';
import { resolveTarget, type StackInput } from '../commands/stackTarget.ts';
import type { SizeMaps } from './sizeMaps.ts';

/** What a layer, or the code, adds to the budget. */
export interface Contribution {
  /** Absolute path of its folder or zip. */
  readonly path: string;
  readonly bytes: number;
  /** The share of `bytes` that later layers hide. */
  readonly shadowedBytes: number;
}

/** The sums of a size map; sizes are unzipped, in bytes, and counted as Lambda counts. */
export interface SizeSummary {
  readonly totalBytes: number;
  readonly limitBytes: number;
  /** In the order of the stack. */
  readonly layers: readonly Contribution[];
  readonly code?: Contribution;
}

/**
 * Opens the size map of a stack in an editor tab. Asks for the stack when nothing is given.
 * @returns its sums, or `undefined` when nothing was chosen
 * @throws UserError as `resolveTarget` and `openLayer`
 */
export async function showSizeMap(
  services: CommandServices,
  maps: SizeMaps,
  input?: StackInput,
): Promise<SizeSummary | undefined> {
  const placeHolder = vscode.l10n.t('Function or layer whose size to show');
  const target = await resolveTarget(services, input, placeHolder);
  if (target === undefined) return undefined;
  const { sizes } = await maps.show(target);
  const all = sizes.parts.map(({ kind, tree, totalBytes, shadowedBytes }) => ({
    kind,
    contribution: { path: tree.source.path, bytes: totalBytes, shadowedBytes: shadowedBytes[0] ?? 0 },
  }));
  const code = all.find(({ kind }) => kind === 'code')?.contribution;
  return {
    totalBytes: sizes.totalBytes,
    limitBytes: limits.unzippedBytes,
    layers: all.filter(({ kind }) => kind === 'layer').map(({ contribution }) => contribution),
    ...(code === undefined ? {} : { code }),
  };
}
