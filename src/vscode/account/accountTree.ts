import * as vscode from 'vscode';
import { placeKey, type AccountPlace } from '../../core/account/accountPlace.ts';
import type { FunctionSummary } from '../../core/account/ports.ts';
import { isCancellation } from '../../core/base/errors.ts';
import { accountItem } from './accountItems.ts';
import { AccountListings } from './accountListings.ts';
import type {
  AccountNode,
  GroupNode,
  LayerVersionNode,
  MoreNode,
  PlaceNode,
  UsersNode,
} from './accountNodes.ts';
import { problemNodes } from './accountProblems.ts';
import { accountTooltip } from './accountTooltip.ts';
import type { AddedLayers } from './addedLayers.ts';
import type { AccountsChange, AwsAccounts } from './awsAccounts.ts';
import { isConcerned } from './changedNodes.ts';
import { attachedNodes, functionNode, groupNodes } from './makeAccountNodes.ts';
import { ShownNodes } from './shownNodes.ts';
import { versionFacts } from './versionFacts.ts';

/**
 * The tree of `lambdaLayers.account`: profiles and regions, each with its layers and functions. Nothing is asked of
 * AWS before a place is expanded, and then page by page; what was read stays until somebody refreshes. A change draws
 * the rows anew that it concerns.
 */
export class AccountTree implements vscode.TreeDataProvider<AccountNode>, vscode.Disposable {
  readonly #accounts: AwsAccounts;
  readonly #listings: AccountListings;
  readonly #shown = new ShownNodes();
  #reading = new AbortController();
  readonly #changed = new vscode.EventEmitter<AccountNode[] | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(accounts: AwsAccounts, added: AddedLayers) {
    this.#accounts = accounts;
    this.#listings = new AccountListings(accounts, added);
    this.#subscription = vscode.Disposable.from(
      accounts.onDidChange((change) => this.#redraw(change)),
      added.onDidChange((where) => this.#redrawWhere((node) => isLayersOf(node, where))),
    );
  }

  /** What names have to contain to be shown; everything when it is empty. */
  get filter(): string {
    return this.#listings.filter;
  }

  setFilter(text: string): void {
    this.#stopReading();
    this.#listings.filter = text;
    this.#redrawWhere(({ kind }) => kind === 'accountGroup');
  }

  /** Forgets what was read, and draws everything. */
  refresh(): void {
    this.#stopReading();
    this.#listings.showFirst();
    this.#accounts.refresh();
  }

  /** Shows more of the listing that a row stands at the end of. */
  showMore(node: MoreNode): void {
    this.#listings.showMore(node);
    this.#changed.fire([node.parent]);
  }

  /** Reads once more what is below a row, everything without one, from where it failed. */
  retry(node: AccountNode | undefined): void {
    this.#changed.fire(node === undefined ? undefined : [node]);
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
    const children = await this.#readChildren(node);
    this.#shown.keep(node, children);
    return children;
  }

  dispose(): void {
    this.#stopReading();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #redraw(change: AccountsChange): void {
    if (change.kind === 'everything') this.#changed.fire(undefined);
    else this.#redrawWhere((node) => isConcerned(node, change));
  }

  #redrawWhere(isMeant: (node: AccountNode) => boolean): void {
    const nodes = [...this.#shown.all()].filter(isMeant);
    if (nodes.length > 0) this.#changed.fire(nodes);
  }

  #stopReading(): void {
    this.#reading.abort();
    this.#reading = new AbortController();
  }

  async #readChildren(node: AccountNode | undefined): Promise<AccountNode[]> {
    const { signal } = this.#reading;
    try {
      return await this.#children(node, signal);
    } catch (error) {
      return signal.aborted && isCancellation(error) ? [] : problemNodes(error, node);
    }
  }

  async #children(node: AccountNode | undefined, signal: AbortSignal): Promise<AccountNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#places();
      case 'accountPlace':
        return groupNodes(node);
      case 'accountGroup':
        return this.#listings[node.group](node, signal);
      case 'accountLayer':
        return this.#listings.versions(node, signal);
      case 'accountLayerVersion':
        return this.#aboutVersion(node);
      case 'accountFunction':
        return attachedNodes(node);
      case 'accountUsers':
        return this.#users(node);
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

  async #aboutVersion(node: LayerVersionNode): Promise<AccountNode[]> {
    const facts = await versionFacts(await this.#accounts.store(node.where), node);
    const { layerVersionArn, where } = node;
    return [...facts, { kind: 'accountUsers', layerVersionArn, where, parent: node }];
  }

  async #users(node: UsersNode): Promise<AccountNode[]> {
    const store = await this.#accounts.store(node.where);
    return (this.#knownUsers(node) ?? []).map((each) => functionNode(each, node, store));
  }

  #knownUsers({ where, layerVersionArn }: UsersNode): readonly FunctionSummary[] | undefined {
    return this.#accounts.openStore(where)?.knownUsage?.usersOfVersion(layerVersionArn);
  }
}

function isLayersOf(node: AccountNode, where: AccountPlace): node is GroupNode {
  if (node.kind !== 'accountGroup' || node.group !== 'layers') return false;
  return placeKey(node.where) === placeKey(where);
}
