import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';
import { describeBudget, formatBytes, unzippedBytes } from '../../core/opt/budget.ts';
import { explainPath } from '../../core/opt/provenance.ts';
import { describeProvenance } from '../optFiles/optDecorations.ts';
import type { Finding } from '../../core/checks/finding.ts';
import { resolvedPaths, type WorkspaceFunction } from '../../core/workspace/workspaceFunction.ts';
import type { CheckedStack, CheckStore } from '../checks/checkStore.ts';
import type { OpenStack, Stacks } from '../optFiles/stacks.ts';
import type { Packages } from '../workspace/packages.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';
import { nodeItem } from './nodeItems.ts';
import {
  type EntryNode,
  type GroupNode,
  isMergedEntry,
  type LocalLayerNode,
  type OptNode,
  type StackNode,
  type TreeNode,
} from './nodes.ts';

const groups: Readonly<Record<GroupNode['group'], GroupNode>> = {
  functions: { type: 'group', group: 'functions', parent: undefined },
  layers: { type: 'group', group: 'layers', parent: undefined },
  stacks: { type: 'group', group: 'stacks', parent: undefined },
};

/** The tree of `lambdaLayers.workspace`: functions with their stacks, local layers, and stacks opened by hand. */
export class WorkspaceTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #model: WorkspaceModel;
  readonly #stacks: Stacks;
  readonly #checks: CheckStore;
  readonly #packages: Packages;
  readonly #opened: StackNode[] = [];
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(model: WorkspaceModel, stacks: Stacks, checks: CheckStore, packages: Packages) {
    this.#model = model;
    this.#packages = packages;
    this.#stacks = stacks;
    this.#checks = checks;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      model.onDidChange(() => this.refresh()),
      stacks.onDidChange(() => this.refresh()),
      packages.onDidChange(() => this.refresh()),
      checks.onDidCheck(() => this.refresh()),
      checks.onDidFail(() => this.refresh()),
    );
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** The `/opt` row of a stack: of a function that has this very stack, else of a row made for it. */
  optNode(paths: readonly string[], functionName?: string): OptNode {
    const same = this.#functionNodes().find(
      (node) =>
        (functionName === undefined || node.function.name === functionName) &&
        sameStack(resolvedPaths(node.function.layers), paths),
    );
    const parent = same ?? this.#openedStack(paths);
    return { type: 'opt', parent, paths };
  }

  /** Takes away the row of a stack that was opened by hand. */
  close(node: StackNode): void {
    const index = this.#opened.findIndex((stack) => sameStack(stack.paths, node.paths));
    if (index !== -1) this.#opened.splice(index, 1);
    this.refresh();
  }

  async getTreeItem(node: TreeNode): Promise<vscode.TreeItem> {
    const item = nodeItem(node, this.#model);
    if (node.type === 'budget') {
      item.description = await stackBudget(this.#stacks, node.paths, node.code).catch((error: unknown) => {
        item.tooltip = describeError(error);
        return vscode.l10n.t('unknown');
      });
    }
    const path = layerPath(node);
    if (path !== undefined && !(await exists(path))) markMissing(item, path);
    if (node.type === 'findings') item.description = describeCount(this.#checks.peek(node.stack));
    if (node.type === 'entry' && node.entry.kind === 'link') {
      item.description = `→ ${await node.stack.view.readLink(node.entry).catch(describeError)}`;
    }
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.type === 'entry') item.tooltip = await entryTooltip(node, this.#model);
    return item;
  }

  /** Never throws: what cannot be loaded is said in a row of its own. */
  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) return this.#roots();
    try {
      return await this.#children(node);
    } catch (error) {
      return [{ type: 'problem', parent: node, message: describeError(error) }];
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #roots(): TreeNode[] {
    return Object.values(groups).filter((group) => this.#groupChildren(group).length > 0);
  }

  #groupChildren(parent: GroupNode): TreeNode[] {
    switch (parent.group) {
      case 'functions':
        return [...this.#functionNodes(), ...this.#problemNodes()];
      case 'layers':
        return this.#model.layers().map((layer) => ({ type: 'localLayer', parent, layer }));
      case 'stacks':
        return this.#opened;
    }
  }

  #functionNodes() {
    const parent = groups.functions;
    return this.#model.functions().map((one) => ({ type: 'function', parent, function: one }) as const);
  }

  #packageNodes(parent: LocalLayerNode): TreeNode[] {
    const last = this.#packages.last(parent.layer.path);
    return last === undefined ? [] : [{ type: 'package', parent, last }];
  }

  /** Templates that cannot be read. */
  #problemNodes(): TreeNode[] {
    return this.#model
      .problems()
      .map(({ message }) => ({ type: 'problem', parent: groups.functions, message }) as const);
  }

  #openedStack(paths: readonly string[]): StackNode {
    const known = this.#opened.find((stack) => sameStack(stack.paths, paths));
    if (known !== undefined) return known;
    const node: StackNode = { type: 'stack', parent: groups.stacks, paths };
    this.#opened.push(node);
    this.refresh();
    return node;
  }

  async #children(node: TreeNode): Promise<TreeNode[]> {
    switch (node.type) {
      case 'group':
        return this.#groupChildren(node);
      case 'function': {
        const { layers, code } = node.function;
        const paths = resolvedPaths(layers);
        return [
          ...layers.map((use, position) => ({ type: 'usedLayer', parent: node, use, position }) as const),
          ...(paths.length === layers.length ? ([{ type: 'opt', parent: node, paths }] as const) : []),
          { type: 'budget', parent: node, paths, code },
          { type: 'findings', parent: node, stack: checkedFunction(node.function) },
        ];
      }
      case 'stack':
        return [
          ...node.paths.map((path, position) => {
            const use = { reference: path, path, problem: undefined };
            return { type: 'usedLayer', parent: node, use, position } as const;
          }),
          { type: 'opt', parent: node, paths: node.paths },
          { type: 'budget', parent: node, paths: node.paths, code: undefined },
          { type: 'findings', parent: node, stack: { paths: node.paths } },
        ];
      case 'usedLayer':
        return node.use.path === undefined
          ? []
          : listEntries(node, await this.#stacks.open([node.use.path]), '');
      case 'localLayer':
        return [
          ...listEntries(node, await this.#stacks.open([node.layer.path]), ''),
          ...this.#packageNodes(node),
          { type: 'findings', parent: node, stack: { paths: [node.layer.path] } },
        ];
      case 'opt':
        return listEntries(node, await this.#stacks.open(node.paths), '');
      case 'entry':
        return listEntries(node, node.stack, node.entry.path);
      case 'findings': {
        const { stack } = node;
        const findings = await this.#checks.findings(stack);
        return bySeverity(findings).map(
          (finding) => ({ type: 'finding', parent: node, stack, finding }) as const,
        );
      }
      case 'budget':
      case 'package':
      case 'finding':
      case 'problem':
        return [];
    }
  }
}

/** The folder or zip behind a layer's row. */
function layerPath(node: TreeNode): string | undefined {
  if (node.type === 'usedLayer') return node.use.path;
  return node.type === 'localLayer' ? node.layer.path : undefined;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function markMissing(item: vscode.TreeItem, path: string): void {
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.description = vscode.l10n.t('not found');
  item.tooltip = vscode.l10n.t('{0} does not exist.', path);
}

function checkedFunction({ layers, code, runtime }: WorkspaceFunction): CheckedStack {
  return {
    paths: resolvedPaths(layers),
    runtime,
    ...(code === undefined ? {} : { code }),
  };
}

const severityOrder = ['error', 'warning', 'info'];

function bySeverity(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding) => severityOrder.indexOf(severity);
  return [...findings].sort((left, right) => rank(left) - rank(right));
}

function describeCount(findings: readonly unknown[] | 'failed' | undefined): string {
  if (findings === 'failed') return vscode.l10n.t('a layer cannot be opened');
  if (findings === undefined) return vscode.l10n.t('checking…');
  return findings.length === 0 ? vscode.l10n.t('none') : String(findings.length);
}

function listEntries(parent: EntryNode['parent'], stack: OpenStack, path: string): EntryNode[] {
  const entries = stack.view.list(path) ?? [];
  const directoriesFirst = [
    ...entries.filter((entry) => entry.kind === 'directory'),
    ...entries.filter((entry) => entry.kind !== 'directory'),
  ];
  return directoriesFirst.map((entry) => ({ type: 'entry', parent, stack, entry }));
}

async function entryTooltip(node: EntryNode, model: WorkspaceModel): Promise<vscode.MarkdownString> {
  const { entry, stack } = node;
  const lines = [`\`${isMergedEntry(node) ? '/opt/' : ''}${entry.path}\``];
  if (entry.kind === 'link') {
    lines.push(vscode.l10n.t('Link to `{0}`', await stack.view.readLink(entry)));
  } else if (entry.kind === 'file') {
    lines.push(vscode.l10n.t('{0}, mode {1}', formatBytes(entry.size), entry.mode.toString(8)));
  }
  if (isMergedEntry(node)) {
    const provenance = explainPath(stack.view, entry.path);
    lines.push(describeProvenance(provenance));
    const suppliers = [provenance.winner, ...provenance.shadowed].filter((one) => one !== undefined);
    for (const { layer, source } of suppliers)
      lines.push(vscode.l10n.t('Layer {0}: {1}', layer + 1, model.nameOf(source)));
  }
  return new vscode.MarkdownString(lines.join('  \n'));
}

function sameStack(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((path, index) => path === right[index]);
}

/** The unzipped size of a stack with its code, as a share of what Lambda allows. */
async function stackBudget(
  stacks: Stacks,
  paths: readonly string[],
  code: string | undefined,
): Promise<string> {
  const parts = [await stacks.open(paths), ...(code === undefined ? [] : [await stacks.open([code])])];
  const trees = parts.flatMap(({ view }) => view.layers);
  return describeBudget(trees.reduce((sum, tree) => sum + unzippedBytes(tree), 0));
}
