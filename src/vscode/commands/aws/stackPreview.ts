import * as vscode from 'vscode';
import type { LayerFacts } from '../../../core/account/stackRules.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { isCancellation } from '../../../core/base/errors.ts';
import { unzippedBytes } from '../../../core/opt/budget.ts';
import { findConflicts } from '../../../core/opt/conflicts.ts';
import { MergedView } from '../../../core/opt/mergedView.ts';
import type { Conflict } from '../../../core/opt/provenance.ts';
import type { LayerTree } from '../../../core/opt/layerTree.ts';
import { compareStacks, type LayerComparison } from '../compareStacks.ts';
import type { AwsServices } from './awsServices.ts';

/** What is known of the content of published layers. */
export interface LayerContents {
  /** By layer version ARN; what could not be downloaded is not there. */
  readonly trees: ReadonlyMap<string, LayerTree>;
  readonly facts: LayerFacts;
}

/** How far it goes to know the content of layers. */
export interface ContentRequest {
  readonly arns: Iterable<string>;
  readonly where: AccountPlace;
  /** `cached`: without asking AWS. */
  readonly from: 'network' | 'cached';
  readonly signal?: AbortSignal | undefined;
  /** Hears which layer is being read. */
  readonly onLayer?: (name: string) => void;
}

/**
 * Opens the content of published layers. One that may not be downloaded, or is gone, is simply not known: whether it
 * may be used is Lambda's to say. Rejects only when somebody cancels.
 */
export async function readContents(
  { published, store }: AwsServices,
  { arns, from, where, signal, onLayer }: ContentRequest,
): Promise<LayerContents> {
  const trees = new Map<string, LayerTree>();
  for (const arn of new Set(arns)) {
    signal?.throwIfAborted();
    onLayer?.(shortName(arn));
    try {
      const file =
        from === 'cached'
          ? published.fileOf(arn)
          : (await published.fetch(arn, { where, ...(signal === undefined ? {} : { signal }) })).file;
      if (file !== undefined) trees.set(arn, await store.tree(file));
    } catch (error) {
      signal?.throwIfAborted();
      if (isCancellation(error)) throw error;
    }
  }
  const sizes = new Map([...trees].map(([arn, tree]) => [arn, unzippedBytes(tree)]));
  return { trees, facts: { unzippedBytes: (arn) => sizes.get(arn) } };
}

/** Shows how two orders differ in `/opt`, as far as the layers' content is known; what is left out is said. */
export async function compareContents(
  services: AwsServices,
  { trees }: LayerContents,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
): Promise<LayerComparison> {
  const known = (arns: readonly string[]) => ({
    paths: arns.flatMap((arn) => trees.get(arn)?.source.path ?? []),
  });
  const unknown = new Set([...before, ...after].filter((arn) => !trees.has(arn)));
  const comparison = await compareStacks(services, known(before), known(after));
  if (unknown.size > 0) {
    const names = [...unknown].map(shortName).join(', ');
    const text = vscode.l10n.t('Compared without {0}, which could not be downloaded.', names);
    void vscode.window.showWarningMessage(text);
  }
  return comparison;
}

/** What a new order of layers makes of `/opt`. */
export interface ConflictChange {
  /** Sentences about conflicts that the old order did not have; the first few. */
  readonly added: readonly string[];
  readonly addedCount: number;
  /** Conflicts that the new order does not have any more. */
  readonly removedCount: number;
}

/** Conflicts told one by one; more make no person wiser. */
const maxTold = 5;

/** Compares the conflicts of two orders, as far as the layers' content is known. */
export async function compareConflicts(
  { trees }: LayerContents,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
  signal?: AbortSignal,
): Promise<ConflictChange> {
  const [old, fresh] = [await conflictsOf(trees, before, signal), await conflictsOf(trees, after, signal)];
  const added = [...fresh].filter((text) => !old.has(text));
  return {
    added: added.slice(0, maxTold),
    addedCount: added.length,
    removedCount: [...old].filter((text) => !fresh.has(text)).length,
  };
}

async function conflictsOf(
  trees: LayerContents['trees'],
  arns: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const known = arns.flatMap((arn) => {
    const tree = trees.get(arn);
    return tree === undefined ? [] : [{ arn, tree }];
  });
  const names = known.map(({ arn }) => shortName(arn));
  const texts = new Set<string>();
  const view = new MergedView(known.map(({ tree }) => tree));
  for await (const conflict of findConflicts(view, signal)) texts.add(describe(conflict, names));
  return texts;
}

function describe(conflict: Conflict, names: readonly string[]): string {
  if (conflict.type === 'case') return conflict.paths.join(', ');
  const suppliers = conflict.suppliers.map(({ layer, kind }) => `${kind} in ${names[layer] ?? ''}`);
  return `${conflict.path}: ${suppliers.sort().join(', ')}`;
}
