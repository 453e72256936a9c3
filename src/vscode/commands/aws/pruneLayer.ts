import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import type { DeletionCandidate } from '../../../core/account/deleteVersion.ts';
import { shortName } from '../../../core/account/layerNames.ts';
import { describeAudience } from '../../../core/account/layerPolicy.ts';
import type { PassOptions } from '../../../core/account/layerUsers.ts';
import {
  applyPrune,
  lookAgain,
  planPrune,
  type PrunePlan,
  type PruneResult,
} from '../../../core/account/pruneVersions.ts';
import { describeError } from '../../../core/base/errors.ts';
import { firstOf } from '../../firstOf.ts';
import { withCancellableProgress } from '../../progress.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { placeLine } from './changeTexts.ts';
import { userLines } from './deleteLayerVersion.ts';
import { plain, table } from '../../markdownTexts.ts';
import { back } from '../../questions/ask.ts';
import { askText } from '../../questions/steps.ts';
import { type AwsInput, layerTarget, optionsOf } from './targets.ts';

export interface PruneOptions {
  /** Layer ARN, without a version. */
  readonly layerArn: string;
  /** How many of the newest versions stay in any case. */
  readonly keepNewest: number;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
  /** Whether the others are deleted after one has failed; `stop`. */
  readonly onError?: 'stop' | 'continue';
}

/** What became of one version, or would. */
export interface PruneOutcome {
  readonly layerVersionArn: string;
  readonly status: PruneResult['status'] | 'kept' | 'planned';
  /** Why it stays or could not be deleted, or who may miss it. */
  readonly reason?: string;
}

/**
 * Deletes old versions of a layer; the newest ones and everything in use stay. Run by hand it shows the table of what
 * will be deleted first.
 * @returns what became of each version, newest first, or `undefined` when the person gave up
 */
export async function pruneLayer(
  services: AwsServices,
  input: AwsInput<PruneOptions>,
): Promise<readonly PruneOutcome[] | undefined> {
  requireTrust(vscode.l10n.t('Deleting layers'));
  const options = optionsOf(input);
  const title = vscode.l10n.t('Prune Layer Versions');
  const target = await layerTarget(services, input, title);
  if (target === undefined) return undefined;
  const keepNewest = options?.keepNewest ?? (await askNumber(title));
  if (keepNewest === undefined) return undefined;
  const gateway = await services.accounts.gateway(target.where);
  const request = { layerArn: target.arn, keepNewest };
  const shown = await looking((pass) => planPrune(gateway, request, pass));
  if (options?.dryRun === true) return outcomesOf(shown, undefined);
  if (options === undefined && !(await confirm(services, title, gateway, shown))) return undefined;
  const plan = options === undefined ? await looking((pass) => lookAgain(gateway, shown, pass)) : shown;
  const results = await withCancellableProgress(title, (signal, report) =>
    applyPrune(gateway, plan, {
      onError: options?.onError ?? 'stop',
      signal,
      onResult: ({ arn }, done, total) => report(`${shortName(arn)} (${done}/${total})`),
    }),
  );
  (await services.accounts.store(target.where)).layerChanged(target.arn);
  const outcomes = outcomesOf(plan, results);
  const deleted = results.filter(({ status }) => status === 'deleted').length;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} of {1} versions are deleted.', deleted, shown.remove.length),
  );
  if (deleted < shown.remove.length) void services.reports.show(title, report(title, outcomes, plan.notes));
  return outcomes;
}

/** Reads all functions with progress that can be cancelled. */
function looking(look: (options: PassOptions) => Promise<PrunePlan>): Promise<PrunePlan> {
  return withCancellableProgress(vscode.l10n.t('Looking for versions in use'), (signal, report) =>
    look({ signal, onProgress: (seen) => report(vscode.l10n.t('functions seen: {0}', seen)) }),
  );
}

async function askNumber(title: string): Promise<number | undefined> {
  const text = await askText({
    title,
    prompt: vscode.l10n.t('How many of the newest versions to keep; versions in use stay too'),
    value: '3',
    problem: (value) => (/^[1-9]\d{0,3}$/.test(value) ? undefined : vscode.l10n.t('A number from 1 on.')),
  });
  return text === undefined || text === back ? undefined : Number(text);
}

async function confirm(
  services: AwsServices,
  title: string,
  where: AccountPlace,
  plan: PrunePlan,
): Promise<boolean> {
  await services.reports.show(title, report(title, outcomesOf(plan, undefined), plan.notes));
  if (plan.remove.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no version to delete.'));
    return false;
  }
  const label = vscode.l10n.t('Delete');
  const message =
    plan.remove.length === 1
      ? vscode.l10n.t('Delete 1 version for good?')
      : vscode.l10n.t('Delete {0} versions for good?', plan.remove.length);
  const names = plan.remove.map(({ arn }) => shortName(arn)).join(', ');
  const detail = [placeLine(where), names, ...plan.notes].join('\n\n');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, label)) === label;
}

function outcomesOf(plan: PrunePlan, results: readonly PruneResult[] | undefined): PruneOutcome[] {
  const kept = plan.keep.map(({ arn, reason, users }): PruneOutcome => {
    const why =
      reason === 'newest'
        ? vscode.l10n.t('among the newest')
        : vscode.l10n.t('used by {0}', userLines(users).join(', '));
    return { layerVersionArn: arn, status: 'kept', reason: why };
  });
  const removed = plan.remove.map((each): PruneOutcome => {
    const { arn } = each;
    const result = results?.find((one) => one.arn === arn);
    const status = results === undefined ? 'planned' : (result?.status ?? 'notStarted');
    const reason = result?.error === undefined ? sharedText(each) : describeError(result.error);
    return { layerVersionArn: arn, status, ...(reason === undefined ? {} : { reason }) };
  });
  const number = ({ layerVersionArn }: PruneOutcome): number => Number(layerVersionArn.split(':').at(-1));
  return [...kept, ...removed].sort((a, b) => number(b) - number(a));
}

/** Who else may miss it. */
function sharedText({ sharedWith }: DeletionCandidate): string | undefined {
  if (sharedWith === undefined) return vscode.l10n.t('whom it is shared with may not be read');
  if (sharedWith.length === 0) return undefined;
  return vscode.l10n.t('shared with {0}', firstOf(sharedWith.map(describeAudience)).join(', '));
}

function report(title: string, outcomes: readonly PruneOutcome[], notes: readonly string[]): string {
  const texts = {
    kept: vscode.l10n.t('kept'),
    planned: vscode.l10n.t('to be deleted'),
    deleted: vscode.l10n.t('deleted'),
    failed: vscode.l10n.t('failed'),
    unknown: vscode.l10n.t('not known, may still be deleted'),
    notStarted: vscode.l10n.t('not started'),
  };
  const head = [vscode.l10n.t('Version'), vscode.l10n.t('Status'), vscode.l10n.t('Why')];
  const rows = outcomes.map(({ layerVersionArn, status, reason = '' }) => [
    ...[shortName(layerVersionArn), texts[status], reason],
  ]);
  return [`# ${plain(title)}`, table(head, rows), ...notes.map(plain)].join('\n\n');
}
