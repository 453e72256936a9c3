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
import { UserError } from '../../../core/base/errors.ts';
import { commandIds } from '../../manifest.ts';
import { type Report, withCancellableProgress } from '../../progress.ts';
import type { AwsServices } from './awsServices.ts';
import { changeText, orderText } from './changeTexts.ts';
import { confirmComparing } from './confirmComparing.ts';
import {
  compareConflicts,
  compareContents,
  type ConflictChange,
  type LayerContents,
  readContents,
} from './stackPreview.ts';
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
export async function changeWithPreview(
  services: AwsServices,
  request: LayerChangeRequest,
): Promise<readonly string[] | undefined> {
  const gateway = await services.accounts.gateway(request.where);
  const title = vscode.l10n.t('Looking at the layers');
  const shown = await withCancellableProgress(title, (signal, report) =>
    preview(services, gateway, request, { signal, report }),
  );
  const { plan } = shown;
  if (request.confirm === 'ask') {
    if (sameOrder(plan.before, plan.after)) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} has these layers in this order already.', plan.function),
      );
      return plan.after;
    }
    if (!(await agrees(services, shown, gateway))) return undefined;
  }
  const changed = await apply(services, gateway, plan);
  if (request.confirm === 'decided') requireDone(changed);
  void announce(plan, changed);
  return changed.layers;
}

async function preview(
  services: AwsServices,
  gateway: LambdaGateway,
  { plan, confirm, where }: LayerChangeRequest,
  { signal, report }: { readonly signal: AbortSignal; readonly report: Report },
): Promise<{ plan: LayerChangePlan; conflicts: ConflictChange; contents: LayerContents }> {
  const first = await plan(gateway, { signal });
  const contents = await readContents(services, {
    where,
    arns: [...first.before, ...first.after],
    from: confirm === 'ask' ? 'network' : 'cached',
    signal,
    onLayer: (name) => report(vscode.l10n.t('Reading {0}', name)),
  });
  const full = await plan(gateway, { facts: contents.facts, signal });
  return { plan: full, conflicts: await compareConflicts(contents, full, signal), contents };
}

/** Shows before and after. A change that Lambda would refuse can only be looked at. */
async function agrees(
  services: AwsServices,
  { plan, conflicts, contents }: Awaited<ReturnType<typeof preview>>,
  where: AccountPlace,
): Promise<boolean> {
  const change = vscode.l10n.t('Change Layers');
  const isPossible = plan.problems.every(({ severity }) => severity !== 'error');
  const message = isPossible
    ? vscode.l10n.t('Change the layers of {0}?', plan.function)
    : vscode.l10n.t('The layers of {0} cannot be changed like this.', plan.function);
  const chosen = await confirmComparing({
    message,
    detail: changeText(plan, conflicts, where),
    actions: isPossible ? [change] : [],
    comparison: {
      label: vscode.l10n.t('Compare /opt'),
      show: () => compareContents(services, contents, plan),
    },
  });
  return chosen === change;
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

/** A program must not take for done what may not be. @throws UserError `OutcomeUnknown` or `RequestRefused` */
function requireDone({ status, warning = '' }: OrderChanged): void {
  if (status === 'unknown') throw new UserError('OutcomeUnknown', warning);
  if (status === 'failed') throw new UserError('RequestRefused', warning);
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
  const compare = vscode.l10n.t('Compare /opt');
  const buttons = status === 'unchanged' ? [] : [undo, compare];
  const chosen = await (warning === ''
    ? vscode.window.showInformationMessage(texts[status], ...buttons)
    : vscode.window.showWarningMessage(`${texts[status]} ${warning}`, ...buttons));
  if (chosen === undo) await vscode.commands.executeCommand(commandIds.undoUpdate);
  if (chosen === compare) await vscode.commands.executeCommand(commandIds.compareChange, { function: name });
}
