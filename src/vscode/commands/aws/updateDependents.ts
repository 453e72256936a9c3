import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { layerArnOf, shortName } from '../../../core/account/layerNames.ts';
import type { LambdaGateway } from '../../../core/account/ports.ts';
import {
  applyDependents,
  planDependents,
  type ApplyOptions,
  type DependentChange,
  type DependentsPlan,
} from '../../../core/account/updateDependents.ts';
import { commandIds } from '../../manifest.ts';
import { withCancellableProgress } from '../../progress.ts';
import { ask, back } from '../../questions/ask.ts';
import { telling } from '../../register.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { orderText, placeLine } from './changeTexts.ts';
import { compareOrders } from './compareChange.ts';
import {
  dependentsReport,
  isPartial,
  outcomesOf,
  plannedOutcomes,
  summaryText,
  type DependentOutcome,
} from './resultTexts.ts';
import { readContents } from './stackPreview.ts';
import { tellStores, touched } from './tellStores.ts';
import { type AwsInput, optionsOf, versionTarget, type VersionTarget } from './targets.ts';

export interface UpdateOptions {
  /** The version that the functions shall have. */
  readonly layerVersionArn: string;
  /** Names or ARNs; all functions on older versions without it. */
  readonly functions?: readonly string[];
  /** Only says what would be done. */
  readonly dryRun?: boolean;
  /** Whether the others are updated after one has failed; `stop`. */
  readonly onError?: 'stop' | 'continue';
}

/**
 * Replaces older versions of a layer in the functions that have them, each in its place. Run by hand it shows the
 * table of what will change first, and lets functions be left out.
 * @returns what was done, or would be, for each function; `undefined` when the person gave up
 */
export async function updateDependents(
  services: AwsServices,
  input: AwsInput<UpdateOptions>,
): Promise<readonly DependentOutcome[] | undefined> {
  requireTrust(vscode.l10n.t('Changing functions'));
  const options = optionsOf(input);
  const target = await versionTarget(services, input, vscode.l10n.t('Update Functions to Layer Version'));
  if (target === undefined) return undefined;
  return options === undefined ? offerUpdate(services, target) : updateAsTold(services, target, options);
}

/** Shows what an update of all dependents would do, and does what the person wants of it. */
export async function offerUpdate(
  services: AwsServices,
  target: VersionTarget,
): Promise<readonly DependentOutcome[] | undefined> {
  const gateway = await services.accounts.gateway(target.where);
  const plan = await lookForDependents(services, gateway, target, undefined);
  const chosen = await choose(services, gateway, plan);
  if (chosen === undefined) return undefined;
  return applyAll(services, { gateway, target, plan, chosen });
}

async function updateAsTold(
  services: AwsServices,
  target: VersionTarget,
  { functions, dryRun, onError = 'stop' }: UpdateOptions,
): Promise<readonly DependentOutcome[]> {
  const gateway = await services.accounts.gateway(target.where);
  const plan = await lookForDependents(services, gateway, target, functions);
  if (dryRun === true) return plannedOutcomes(plan);
  return applyAll(services, { gateway, target, plan, chosen: { changes: plan.changes, onError } });
}

/** Sizes are checked as far as the target is on this machine: nothing is downloaded for a table. */
function lookForDependents(
  services: AwsServices,
  gateway: LambdaGateway,
  { arn, where }: VersionTarget,
  functions: readonly string[] | undefined,
): Promise<DependentsPlan> {
  const title = vscode.l10n.t('Looking for functions that use {0}', shortName(arn));
  return withCancellableProgress(title, async (signal, report) => {
    const { facts } = await readContents(services, { arns: [arn], where, from: 'cached', signal });
    const onProgress = (seen: number): void => report(vscode.l10n.t('{0} seen', seen));
    return planDependents(gateway, { layerVersionArn: arn, functions }, { signal, onProgress, facts });
  });
}

interface Chosen {
  readonly changes: readonly DependentChange[];
  readonly onError: ApplyOptions['onError'];
}

/** Shows what would be done, lets functions be left out, and asks. */
async function choose(
  services: AwsServices,
  where: AccountPlace,
  plan: DependentsPlan,
): Promise<Chosen | undefined> {
  const name = shortName(plan.target);
  const title = vscode.l10n.t('Update to {0}', name);
  await services.reports.show(title, dependentsReport(title, plannedOutcomes(plan), plan));
  if (plan.changes.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No function has an older version of {0}.', layerArnOf(plan.target)),
    );
    return undefined;
  }
  const picked = await pickFunctions(services, where, plan);
  if (picked === undefined || picked.length === 0) return undefined;
  const onError = await confirm(plan, where, picked.length);
  return onError === undefined ? undefined : { changes: picked, onError };
}

interface FunctionItem extends vscode.QuickPickItem {
  readonly change: DependentChange;
}

/** The functions that shall be updated; what an update makes of a function's `/opt` can be looked at beside. */
async function pickFunctions(
  services: AwsServices,
  where: AccountPlace,
  plan: DependentsPlan,
): Promise<readonly DependentChange[] | undefined> {
  const compare = {
    iconPath: new vscode.ThemeIcon('diff'),
    tooltip: vscode.l10n.t('Compare /opt Before and After'),
  };
  const pick = vscode.window.createQuickPick<FunctionItem>();
  const placeholder = vscode.l10n.t('Functions to update');
  Object.assign(pick, { placeholder, canSelectMany: true, ignoreFocusOut: true, matchOnDetail: true });
  pick.items = plan.changes.map((change) => ({
    label: change.function,
    description: change.problems[0]?.message ?? '',
    detail: `${orderText(change.before)}  ⇒  ${orderText(change.after)}`,
    buttons: [compare],
    change,
  }));
  pick.selectedItems = pick.items.filter(({ change }) => !isRefused(change));
  pick.onDidTriggerItemButton(({ item: { change } }) => {
    void telling(compareOrders(services, { ...change, where }));
  });
  const title = vscode.l10n.t('Update to {0}', shortName(plan.target));
  const answer = await ask(pick, { title, accept: () => pick.selectedItems.map(({ change }) => change) });
  return answer === back ? undefined : answer;
}

function isRefused({ problems }: DependentChange): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

async function confirm(
  { target, pinned }: DependentsPlan,
  where: AccountPlace,
  count: number,
): Promise<ApplyOptions['onError'] | undefined> {
  const stop = vscode.l10n.t('Update, Stop at an Error');
  const goOn = vscode.l10n.t('Update, Go On After Errors');
  const detail = [
    placeLine(where),
    vscode.l10n.t('Each function keeps the order of its layers. The update can be undone in this window.'),
    ...(pinned.length === 0
      ? []
      : [vscode.l10n.t('Published function versions that keep an older version are in the table.')]),
  ].join('\n\n');
  const name = shortName(target);
  const message =
    count === 1
      ? vscode.l10n.t('Update 1 function to {0}?', name)
      : vscode.l10n.t('Update {0} functions to {1}?', count, name);
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, stop, goOn);
  if (chosen === undefined) return undefined;
  return chosen === goOn ? 'continue' : 'stop';
}

interface Update {
  readonly gateway: LambdaGateway;
  readonly target: VersionTarget;
  readonly plan: DependentsPlan;
  readonly chosen: Chosen;
}

async function applyAll(services: AwsServices, update: Update): Promise<readonly DependentOutcome[]> {
  const { gateway, target, plan, chosen } = update;
  const title = vscode.l10n.t('Updating functions to {0}', shortName(target.arn));
  const results = await withCancellableProgress(title, (signal, report) =>
    applyDependents(gateway, chosen.changes, {
      onError: chosen.onError,
      signal,
      onResult: ({ function: name }, done, total) =>
        report(vscode.l10n.t('{0} ({1} of {2})', name, done, total)),
    }),
  );
  services.history.record(gateway, results);
  await tellStores(services, gateway, touched(results));
  const outcomes = outcomesOf(results);
  void tell(services, plan, outcomes);
  return outcomes;
}

async function tell(
  { reports }: AwsServices,
  plan: DependentsPlan,
  outcomes: readonly DependentOutcome[],
): Promise<void> {
  const title = vscode.l10n.t('Updated to {0}', shortName(plan.target));
  const text = vscode.l10n.t('{0}: {1}.', title, summaryText(outcomes));
  const show = vscode.l10n.t('Show Results');
  const undo = vscode.l10n.t('Undo');
  const compare = vscode.l10n.t('Compare /opt');
  const chosen = await (isPartial(outcomes)
    ? vscode.window.showWarningMessage(text, show, undo, compare)
    : vscode.window.showInformationMessage(text, show, undo, compare));
  if (chosen === show) await reports.show(title, dependentsReport(title, outcomes, plan));
  if (chosen === undo) await vscode.commands.executeCommand(commandIds.undoUpdate);
  if (chosen === compare) await vscode.commands.executeCommand(commandIds.compareChange);
}
