import * as vscode from 'vscode';
import { formatBytes } from '../../core/opt/budget.ts';
import { compareViews, type EntryChange, type ViewComparison } from '../../core/opt/compareViews.ts';
import { isText } from '../../core/opt/isText.ts';
import type { MergedView, OptEntry } from '../../core/opt/mergedView.ts';
import { optUri } from '../optFiles/optUris.ts';
import type { OpenStack } from '../optFiles/stacks.ts';
import { withCancellableProgress } from '../progress.ts';
import type { CommandServices } from './services.ts';
import { resolveTarget } from './stackTarget.ts';

export interface CompareOptions {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

export interface ComparedEntry {
  readonly path: string;
  readonly size: number;
}

export interface LayerComparison {
  readonly added: readonly ComparedEntry[];
  readonly removed: readonly ComparedEntry[];
  readonly changed: readonly {
    readonly path: string;
    readonly changes: readonly EntryChange[];
    readonly leftSize: number;
    readonly rightSize: number;
  }[];
  /** Bytes that the right side has more, unzipped. */
  readonly sizeDelta: number;
}

/** More files than this make the editor slow and no person wiser; the report lists them all. */
const maxShown = 300;

/**
 * Compares two stacks, and opens the text files that differ in one editor. Asks for what is not given.
 * @returns what differs, or `undefined` when nothing was chosen
 */
export async function compareLayers(
  services: CommandServices,
  options?: CompareOptions,
): Promise<LayerComparison | undefined> {
  const left = await side(services, options?.left, vscode.l10n.t('Compare this (1/2)'));
  if (left === undefined) return undefined;
  const right = await side(services, options?.right, vscode.l10n.t('with this (2/2)'));
  if (right === undefined) return undefined;
  const comparison = await withCancellableProgress(vscode.l10n.t('Comparing layers'), (signal) =>
    compareViews(left.view, right.view, signal),
  );
  await showDifferences(services, left, right, comparison);
  return plain(comparison);
}

async function side(
  services: CommandServices,
  layers: readonly string[] | undefined,
  placeHolder: string,
): Promise<OpenStack | undefined> {
  const target = await resolveTarget(services, layers === undefined ? undefined : { layers }, placeHolder);
  return target === undefined ? undefined : services.stacks.open(target.paths);
}

async function showDifferences(
  { model, log }: CommandServices,
  left: OpenStack,
  right: OpenStack,
  comparison: ViewComparison,
): Promise<void> {
  const title = [left, right]
    .map(({ paths }) => paths.map((path) => model.nameOf(path)).join(' + '))
    .join(' ↔ ');
  const pairs = filePairs(comparison);
  if (pairs.length === 0) {
    const alike = comparison.added.length + comparison.removed.length + comparison.changed.length === 0;
    void vscode.window.showInformationMessage(
      alike
        ? vscode.l10n.t('{0}: no differences.', title)
        : vscode.l10n.t('{0}: only folders, links or modes differ.', title),
    );
    return;
  }
  const shown: [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined][] = [];
  const summarised: string[] = [];
  for (const pair of pairs) {
    const text = shown.length < maxShown && (await bothText(left.view, right.view, pair));
    if (!text) summarised.push(`${pair.path}: ${sizeOf(pair.left)} → ${sizeOf(pair.right)}`);
    else shown.push(resource(left, right, pair));
  }
  if (summarised.length > 0) {
    log.info([vscode.l10n.t('{0}: binary or not shown:', title), ...summarised].join('\n  '));
    void offerList(log, summarised.length);
  }
  if (shown.length > 0) await vscode.commands.executeCommand('vscode.changes', title, shown);
}

interface FilePair {
  readonly path: string;
  readonly left: OptEntry | undefined;
  readonly right: OptEntry | undefined;
}

function filePairs({ added, removed, changed }: ViewComparison): FilePair[] {
  return [
    ...changed
      .filter(({ changes }) => changes.includes('content'))
      .map(({ path, left, right }) => ({ path, left, right })),
    ...added.filter(isFile).map((right) => ({ path: right.path, left: undefined, right })),
    ...removed.filter(isFile).map((left) => ({ path: left.path, left, right: undefined })),
  ];
}

function isFile(entry: OptEntry): boolean {
  return entry.kind === 'file';
}

async function bothText(
  leftView: MergedView,
  rightView: MergedView,
  { left, right }: FilePair,
): Promise<boolean> {
  const readable = async (view: MergedView, entry: OptEntry | undefined) =>
    entry === undefined || (await isText(view, entry).catch(() => false)); // what cannot be read is only listed
  return (await readable(leftView, left)) && readable(rightView, right);
}

function resource(
  left: OpenStack,
  right: OpenStack,
  pair: FilePair,
): [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined] {
  const { path } = pair;
  const leftUri = pair.left === undefined ? undefined : optUri({ stack: left.id, path });
  const rightUri = pair.right === undefined ? undefined : optUri({ stack: right.id, path });
  return [optUri({ stack: right.id, path }), leftUri, rightUri];
}

function sizeOf(entry: OptEntry | undefined): string {
  return entry === undefined ? '–' : formatBytes(entry.size);
}

async function offerList(log: vscode.LogOutputChannel, count: number): Promise<void> {
  const show = vscode.l10n.t('Show List');
  const text = vscode.l10n.t('{0} files that differ are binary or too many to show.', count);
  if ((await vscode.window.showInformationMessage(text, show)) === show) log.show();
}

function plain({ added, removed, changed, sizeDelta }: ViewComparison): LayerComparison {
  const entry = ({ path, size }: OptEntry) => ({ path, size });
  return {
    added: added.map(entry),
    removed: removed.map(entry),
    changed: changed.map(({ path, changes, left, right }) => ({
      path,
      changes,
      leftSize: left.size,
      rightSize: right.size,
    })),
    sizeDelta,
  };
}
