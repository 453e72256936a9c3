import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import {
  applyLayerChange,
  type LayerChangePlan,
  type PlanOptions,
} from '../../../core/account/changeLayers.ts';
import type { OrderChanged } from '../../../core/account/functionUpdate.ts';
import { sameOrder } from '../../../core/account/layerNames.ts';
import type { LambdaGateway } from '../../../core/account/ports.ts';
import { changeResult } from '../../../core/account/updateDependents.ts';
import { commandIds } from '../../manifest.ts';
import { type Report, withCancellableProgress } from '../../progress.ts';
import type { AwsServices } from './awsServices.ts';
import { changeText, orderText } from './changeTexts.ts';
import { compareConflicts, type ConflictChange, readContents } from './stackPreview.ts';
import { tellStores } from './tellStores.ts';

/** A change of one function's layers that a command wants. */
export interface LayerChangeRequest {
  readonly where: AccountPlace;
  /** Plans it; called again when more is known of the layers. */
  readonly plan: (gateway: LambdaGateway, options: PlanOptions) => Promise<LayerChangePlan>;
  /** Whether the person is shown what will change and asked, or a program has decided. */
  readonly confirm: 'ask' | 'decided';
}

/**
 * Changes the order of a function's layers: plans it, shows it, and does it when the person agrees.
 * @returns the function's ordered layer version ARNs, or `undefined` when the person did not agree
 */
export async function changeLayers(
  services: AwsServices,
  request: LayerChangeRequest,
): Promise<readonly string[] | undefined> {
  const gateway = await services.accounts.gateway(request.where);
  const title = vscode.l10n.t('Looking at the layers');
  const { plan, conflicts } = await withCancellableProgress(title, (signal, report) =>
    preview(services, gateway, request, { signal, report }),
  );
  if (request.confirm === 'ask') {
    if (sameOrder(plan.before, plan.after)) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} has these layers in this order already.', plan.function),
      );
      return plan.after;
    }
    if (!(await agrees(plan, conflicts, gateway))) return undefined;
  }
  const changed = await apply(services, gateway, plan);
  void announce(plan, changed);
  return changed.layers;
}

async function preview(
  services: AwsServices,
  gateway: LambdaGateway,
  { plan, confirm, where }: LayerChangeRequest,
  { signal, report }: { readonly signal: AbortSignal; readonly report: Report },
): Promise<{ plan: LayerChangePlan; conflicts: ConflictChange }> {
  const first = await plan(gateway, { signal });
  const contents = await readContents(services, {
    where,
    arns: [...first.before, ...first.after],
    from: confirm === 'ask' ? 'network' : 'cached',
    signal,
    onLayer: (name) => report(vscode.l10n.t('Reading {0}', name)),
  });
  const full = await plan(gateway, { facts: contents.facts, signal });
  return { plan: full, conflicts: await compareConflicts(contents, full, signal) };
}

/** Shows before and after. A change that Lambda would refuse can only be looked at. */
async function agrees(
  plan: LayerChangePlan,
  conflicts: ConflictChange,
  where: AccountPlace,
): Promise<boolean> {
  const change = vscode.l10n.t('Change Layers');
  const compare = vscode.l10n.t('Compare /opt');
  const isPossible = plan.problems.every(({ severity }) => severity !== 'error');
  const message = isPossible
    ? vscode.l10n.t('Change the layers of {0}?', plan.function)
    : vscode.l10n.t('The layers of {0} cannot be changed like this.', plan.function);
  const detail = changeText(plan, conflicts, where);
  const buttons = [...(isPossible ? [change] : []), compare];
  const chosen = await vscode.window.showInformationMessage(message, { modal: true, detail }, ...buttons);
  if (chosen !== compare) return chosen === change;
  await vscode.commands.executeCommand(commandIds.compareLayers, { left: plan.before, right: plan.after });
  if (!isPossible) return false;
  const order = vscode.l10n.t('{0}: {1}?', plan.function, orderText(plan.after));
  return (await vscode.window.showInformationMessage(order, change)) === change;
}

async function apply(
  services: AwsServices,
  gateway: LambdaGateway,
  plan: LayerChangePlan,
): Promise<OrderChanged> {
  const { functionArn } = plan;
  const title = vscode.l10n.t('Changing the layers of {0}', plan.function);
  let changed: OrderChanged | undefined;
  try {
    changed = await withCancellableProgress(title, (signal) => applyLayerChange(gateway, plan, { signal }));
    services.history.record(gateway, [changeResult(plan, changed)]);
    return changed;
  } finally {
    const configuration = changed?.status === 'unknown' ? undefined : changed?.configuration;
    await tellStores(services, gateway, [{ functionArn, configuration }]);
  }
}

async function announce({ function: name }: LayerChangePlan, changed: OrderChanged): Promise<void> {
  const { status, warning = '', layers } = changed;
  const order = orderText(layers);
  const texts = {
    active: vscode.l10n.t('{0} now has: {1}', name, order),
    pending: vscode.l10n.t('{0} now has: {1}. Lambda has not finished the update yet.', name, order),
    failed: vscode.l10n.t('{0} now has: {1}. Lambda could not finish the update.', name, order),
    unknown: vscode.l10n.t('{0} may be given: {1}', name, order),
    unchanged: vscode.l10n.t('{0} has it already: {1}', name, order),
  };
  const undo = vscode.l10n.t('Undo');
  const buttons = status === 'unchanged' ? [] : [undo];
  const chosen = await (warning === ''
    ? vscode.window.showInformationMessage(texts[status], ...buttons)
    : vscode.window.showWarningMessage(`${texts[status]} ${warning}`, ...buttons));
  if (chosen === undo) await vscode.commands.executeCommand(commandIds.undoUpdate);
}
