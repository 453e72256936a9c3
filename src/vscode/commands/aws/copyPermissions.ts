import * as vscode from 'vscode';
import { layerArnOf, shortName } from '../../../core/account/layerNames.ts';
import { describeAudience, type PermissionStatement } from '../../../core/account/layerPolicy.ts';
import { copyPermissions as copy, type CopiedPermissions } from '../../../core/account/permissions.ts';
import { describeError } from '../../../core/base/errors.ts';
import { table } from '../../markdownTexts.ts';
import { withCancellableProgress } from '../../progress.ts';
import { requireTrust } from '../../trust.ts';
import type { AwsServices } from './awsServices.ts';
import { placeLine } from './changeTexts.ts';
import { changing, policyOf } from './permissionChange.ts';
import { pickVersion } from './pickers.ts';
import type { VersionOptions } from './showPermissions.ts';
import { type AwsInput, optionsOf, versionTarget, type VersionTarget } from './targets.ts';

export interface CopyPermissionsOptions {
  /** Layer version ARNs. */
  readonly from: string;
  readonly to: string;
}

/** Gives a version the permissions of another one. @returns what became of each statement, by its id */
export async function copyPermissions(
  services: AwsServices,
  input: AwsInput<CopyPermissionsOptions>,
): Promise<Readonly<Record<keyof CopiedPermissions, readonly string[]>> | undefined> {
  requireTrust(vscode.l10n.t('Sharing layers'));
  const title = vscode.l10n.t('Copy Permissions');
  const options = optionsOf(input);
  const asked =
    options === undefined ? (input as AwsInput<VersionOptions>) : { layerVersionArn: options.from };
  const source = await versionTarget(services, asked, title);
  if (source === undefined) return undefined;
  const to = options?.to ?? (await askReceiver(services, source));
  if (to === undefined) return undefined;
  const gateway = await services.accounts.gateway(source.where);
  const progress = vscode.l10n.t('Copying permissions to {0}', shortName(to));
  const copied = await changing(services, { arn: to, where: source.where }, () =>
    withCancellableProgress(progress, (signal) => copy(gateway, { from: source.arn, to }, { signal })),
  );
  await tellCopied(services, to, copied);
  const ids = (list: readonly PermissionStatement[]) => list.map(({ statementId }) => statementId);
  return {
    copied: ids(copied.copied),
    skipped: ids(copied.skipped),
    failed: ids(copied.failed.map(({ statement }) => statement)),
    notStarted: ids(copied.notStarted),
  };
}

async function askReceiver(
  services: AwsServices,
  { arn, where }: VersionTarget,
): Promise<string | undefined> {
  const title = vscode.l10n.t('Copy Permissions of {0} to', shortName(arn));
  const to = await pickVersion(services, where, layerArnOf(arn), title);
  if (to === undefined || to === arn) return undefined;
  const { statements } = await policyOf(services, { arn, where });
  const confirm = vscode.l10n.t('Copy');
  const audiences = statements.map(({ audience }) => describeAudience(audience));
  const detail = [placeLine(where), '', ...audiences].join('\n');
  const message = vscode.l10n.t('Share {0} with these too?', shortName(to));
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, confirm);
  return chosen === confirm ? to : undefined;
}

async function tellCopied({ reports }: AwsServices, to: string, copied: CopiedPermissions): Promise<void> {
  const text = copiedText(to, copied);
  if (copied.failed.length + copied.notStarted.length === 0) {
    void vscode.window.showInformationMessage(text);
    return;
  }
  void vscode.window.showWarningMessage(text);
  const left = [
    ...copied.failed.map(({ statement, error }) => [statement, describeError(error)] as const),
    ...copied.notStarted.map((statement) => [statement, vscode.l10n.t('Cancelled before')] as const),
  ];
  const rows = left.map(([{ statementId, audience }, why]) => [statementId, describeAudience(audience), why]);
  const head = [
    vscode.l10n.t('Statement'),
    vscode.l10n.t('Shared with'),
    vscode.l10n.t('Why it was not copied'),
  ];
  await reports.show(vscode.l10n.t('Permissions that were not copied'), table(head, rows));
}

function copiedText(to: string, { copied, skipped, failed, notStarted }: CopiedPermissions): string {
  const counts = [
    [skipped.length, vscode.l10n.t('{0} there already or not copyable', skipped.length)],
    [failed.length, vscode.l10n.t('{0} failed', failed.length)],
    [notStarted.length, vscode.l10n.t('{0} not started', notStarted.length)],
  ] as const;
  const parts = [
    vscode.l10n.t('{0} copied', copied.length),
    ...counts.filter(([count]) => count > 0).map(([, text]) => text),
  ];
  return vscode.l10n.t('Permissions of {0}: {1}.', shortName(to), parts.join(', '));
}
