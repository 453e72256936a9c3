import * as vscode from 'vscode';
import { planDetach } from '../../../core/account/changeLayers.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { changeWithPreview } from './changeWithPreview.ts';
import { type AwsInput, functionTarget, nodeOf, optionsOf } from './targets.ts';

export interface DetachOptions {
  /** Name or ARN. */
  readonly function: string;
  /** Layer version ARNs. */
  readonly layers: readonly string[];
}

/**
 * Detaches layer versions from a function; the others keep their order. Asks for what is not given.
 * @returns the function's ordered layer version ARNs, or `undefined` when the person gave up
 */
export async function detachLayer(
  services: AwsServices,
  input: AwsInput<DetachOptions>,
): Promise<readonly string[] | undefined> {
  requireTrust(vscode.l10n.t('Changing functions'));
  const options = optionsOf(input);
  const target = await functionTarget(services, input, vscode.l10n.t('Detach Layer'));
  if (target === undefined) return undefined;
  const node = nodeOf(input);
  const attached =
    node?.kind === 'accountLayerVersion' && node.position !== undefined ? [node.layerVersionArn] : undefined;
  const layers = options?.layers ?? attached ?? (await askLayers(services, target));
  if (layers === undefined || (options === undefined && layers.length === 0)) return undefined;
  return changeWithPreview(services, {
    where: target.where,
    confirm: options === undefined ? 'ask' : 'decided',
    plan: (gateway, planOptions) => planDetach(gateway, { function: target.function, layers }, planOptions),
  });
}

async function askLayers(
  { accounts }: AwsServices,
  target: NonNullable<Awaited<ReturnType<typeof functionTarget>>>,
): Promise<readonly string[] | undefined> {
  const gateway = await accounts.gateway(target.where);
  const { layers, name } = await gateway.getFunction(target.function);
  if (layers.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has no layers.', name));
    return undefined;
  }
  const items = layers.map(({ arn }, index) => ({
    label: shortName(arn),
    description: String(index + 1),
    arn,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Detach Layer'),
    placeHolder: vscode.l10n.t('Layers of {0} to detach', name),
    canPickMany: true,
  });
  return chosen?.map(({ arn }) => arn);
}
