import * as vscode from 'vscode';
import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { shortName } from '../../core/account/layerNames.ts';
import { UserError } from '../../core/base/errors.ts';
import { parseAwsLayerArn } from '../../core/layer/layerArn.ts';
import type { StackTarget } from '../commands/stackTarget.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';
import type { AccountNode } from './accountNodes.ts';
import type { AwsAccounts } from './awsAccounts.ts';
import type { PublishedLayers } from './publishedLayers.ts';

/** What resolving published stacks needs. */
export interface TargetServices {
  readonly accounts: AwsAccounts;
  readonly published: PublishedLayers;
  readonly model: WorkspaceModel;
}

/** The stack of a row of the account view, downloaded; `undefined` for rows that have none. */
export async function targetOfAccountNode(
  services: TargetServices,
  node: AccountNode,
): Promise<StackTarget | undefined> {
  switch (node.kind) {
    case 'accountLayerVersion':
      return versionsTarget(services, [node.layerVersionArn], node.where);
    case 'accountLayer': {
      const arn = node.addedVersionArn ?? node.layer.newest?.arn;
      return arn === undefined ? undefined : versionsTarget(services, [arn], node.where);
    }
    case 'accountFunction':
      return deployedTarget(services, node.functionArn, node.where);
    case 'accountPlace':
    case 'accountGroup':
    case 'accountUsers':
    case 'accountFact':
    case 'accountMore':
    case 'accountProblem':
      return undefined;
  }
}

/**
 * The stack of a deployed function as it is now, downloaded.
 * Rejects with `LayerNotFound` when it has no layers, as the gateway, and as `PublishedLayers.prepare`.
 */
export async function deployedTarget(
  services: TargetServices,
  functionArn: string,
  where?: AccountPlace,
): Promise<StackTarget> {
  const { accounts } = services;
  const place = where ?? (await accounts.placeOf(functionArn));
  const { name, layers, runtime } = await (await accounts.gateway(place)).getFunction(functionArn);
  if (layers.length === 0) {
    throw new UserError(
      'LayerNotFound',
      vscode.l10n.t('{0} has no layers, so layers put nothing into its /opt.', name),
    );
  }
  const target = await versionsTarget(
    services,
    layers.map(({ arn }) => arn),
    place,
  );
  return { ...target, ...(runtime === undefined ? {} : { runtime }) };
}

/** The stack of some published versions, downloaded. Rejects as `PublishedLayers.prepare`. */
export async function versionsTarget(
  { published, model }: TargetServices,
  arns: readonly string[],
  where: AccountPlace | undefined,
): Promise<StackTarget> {
  const withheld = await withheldLayers(published, arns, where);
  const given = arns.filter((arn) => !withheld.includes(arn));
  await published.prepare(given, 'person', where);
  if (withheld.length === 0) return { paths: model.resolveLayers(given) };
  const text = vscode.l10n.t('{0}: AWS gives no content of it.', withheld.map(shortName).join(', '));
  if (given.length === 0) throw new UserError('LayerNotFound', text);
  void vscode.window.showWarningMessage(`${text} ${vscode.l10n.t('/opt is shown without it.')}`);
  return { paths: model.resolveLayers(given) };
}

/** Layers of AWS itself whose content AWS does not give to everybody. */
async function withheldLayers(
  published: PublishedLayers,
  arns: readonly string[],
  where: AccountPlace | undefined,
): Promise<string[]> {
  const withheld: string[] = [];
  for (const arn of arns.filter((each) => parseAwsLayerArn(each) !== undefined)) {
    try {
      await published.prepare([arn], 'person', where);
    } catch (error) {
      const isWithheld =
        error instanceof UserError && ['AccessDenied', 'NotFound', 'RequestRefused'].includes(error.code);
      if (!isWithheld) throw error;
      withheld.push(arn);
    }
  }
  return withheld;
}
