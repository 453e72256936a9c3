import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { LayerDownloads } from '../../../src/core/account/layerDownloads.ts';
import type { Disposable } from '../../../src/core/base/disposable.ts';
import { LayerStore } from '../../../src/core/opt/layerStack.ts';
import type { AccountNode } from '../../../src/vscode/account/accountNodes.ts';
import { AccountTree } from '../../../src/vscode/account/accountTree.ts';
import { AddedLayers } from '../../../src/vscode/account/addedLayers.ts';
import { AwsAccounts } from '../../../src/vscode/account/awsAccounts.ts';
import { PublishedLayers } from '../../../src/vscode/account/publishedLayers.ts';
import { CheckStore } from '../../../src/vscode/checks/checkStore.ts';
import type { AwsServices } from '../../../src/vscode/commands/aws/awsServices.ts';
import { awsServices } from '../../../src/vscode/commands/aws/register.ts';
import { Stacks } from '../../../src/vscode/optFiles/stacks.ts';
import { describedStacks } from '../../../src/vscode/workspace/describedStacks.ts';
import { Templates } from '../../../src/vscode/workspace/templates.ts';
import { WorkspaceModel } from '../../../src/vscode/workspace/workspaceModel.ts';
import { EmptyState } from './emptyState.ts';

/** The AWS view as a new window has it, and what its commands work with. */
export class AccountView implements Disposable {
  readonly services: AwsServices;
  readonly added: AddedLayers;
  readonly tree: AccountTree;
  readonly #owned: readonly Disposable[];

  /** Downloads go into the folder. */
  constructor(folder: string) {
    const state = new EmptyState();
    const log = vscode.window.createOutputChannel('account view', { log: true });
    const accounts = new AwsAccounts({ state, downloads: new LayerDownloads(folder), logger: log });
    const published = new PublishedLayers(accounts, state);
    const model = new WorkspaceModel(published, new Templates());
    const store = new LayerStore();
    const stacks = new Stacks(store, state, () => describedStacks(model));
    const checks = new CheckStore(store, stacks, log);
    this.added = new AddedLayers(state);
    this.tree = new AccountTree(accounts, this.added);
    this.services = awsServices({ accounts, published, model, stacks, store, checks, log, state });
    this.#owned = [
      this.tree,
      this.added,
      this.services.reports,
      checks,
      stacks,
      model,
      published,
      accounts,
      log,
    ];
  }

  /** What a row says first. */
  label(node: AccountNode): string {
    const { label = '' } = this.tree.getTreeItem(node);
    return typeof label === 'string' ? label : label.label;
  }

  /** What a row says, and what it says beside. */
  line(node: AccountNode): string {
    const { description } = this.tree.getTreeItem(node);
    const isPlain = typeof description !== 'string' || description === '';
    return isPlain ? this.label(node) : `${this.label(node)} | ${description}`;
  }

  /** The rows below a path of labels, all of them read anew. */
  rows(...path: string[]): Promise<AccountNode[]> {
    return this.below(undefined, ...path);
  }

  /** The rows below a path of labels that begins below a row. */
  async below(start: AccountNode | undefined, ...path: string[]): Promise<AccountNode[]> {
    let nodes = await this.tree.getChildren(start);
    for (const wanted of path) {
      const node = nodes.find((each) => this.label(each) === wanted);
      assert.ok(node, `no "${wanted}" among ${nodes.map((each) => this.label(each)).join(', ')}`);
      nodes = await this.tree.getChildren(node);
    }
    return nodes;
  }

  dispose(): void {
    for (const each of this.#owned) each.dispose();
  }
}
