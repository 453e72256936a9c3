import { join } from 'node:path';
import type * as vscode from 'vscode';
import { LayerDownloads } from '../../core/account/layerDownloads.ts';
import type { Logger } from '../../core/base/logger.ts';
import { AccountTree } from './accountTree.ts';
import { AddedLayers } from './addedLayers.ts';
import { AwsAccounts } from './awsAccounts.ts';
import { PublishedLayers } from './publishedLayers.ts';

/** What the features share of AWS. */
export interface Accounts {
  readonly accounts: AwsAccounts;
  readonly published: PublishedLayers;
  readonly addedLayers: AddedLayers;
  readonly accountTree: AccountTree;
}

/** Creates the part that knows AWS accounts; nothing is read or asked before somebody looks. */
export function createAccounts(
  { globalState, globalStorageUri, subscriptions }: vscode.ExtensionContext,
  logger: Logger,
): Accounts {
  const downloads = new LayerDownloads(join(globalStorageUri.fsPath, 'published'));
  const accounts = new AwsAccounts({ state: globalState, downloads, logger });
  const published = new PublishedLayers(accounts, globalState);
  const addedLayers = new AddedLayers(globalState);
  const accountTree = new AccountTree(accounts, addedLayers);
  subscriptions.push(accounts, published, addedLayers, accountTree);
  return { accounts, published, addedLayers, accountTree };
}
