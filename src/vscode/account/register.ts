import * as vscode from 'vscode';
import { placeKey } from '../../core/account/accountPlace.ts';
import { requireVersionArn } from '../../core/account/layerNames.ts';
import { type DownloadOptions, downloadLayerVersion } from '../commands/downloadLayerVersion.ts';
import { selectProfile, type SelectProfileOptions } from '../commands/selectProfile.ts';
import { selectRegion, type SelectRegionOptions } from '../commands/selectRegion.ts';
import type { CommandServices } from '../commands/services.ts';
import { commandIds, viewIds } from '../manifest.ts';
import { registerCommand } from '../register.ts';
import type { AccountNode, GroupNode, LayerNode, MoreNode, PlaceNode, ProblemNode } from './accountNodes.ts';
import { AccountStatus } from './accountStatus.ts';
import type { AddedLayers } from './addedLayers.ts';
import { askForVersionArn } from '../questions/askForArn.ts';
import { findLayerUsers, type FindUsersOptions } from './findLayerUsers.ts';
import { pickPlace } from './pickPlace.ts';

const filteredContext = 'lambdaLayers.accountFiltered';

/** The view of AWS accounts and the commands that belong to it. */
export function registerAccount(
  services: CommandServices & {
    readonly accountDragAndDrop: vscode.TreeDragAndDropController<AccountNode>;
  },
  added: AddedLayers,
): vscode.Disposable {
  const { log, accounts, accountTree, accountDragAndDrop } = services;
  const view = vscode.window.createTreeView(viewIds.account, {
    treeDataProvider: accountTree,
    showCollapseAll: true,
    dragAndDropController: accountDragAndDrop,
  });
  return vscode.Disposable.from(
    view,
    new AccountStatus(accounts, view),
    registerCommand(commandIds.selectProfile, log, (options?: SelectProfileOptions) =>
      selectProfile(options),
    ),
    registerCommand(commandIds.selectRegion, log, (options?: SelectRegionOptions) => selectRegion(options)),
    registerCommand(commandIds.downloadLayerVersion, log, (input?: DownloadOptions | AccountNode) =>
      downloadLayerVersion(services, input),
    ),
    registerCommand(commandIds.findLayerUsers, log, (input?: FindUsersOptions | AccountNode) =>
      findLayerUsers(services, input),
    ),
    ...registerPlaces(services),
    ...registerAdded(services, added),
    ...registerRows(services, view),
  );
}

/** Profiles and regions beside the settings' own. */
function registerPlaces({ log, accounts }: CommandServices): vscode.Disposable[] {
  return [
    registerCommand(commandIds.addAccountPlace, log, async () => {
      const current = await accounts.current().catch(() => ({})); // nothing is chosen yet
      const place = await pickPlace(current);
      if (place !== undefined) await accounts.add(place);
    }),
    registerCommand(commandIds.removeAccountPlace, log, (node: PlaceNode) => accounts.remove(node.where)),
  ];
}

/** Layers of other accounts. */
function registerAdded({ log, accounts }: CommandServices, added: AddedLayers): vscode.Disposable[] {
  return [
    registerCommand(commandIds.addPublishedLayer, log, async (node?: GroupNode | FindUsersOptions) => {
      const given = node !== undefined && 'layerVersionArn' in node ? node.layerVersionArn : undefined;
      const versionArn = given ?? (await askForVersionArn(vscode.l10n.t('Add Layer by ARN')));
      if (versionArn === undefined) return;
      const { region } = requireVersionArn(versionArn);
      const place = node !== undefined && 'where' in node ? node.where : await accounts.placeOf(versionArn);
      const where = { profile: place.profile, region };
      await added.add({ versionArn, where });
      await showPlace(accounts, where);
    }),
    registerCommand(commandIds.removePublishedLayer, log, async (node: LayerNode) => {
      if (node.addedVersionArn === undefined) return;
      await added.remove({ versionArn: node.addedVersionArn, where: node.where });
    }),
  ];
}

/** A layer of a region that is not in the view brings its region along. */
async function showPlace(accounts: CommandServices['accounts'], where: PlaceNode['where']): Promise<void> {
  const places = await accounts.places().catch(() => []); // no region is chosen
  if (!places.some((each) => placeKey(each) === placeKey(where))) await accounts.add(where);
}

/** What is done with the rows themselves. */
function registerRows(
  { log, accountTree }: CommandServices,
  view: vscode.TreeView<AccountNode>,
): vscode.Disposable[] {
  const setFilter = async (text: string) => {
    accountTree.setFilter(text);
    view.description = text === '' ? '' : vscode.l10n.t('names with "{0}"', text);
    await vscode.commands.executeCommand('setContext', filteredContext, text !== '');
  };
  return [
    registerCommand(commandIds.filterAccount, log, async (options?: { readonly text: string }) => {
      const text =
        options?.text ??
        (await vscode.window.showInputBox({
          title: vscode.l10n.t('Filter Layers and Functions'),
          prompt: vscode.l10n.t('Part of the name; reads on until something matches. Empty shows all.'),
          value: accountTree.filter,
        }));
      if (text !== undefined) await setFilter(text.trim());
    }),
    registerCommand(commandIds.clearAccountFilter, log, () => setFilter('')),
    registerCommand(commandIds.loadMore, log, (node: MoreNode) => {
      accountTree.showMore(node);
      return Promise.resolve();
    }),
    registerCommand(commandIds.retryLoading, log, (node: ProblemNode) => {
      accountTree.retry(node.parent);
      return Promise.resolve();
    }),
  ];
}
