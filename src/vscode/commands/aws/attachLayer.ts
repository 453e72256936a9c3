import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { planAttach } from '../../../core/account/changeLayers.ts';
import { layerArnOf, shortName } from '../../../core/account/layerNames.ts';
import { newestVersion } from '../../../core/account/publishPlan.ts';
import { UserError } from '../../../core/base/errors.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { changeWithPreview } from './changeWithPreview.ts';
import { pickFunction, pickLayerVersion } from './pickers.ts';
import { type AwsInput, functionTarget, nodeOf, optionsOf, placeOfRow, versionTarget } from './targets.ts';

export interface AttachOptions {
  /** Name or ARN. */
  readonly function: string;
  /** Layer version ARN, or the name of a layer of the account for its newest version. */
  readonly layer: string;
  /** Place in the order, 0 being extracted first; at the end without it. */
  readonly position?: number;
  /** Takes the place of another version of the same layer, which Lambda refuses otherwise. */
  readonly replace?: boolean;
}

/**
 * Attaches a layer version to a function, at a place in its order. Asks for what is not given and shows the order
 * before and after.
 * @returns the function's ordered layer version ARNs, or `undefined` when the person gave up
 */
export async function attachLayer(
  services: AwsServices,
  input: AwsInput<AttachOptions>,
): Promise<readonly string[] | undefined> {
  requireTrust(vscode.l10n.t('Changing functions'));
  const options = optionsOf(input);
  if (options === undefined) return attachByHand(services, input);
  const target = await functionTarget(services, options, '');
  if (target === undefined) return undefined;
  const layer = await versionOfReference(services, target.where, options.layer);
  return changeWithPreview(services, {
    where: target.where,
    confirm: 'decided',
    plan: (gateway, planOptions) =>
      planAttach(
        gateway,
        {
          function: options.function,
          layer,
          position: options.position,
          onSameLayer: options.replace === true ? 'replace' : 'refuse',
        },
        planOptions,
      ),
  });
}

async function attachByHand(
  services: AwsServices,
  input: AwsInput<AttachOptions>,
): Promise<readonly string[] | undefined> {
  const title = vscode.l10n.t('Attach Layer');
  const node = nodeOf(input);
  const isFunctionRow = node?.kind === 'accountFunction';
  const chosenLayer = isFunctionRow ? undefined : await versionTarget(services, node, title);
  if (!isFunctionRow && chosenLayer === undefined) return undefined;
  const where = chosenLayer?.where ?? placeOfRow(node);
  const functionArn = isFunctionRow ? node.functionArn : (await pickFunction(services, where, title))?.arn;
  if (functionArn === undefined) return undefined;
  const layer = chosenLayer?.arn ?? (await pickLayerVersion(services, where, title));
  if (layer === undefined) return undefined;
  return attachTo(services, { function: functionArn, layer, where });
}

/** Asks for the place in the function's order, then attaches; also after a layer was dropped on a function. */
export async function attachTo(
  services: AwsServices,
  request: { readonly function: string; readonly layer: string; readonly where: AccountPlace | undefined },
): Promise<readonly string[] | undefined> {
  const { function: name, layer } = request;
  const where = request.where ?? (await services.accounts.placeOf(name));
  const gateway = await services.accounts.gateway(where);
  const current = (await gateway.getFunction(name)).layers.map(({ arn }) => arn);
  const position = await askPosition(current, layer);
  if (position === undefined) return undefined;
  return changeWithPreview(services, {
    where,
    confirm: 'ask',
    plan: (_gateway, options) =>
      planAttach(
        gateway,
        { function: name, layer, onSameLayer: 'replace', ...(position === 'keep' ? {} : { position }) },
        options,
      ),
  });
}

/** Another version of the layer keeps its place unless another one is chosen. */
async function askPosition(current: readonly string[], layer: string): Promise<number | 'keep' | undefined> {
  if (current.length === 0) return 0;
  const same = current.find((arn) => layerArnOf(arn) === layerArnOf(layer));
  const rest = current.filter((arn) => arn !== same);
  const items: (vscode.QuickPickItem & { position: number | 'keep' })[] = [
    ...(same === undefined
      ? []
      : [{ label: vscode.l10n.t('In the place of {0}', shortName(same)), position: 'keep' as const }]),
    { label: vscode.l10n.t('Last: it wins over the others'), position: rest.length },
    ...rest.map((arn, position) => ({
      label: vscode.l10n.t('Before {0}', shortName(arn)),
      description: position === 0 ? vscode.l10n.t('first: all others win over it') : '',
      position,
    })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Attach Layer'),
    placeHolder: vscode.l10n.t('Place of {0} in the order', shortName(layer)),
  });
  return chosen?.position;
}

async function versionOfReference(
  { accounts }: AwsServices,
  where: AccountPlace,
  reference: string,
): Promise<string> {
  if (reference.startsWith('arn:')) return reference;
  const newest = await newestVersion(await accounts.gateway(where), reference, {});
  if (typeof newest === 'object') return newest.arn;
  throw new UserError(
    'LayerNotFound',
    vscode.l10n.t('There is no published layer "{0}" in {1}.', reference, where.region),
    vscode.l10n.t('Give a layer version ARN.'),
  );
}
