import * as vscode from 'vscode';
import type { AccountStore } from '../../core/account/accountStore.ts';
import type { PagedList } from '../../core/account/pagedList.ts';
import type { FunctionSummary, LayerSummary } from '../../core/account/ports.ts';
import { readMatching } from '../../core/account/readMatching.ts';
import { UserError } from '../../core/base/errors.ts';
import { parseLayerVersionArn } from '../../core/layer/layerArn.ts';
import {
  accountNodeId,
  type AccountNode,
  type FactNode,
  type GroupNode,
  type LayerNode,
  type MoreNode,
} from './accountNodes.ts';
import { addedNode, factNode, functionNode, layerNode, versionNode } from './makeAccountNodes.ts';
import type { AddedLayers } from './addedLayers.ts';
import type { AwsAccounts } from './awsAccounts.ts';

/** Rows that a listing shows at first, which is one page of Lambda's, and how many more each time. */
const firstRows = 50;
const moreRows = 200;

/** The rows of layers, functions and versions: read as far as they are shown, and only those that match the filter. */
export class AccountListings {
  readonly #accounts: AwsAccounts;
  readonly #added: AddedLayers;
  /** Rows that somebody wanted to see of a listing, by the id of its row. */
  readonly #shown = new Map<string, number>();
  #filter = '';

  constructor(accounts: AwsAccounts, added: AddedLayers) {
    this.#accounts = accounts;
    this.#added = added;
  }

  /** What names have to contain to be shown; everything when it is empty. */
  get filter(): string {
    return this.#filter;
  }

  set filter(text: string) {
    this.#filter = text.trim();
    this.showFirst();
  }

  /** Every listing shows its first rows again. */
  showFirst(): void {
    this.#shown.clear();
  }

  /** The listing that a row stands at the end of shows more from now on. */
  showMore({ parent, shown }: MoreNode): void {
    this.#shown.set(accountNodeId(parent), shown + moreRows);
  }

  /** Rejects as the gateway, or with the signal's reason. */
  async layers(parent: GroupNode, signal: AbortSignal): Promise<AccountNode[]> {
    const store = await this.#accounts.store(parent.where);
    const added = this.#added
      .of(parent.where)
      .map((each) => addedNode(each, parent))
      .filter(({ layer }) => this.#matches(layer));
    const { rows, more } = await this.#listed(store.layers, parent, signal);
    const all = [...added, ...rows.map((layer) => layerNode(layer, parent)), ...more];
    return all.length > 0 ? all : [this.#nothing(parent, vscode.l10n.t('No layers'))];
  }

  /** Rejects as the gateway, or with the signal's reason. */
  async functions(parent: GroupNode, signal: AbortSignal): Promise<AccountNode[]> {
    const store = await this.#accounts.store(parent.where);
    const { rows, more } = await this.#listed(store.functions, parent, signal);
    const all = [...rows.map((each) => functionNode(each, parent, store)), ...more];
    return all.length > 0 ? all : [this.#nothing(parent, vscode.l10n.t('No functions'))];
  }

  /** The one that was added by ARN where the others may not be listed. Rejects as the gateway, or with the signal's reason. */
  async versions(parent: LayerNode, signal: AbortSignal): Promise<AccountNode[]> {
    const store = await this.#accounts.store(parent.where);
    const count = this.#countOf(parent);
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

  /** The matching items of a listing that are shown, and the row that asks for more. */
  async #listed<T extends LayerSummary | FunctionSummary>(
    list: PagedList<T>,
    parent: GroupNode,
    signal: AbortSignal,
  ) {
    const matches = (item: T) => this.#matches(item);
    const { rows, hasMore } = await readMatching(list, { count: this.#countOf(parent), matches, signal });
    return { rows, more: moreNodes(parent, rows.length, hasMore) };
  }

  #countOf(listing: GroupNode | LayerNode): number {
    return this.#shown.get(accountNodeId(listing)) ?? firstRows;
  }

  #matches({ name }: LayerSummary | FunctionSummary): boolean {
    return name.toLowerCase().includes(this.#filter.toLowerCase());
  }

  #nothing(parent: GroupNode, label: string): FactNode {
    const value = this.#filter === '' ? '' : vscode.l10n.t('match "{0}"', this.#filter);
    return factNode({ label, value, icon: 'info', parent });
  }
}

function moreNodes(parent: GroupNode | LayerNode, shown: number, hasMore: boolean): MoreNode[] {
  return hasMore ? [{ kind: 'accountMore', shown, parent }] : [];
}

/** The one version that is known of a layer whose versions may not be listed. */
async function foreignVersion(store: AccountStore, arn: string, parent: LayerNode): Promise<AccountNode[]> {
  const account = parseLayerVersionArn(arn)?.account ?? '';
  const details = await store.details(arn);
  const label = vscode.l10n.t('Other versions are not known');
  const value = vscode.l10n.t('account {0} does not let you list them', account);
  return [versionNode(details, parent), factNode({ label, value, icon: 'lock', parent })];
}
