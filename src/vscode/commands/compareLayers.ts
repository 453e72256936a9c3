import * as vscode from 'vscode';
import type { TargetServices } from '../account/accountTarget.ts';
import { back } from '../questions/ask.ts';
import { askForTarget } from './askForTarget.ts';
import { compareStacks, type CompareServices, type LayerComparison } from './compareStacks.ts';
import { resolveTarget, type StackTarget } from './stackTarget.ts';

/** Layers in order, or a function: a launch configuration's name, or the ARN of a deployed one. */
export type CompareSide = readonly string[] | { readonly function: string };

export interface CompareOptions {
  readonly left: CompareSide;
  readonly right: CompareSide;
}

/**
 * Compares two stacks, and opens the text files that differ in one editor. Asks for what is not given.
 * @returns what differs, or `undefined` when nothing was chosen
 */
export async function compareLayers(
  services: CompareServices & TargetServices,
  options?: CompareOptions,
): Promise<LayerComparison | undefined> {
  const sides =
    options === undefined
      ? await askForSides(services)
      : [await targetOf(services, options.left), await targetOf(services, options.right)];
  const [left, right] = sides ?? [];
  return left === undefined || right === undefined ? undefined : compareStacks(services, left, right);
}

function targetOf(services: TargetServices, side: CompareSide): Promise<StackTarget | undefined> {
  return resolveTarget(services, 'function' in side ? side : { layers: side }, '');
}

async function askForSides(services: TargetServices): Promise<StackTarget[] | undefined> {
  const title = vscode.l10n.t('Compare Layers');
  for (;;) {
    const placeHolder = vscode.l10n.t('Compare this');
    const left = await askForTarget(services, { title, step: 1, totalSteps: 2, placeHolder });
    if (left === undefined || left === back) return undefined;
    const withThis = vscode.l10n.t('with this');
    const right = await askForTarget(services, { title, step: 2, totalSteps: 2, placeHolder: withThis });
    if (right === back) continue;
    return right === undefined ? undefined : [left, right];
  }
}
