import * as vscode from 'vscode';
import { placeKey } from '../../core/account/accountPlace.ts';
import type { AccountStore } from '../../core/account/accountStore.ts';
import { layerArnOf } from '../../core/account/layerNames.ts';
import type { PagedList } from '../../core/account/pagedList.ts';
import type { FunctionSummary, LayerSummary, LayerVersionSummary } from '../../core/account/ports.ts';
import { readMatching } from '../../core/account/readMatching.ts';
import { isCancellation, UserError } from '../../core/base/errors.ts';
import { parseLayerVersionArn } from '../../core/layer/layerArn.ts';
import { commandIds, type CommandId } from '../manifest.ts';
import type { AddedLayer, AddedLayers } from './addedLayers.ts';
import { accountItem } from './accountItems.ts';
import {
  accountNodeId,
  type AccountNode,
  type FactNode,
  type FunctionNode,
  type GroupNode,
  type LayerNode,
  type LayerVersionNode,
  type MoreNode,
  type PlaceNode,
  type ProblemNode,
  type UsersNode,
} from './accountNodes.ts';
import { accountTooltip } from './accountTooltip.ts';
import type { AwsAccounts } from './awsAccounts.ts';
import { versionFacts } from './versionFacts.ts';

/** Rows that a listing shows at first, which is one page of Lambda's, and how many more each time. */
const firstRows = 50;
const moreRows = 200;

/**
 * The tree of `lambdaLayers.account`: profiles and regions, each with its layers and functions. Nothing is asked of
 * AWS before a place is expanded, and then page by page; what was read stays until somebody refreshes.
 */
export class AccountTree implements vscode.TreeDataProvider<AccountNode>, vscode.Disposable {
  readonly #accounts: AwsAccounts;
  readonly #added: AddedLayers;
  readonly #shown = new Map<string, number>();
  #filter = '';
  #reading = new AbortController();
  readonly #changed = new vscode.EventEmitter<AccountNode | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(accounts: AwsAccounts, added: AddedLayers) {
    this.#accounts = accounts;
    this.#added = added;
    this.#subscription = accounts.onDidChange(() => this.redraw());
  }

  /** What names have to contain to be shown; everything when it is empty. */
  get filter(): string {
    return this.#filter;
  }

  setFilter(text: string): void {
    this.#filter = text.trim();
    this.#shown.clear();
    this.#stopReading();
    this.redraw();
  }

  /** Draws everything anew, from what has been read. */
  redraw(node?: AccountNode): void {
    this.#changed.fire(node);
  }

  /** Forgets what was read, and draws. */
  refresh(): void {
    this.#stopReading();
    this.#shown.clear();
    this.#accounts.refresh();
  }

  /** Shows more of the listing that a row stands at the end of. */
  showMore({ parent, shown }: MoreNode): void {
    this.#shown.set(accountNodeId(parent), shown + moreRows);
    this.redraw(parent);
  }

  getTreeItem(node: AccountNode): vscode.TreeItem {
    return accountItem(node, { usersOf: (users) => this.#knownUsers(users)?.length });
  }

  getParent(node: AccountNode): AccountNode | undefined {
    return node.parent;
  }

  resolveTreeItem(item: vscode.TreeItem, node: AccountNode): vscode.TreeItem {
    item.tooltip ??= accountTooltip(node);
    return item;
  }

  /** Never throws: what cannot be read is said in a row of its own, with its next step below. */
  async getChildren(node?: AccountNode): Promise<AccountNode[]> {
    const { signal } = this.#reading;
    try {
      return await this.#children(node, signal);
    } catch (error) {
      return signal.aborted && isCancellation(error) ? [] : problemRows(error, node);
    }
  }

  dispose(): void {
    this.#stopReading();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #stopReading(): void {
    this.#reading.abort();
    this.#reading = new AbortController();
  }

  async #children(node: AccountNode | undefined, signal: AbortSignal): Promise<AccountNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#places();
      case 'accountPlace':
        return (['layers', 'functions'] as const).map((group) => {
          return { kind: 'accountGroup', group, where: node.where, parent: node };
        });
      case 'accountGroup':
        return node.group === 'layers' ? this.#layers(node, signal) : this.#functions(node, signal);
      case 'accountLayer':
        return this.#versions(node, signal);
      case 'accountLayerVersion':
        return this.#aboutVersion(node);
      case 'accountFunction':
        return attachedLayers(node);
      case 'accountUsers':
        return (this.#knownUsers(node) ?? []).map((each) => functionNode(each, node));
      case 'accountFact':
      case 'accountMore':
      case 'accountProblem':
        return [];
    }
  }

  async #places(): Promise<PlaceNode[]> {
    const places = await this.#accounts.places();
    const added = new Set(this.#accounts.added().map(placeKey));
    return places.map((where, index) => {
      // The current place comes first; it may have been added too, and then stays when another is chosen.
      const origin = index === 0 && !added.has(placeKey(where)) ? 'current' : 'added';
      return { kind: 'accountPlace', where, origin, parent: undefined };
    });
  }

  async #layers(parent: GroupNode, signal: AbortSignal): Promise<AccountNode[]> {
    const store = await this.#accounts.store(parent.where);
    const added = this.#added
      .of(parent.where)
      .map((each) => addedNode(each, parent))
      .filter(({ layer }) => this.#matches(layer));
    const { rows, more } = await this.#listed(store.layers, parent, signal);
    const own = rows.map((layer) => layerNode(layer, parent));
    const all = [...added, ...own, ...more];
    return all.length > 0 ? all : [this.#nothing(parent, vscode.l10n.t('No layers'))];
  }

  async #functions(parent: GroupNode, signal: AbortSignal): Promise<AccountNode[]> {
    const store = await this.#accounts.store(parent.where);
    const { rows, more } = await this.#listed(store.functions, parent, signal);
    const all = [...rows.map((each) => functionNode(each, parent)), ...more];
    return all.length > 0 ? all : [this.#nothing(parent, vscode.l10n.t('No functions'))];
  }

  /** The matching items of a listing that are shown, and the row that asks for more. */
  async #listed<T extends LayerSummary | FunctionSummary>(
    list: PagedList<T>,
    parent: GroupNode,
    signal: AbortSignal,
  ) {
    const count = this.#shown.get(accountNodeId(parent)) ?? firstRows;
    const matches = (item: T) => this.#matches(item);
    const { rows, hasMore } = await readMatching(list, { count, matches, signal });
    return { rows, more: moreNodes(parent, rows.length, hasMore) };
  }

  async #versions(parent: LayerNode, signal: AbortSignal): Promise<AccountNode[]> {
    const store = await this.#accounts.store(parent.where);
    const count = this.#shown.get(accountNodeId(parent)) ?? firstRows;
    try {
      const list = store.versions(parent.layerArn);
      const { rows, hasMore } = await readMatching(list, { count, matches: () => true, signal });
      const nodes = rows.map((version) => versionNode(version, parent));
      return [...nodes, ...moreNodes(parent, rows.length, hasMore)];
    } catch (error) {
      const arn = parent.addedVersionArn;
      if (arn === undefined || !(error instanceof UserError) || error.code !== 'AccessDenied') throw error;
      return foreignVersion(store, arn, parent);
    }
  }

  async #aboutVersion(node: LayerVersionNode): Promise<AccountNode[]> {
    const facts = await versionFacts(await this.#accounts.store(node.where), node);
    const { layerVersionArn, where } = node;
    return [...facts, { kind: 'accountUsers', layerVersionArn, where, parent: node }];
  }

  #knownUsers({ where, layerVersionArn }: UsersNode): readonly FunctionSummary[] | undefined {
    return this.#accounts.openStore(where)?.knownUsage?.usersOfVersion(layerVersionArn);
  }

  #matches({ name }: LayerSummary | FunctionSummary): boolean {
    return name.toLowerCase().includes(this.#filter.toLowerCase());
  }

  #nothing(parent: GroupNode, words: string): FactNode {
    const value = this.#filter === '' ? '' : vscode.l10n.t('match "{0}"', this.#filter);
    return { kind: 'accountFact', label: words, value, icon: 'info', parent };
  }
}

function layerNode(layer: LayerSummary, parent: GroupNode): LayerNode {
  const { where } = parent;
  return { kind: 'accountLayer', layerArn: layer.arn, where, layer, addedVersionArn: undefined, parent };
}

function addedNode({ versionArn, where }: AddedLayer, parent: GroupNode): LayerNode {
  const layerArn = layerArnOf(versionArn);
  const name = parseLayerVersionArn(versionArn)?.name ?? layerArn;
  const layer = { name, arn: layerArn, newest: undefined };
  return { kind: 'accountLayer', layerArn, where, layer, addedVersionArn: versionArn, parent };
}

function functionNode(summary: FunctionSummary, parent: GroupNode | UsersNode): FunctionNode {
  return {
    kind: 'accountFunction',
    functionArn: summary.arn,
    functionName: summary.name,
    where: parent.where,
    function: summary,
    parent,
  };
}

function versionNode(version: LayerVersionSummary, parent: LayerNode): LayerVersionNode {
  return {
    kind: 'accountLayerVersion',
    layerVersionArn: version.arn,
    where: parent.where,
    version,
    zippedBytes: undefined,
    position: undefined,
    parent,
  };
}

/** The one version that is known of a layer whose versions may not be listed. */
async function foreignVersion(store: AccountStore, arn: string, parent: LayerNode): Promise<AccountNode[]> {
  const account = parseLayerVersionArn(arn)?.account ?? '';
  const details = await store.details(arn);
  const label = vscode.l10n.t('Other versions are not known');
  const value = vscode.l10n.t('account {0} does not let you list them', account);
  return [versionNode(details, parent), { kind: 'accountFact', label, value, icon: 'lock', parent }];
}

function attachedLayers(parent: FunctionNode): AccountNode[] {
  const { layers, packageType } = parent.function;
  if (layers.length === 0) {
    const value = packageType === 'Image' ? vscode.l10n.t('made from a container image') : '';
    return [{ kind: 'accountFact', label: vscode.l10n.t('No layers'), value, icon: 'info', parent }];
  }
  return layers.map(({ arn, zippedBytes }, position) => ({
    kind: 'accountLayerVersion',
    layerVersionArn: arn,
    where: parent.where,
    version: undefined,
    zippedBytes,
    position,
    parent,
  }));
}

function moreNodes(parent: GroupNode | LayerNode, shown: number, hasMore: boolean): MoreNode[] {
  return hasMore ? [{ kind: 'accountMore', shown, parent }] : [];
}

function problemRows(error: unknown, parent: AccountNode | undefined): AccountNode[] {
  const help = error instanceof UserError ? error.help : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const problem: ProblemNode = { kind: 'accountProblem', message, help, parent };
  return help === undefined
    ? [problem]
    : [
        problem,
        { kind: 'accountFact', label: help, value: '', icon: 'lightbulb', command: remedyOf(error), parent },
      ];
}

/** The command that helps against a failure. */
function remedyOf(error: unknown): CommandId | undefined {
  if (!(error instanceof UserError)) return undefined;
  if (error.code === 'ConfigurationInvalid') return commandIds.selectRegion;
  const isAboutCredentials = ['CredentialsMissing', 'CredentialsInvalid', 'AccessDenied'].includes(
    error.code,
  );
  return isAboutCredentials ? commandIds.selectProfile : undefined;
}
