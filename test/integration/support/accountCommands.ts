import { join } from 'node:path';
import { layerArnOf, shortName } from '../../../src/core/account/layerNames.ts';
import { isCancellation } from '../../../src/core/base/errors.ts';
import { findLayerUsers } from '../../../src/vscode/account/findLayerUsers.ts';
import { addPermission } from '../../../src/vscode/commands/aws/addPermission.ts';
import { attachLayer } from '../../../src/vscode/commands/aws/attachLayer.ts';
import { orderText } from '../../../src/vscode/commands/aws/changeTexts.ts';
import { copyPermissions } from '../../../src/vscode/commands/aws/copyPermissions.ts';
import { deleteLayerVersion } from '../../../src/vscode/commands/aws/deleteLayerVersion.ts';
import { detachLayer } from '../../../src/vscode/commands/aws/detachLayer.ts';
import { pruneLayer } from '../../../src/vscode/commands/aws/pruneLayer.ts';
import { publishLayer } from '../../../src/vscode/commands/aws/publishLayer.ts';
import { removePermission } from '../../../src/vscode/commands/aws/removePermission.ts';
import { reorderLayers } from '../../../src/vscode/commands/aws/reorderLayers.ts';
import { undoUpdate } from '../../../src/vscode/commands/aws/undoUpdate.ts';
import { updateDependents } from '../../../src/vscode/commands/aws/updateDependents.ts';
import { downloadLayerVersion } from '../../../src/vscode/commands/downloadLayerVersion.ts';
import type { SmallAccount } from './smallAccount.ts';

/** A command, run with options. */
export type CommandName = keyof ReturnType<typeof commandsOf>;

/**
 * Runs commands in a small account, as a program does; `zip` is what is published instead of its version 5.
 * @returns what the command says in a few words: its result, `cancelled`, or `failed: …`
 */
export function accountCommands(small: SmallAccount, zip?: string): (name: CommandName) => Promise<string> {
  const commands = commandsOf(small, zip);
  return async (name) => {
    try {
      return (await commands[name]()) ?? 'cancelled';
    } catch (error) {
      return isCancellation(error) ? 'cancelled' : `failed: ${String(error)}`;
    }
  };
}

function commandsOf(small: SmallAccount, zip: string | undefined) {
  return { ...functionCommands(small), ...layerCommands(small, zip), ...readingCommands(small) };
}

function functionCommands(small: SmallAccount) {
  const { version, named } = small;
  const services = () => small.view.services;
  const order = (arns: readonly string[] = []) => named(orderText(arns));
  const statuses = (outcomes: readonly { readonly status: string }[] = []) =>
    outcomes.map(({ status }) => status).join(', ');
  const updating = () => updateDependents(services(), { layerVersionArn: version(4) });
  return {
    attachLayer: async () =>
      order(await attachLayer(services(), { function: 'orders', layer: version(4), replace: true })),
    detachLayer: async () =>
      order(await detachLayer(services(), { function: 'orders', layers: [version(1)] })),
    reorderLayers: async () =>
      order(await reorderLayers(services(), { function: 'orders', layers: [version(1), small.data] })),
    updateDependents: async () => statuses(await updating()),
    undoUpdate: async () => statuses(await undoUpdate(services(), {})),
  };
}

function layerCommands(small: SmallAccount, zip: string | undefined) {
  const { version, named } = small;
  const services = () => small.view.services;
  return {
    publishLayer: async () =>
      named(shortName((await publishLayer(services(), { zip: zip ?? small.zip, name: small.layer })) ?? '')),
    deleteLayerVersion: async () =>
      (await deleteLayerVersion(services(), { layerVersionArn: version(2) })) ? 'deleted' : 'kept',
    pruneLayer: async () => {
      const request = { layerArn: layerArnOf(version(1)), keepNewest: 1 };
      return ((await pruneLayer(services(), request)) ?? []).map(({ status }) => status).join(', ');
    },
    addPermission: async () =>
      (await addPermission(services(), { layerVersionArn: version(4), account: '111122223333' }))
        ?.statementId,
    copyPermissions: async () => {
      const result = await copyPermissions(services(), { from: version(1), to: version(4) });
      if (result === undefined) return undefined;
      const { copied, failed, notStarted } = result;
      return `${copied.length} copied, ${failed.length} failed, ${notStarted.length} not started`;
    },
    removePermission: async () =>
      (await removePermission(services(), { layerVersionArn: version(1), statementId: 'one' }))
        ? 'removed'
        : 'kept',
  };
}

function readingCommands(small: SmallAccount) {
  const { account, version } = small;
  const done = (result: unknown) => (result === undefined ? undefined : 'done');
  return {
    findLayerUsers: async () => {
      const { accounts } = small.view.services;
      accounts.refresh(); // what the view has read would do
      return (await findLayerUsers({ accounts }, { layerVersionArn: version(1) }))?.join(', ');
    },
    downloadLayerVersion: async () => {
      const destination = join(small.folder, 'down', 'tools.zip');
      const options = { layerVersionArn: version(4), destination };
      return done(await downloadLayerVersion(small.view.services, options));
    },
    openOpt: async () => done(await account.run('openOpt', { layers: [version(4)] })),
    compareLayers: async () =>
      done(await account.run('compareLayers', { left: [version(3)], right: [version(4)] })),
  };
}
