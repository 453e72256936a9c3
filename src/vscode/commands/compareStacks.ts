import * as vscode from 'vscode';
import { formatBytes } from '../../core/opt/budget.ts';
import { compareViews, type EntryChange, type ViewComparison } from '../../core/opt/compareViews.ts';
import { isText } from '../../core/opt/isText.ts';
import type { MergedView, OptEntry } from '../../core/opt/mergedView.ts';
import { optUri } from '../optFiles/optUris.ts';
import type { OpenStack, Stacks } from '../optFiles/stacks.ts';
import { withCancellableProgress } from '../progress.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';

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

/** What comparing needs. */
export interface CompareServices {
  readonly model: WorkspaceModel;
  readonly stacks: Stacks;
  readonly log: vscode.LogOutputChannel;
}

/** One side of a comparison. */
export interface ComparedStack {
  /** Absolute paths of the layers, in order; none for an empty `/opt`. */
  readonly paths: readonly string[];
  /** What counts in place of the layers as they lie on disk, such as a folder once it is packaged. */
  readonly content?: MergedView;
}

/** Compares two stacks, and opens the text files that differ in one editor. @returns what differs */
export async function compareStacks(
  services: CompareServices,
  left: ComparedStack,
  right: ComparedStack,
): Promise<LayerComparison> {
  const sides = [await openSide(services, left), await openSide(services, right)] as const;
  const comparison = await withCancellableProgress(vscode.l10n.t('Comparing layers'), (signal) =>
    compareViews(sides[0].view, sides[1].view, signal),
  );
  await showDifferences(services, ...sides, comparison);
  return plain(comparison);
}

async function openSide({ stacks }: CompareServices, { paths, content }: ComparedStack): Promise<OpenStack> {
  const stack = await stacks.open(paths);
  return content === undefined ? stack : { ...stack, view: content };
}

async function showDifferences(
  { model, log }: CompareServices,
  left: OpenStack,
  right: OpenStack,
  comparison: ViewComparison,
): Promise<void> {
  const title = [left, right].map(({ paths }) => stackName(model, paths)).join(' ↔ ');
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

function stackName(model: WorkspaceModel, paths: readonly string[]): string {
  return paths.length === 0
    ? vscode.l10n.t('no layers')
    : paths.map((path) => model.nameOf(path)).join(' + ');
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
