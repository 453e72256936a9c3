import * as vscode from 'vscode';
import { planReorder } from '../../../core/account/changeLayers.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import { moveItem } from '../../../core/workspace/launchEdit.ts';
import { ask, back } from '../../questions/ask.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { changeWithPreview } from './changeWithPreview.ts';
import { type AwsInput, type FunctionTarget, functionTarget, optionsOf } from './targets.ts';

export interface ReorderOptions {
  /** Name or ARN. */
  readonly function: string;
  /** All of the function's layer version ARNs, in the new order. */
  readonly layers: readonly string[];
}

/**
 * Puts a function's layers into another order. Asks for what is not given.
 * @returns the function's ordered layer version ARNs, or `undefined` when the person gave up
 */
export async function reorderLayers(
  services: AwsServices,
  input: AwsInput<ReorderOptions>,
): Promise<readonly string[] | undefined> {
  requireTrust(vscode.l10n.t('Changing functions'));
  const options = optionsOf(input);
  const target = await functionTarget(services, input, vscode.l10n.t('Reorder Layers'));
  if (target === undefined) return undefined;
  const layers = options?.layers ?? (await askForOrder(services, target));
  if (layers === undefined) return undefined;
  return reorderTo(services, { ...target, layers, confirm: options === undefined ? 'ask' : 'decided' });
}

/** Puts layers into a given order, after showing it where `confirm` says so. */
export function reorderTo(
  services: AwsServices,
  request: FunctionTarget & { readonly layers: readonly string[]; readonly confirm: 'ask' | 'decided' },
): Promise<readonly string[] | undefined> {
  const { function: name, layers, where, confirm } = request;
  return changeWithPreview(services, {
    where,
    confirm,
    plan: (gateway, options) => planReorder(gateway, { function: name, layers }, options),
  });
}

async function askForOrder(
  { accounts }: AwsServices,
  target: FunctionTarget,
): Promise<readonly string[] | undefined> {
  const gateway = await accounts.gateway(target.where);
  const { layers, name } = await gateway.getFunction(target.function);
  if (layers.length > 1)
    return arrange(
      name,
      layers.map(({ arn }) => arn),
    );
  void vscode.window.showInformationMessage(vscode.l10n.t('{0} has no layers to reorder.', name));
  return undefined;
}

interface OrderItem extends vscode.QuickPickItem {
  readonly arn: string;
}

/** A list whose rows move up and down by their buttons; Enter takes the order as it is. */
async function arrange(name: string, current: readonly string[]): Promise<readonly string[] | undefined> {
  let order = [...current];
  const up = { iconPath: new vscode.ThemeIcon('arrow-up'), tooltip: vscode.l10n.t('Move Up') };
  const down = { iconPath: new vscode.ThemeIcon('arrow-down'), tooltip: vscode.l10n.t('Move Down') };
  const pick = vscode.window.createQuickPick<OrderItem>();
  pick.placeholder = vscode.l10n.t('Move layers by their buttons, the last one wins; Enter when done');
  pick.keepScrollPosition = true;
  const show = (active: string | undefined): void => {
    pick.items = order.map((arn, index) => ({
      label: `${index + 1}. ${shortName(arn)}`,
      buttons: [...(index > 0 ? [up] : []), ...(index < order.length - 1 ? [down] : [])],
      arn,
    }));
    pick.activeItems = pick.items.filter(({ arn }) => arn === active);
  };
  pick.onDidTriggerItemButton(({ button, item }) => {
    const from = order.indexOf(item.arn);
    order = moveItem(order, from, button === up ? from - 1 : from + 2);
    show(item.arn);
  });
  show(order[0]);
  const title = vscode.l10n.t('Reorder Layers of {0}', name);
  const answer = await ask(pick, { title, accept: () => order });
  return answer === back ? undefined : answer;
}
