import * as vscode from 'vscode';
import { layerArnOf, shortName } from '../../../core/account/layerNames.ts';
import {
  describeAudience,
  type LayerPolicy,
  type PermissionStatement,
} from '../../../core/account/layerPolicy.ts';
import {
  applyGrant,
  copyPermissions as copy,
  planGrant,
  removePermission as remove,
  type CopiedPermissions,
  type GrantAudience,
} from '../../../core/account/permissions.ts';
import { describeError, UserError } from '../../../core/base/errors.ts';
import { withCancellableProgress } from '../../progress.ts';
import { requireTrust } from '../../trust.ts';
import { askAudience } from './audience.ts';
import type { AwsServices } from './awsServices.ts';
import { placeLine } from './changeTexts.ts';
import { pickVersion } from './pickers.ts';
import { plain, table } from '../../markdownTexts.ts';
import { type AwsInput, optionsOf, versionTarget, type VersionTarget } from './targets.ts';

export interface VersionOptions {
  readonly layerVersionArn: string;
}

/** Who shall be let in; one of them. */
export interface AddPermissionOptions extends VersionOptions {
  /** Twelve digits. */
  readonly account?: string;
  /** `o-…` */
  readonly organizationId?: string;
  /** Everybody with an AWS account. */
  readonly public?: true;
  /** Made from whom it is for when absent. */
  readonly statementId?: string;
}

export interface RemovePermissionOptions extends VersionOptions {
  readonly statementId: string;
}

export interface CopyPermissionsOptions {
  /** Layer version ARNs. */
  readonly from: string;
  readonly to: string;
}

/** Shows whom a version is shared with. @returns the permissions */
export async function showPermissions(
  services: AwsServices,
  input: AwsInput<VersionOptions>,
): Promise<readonly PermissionStatement[] | undefined> {
  const target = await versionTarget(services, input, vscode.l10n.t('Show Permissions'));
  if (target === undefined) return undefined;
  const { statements } = await policyOf(services, target);
  if (optionsOf(input) !== undefined) return statements;
  const title = vscode.l10n.t('Permissions of {0}', shortName(target.arn));
  const head = [vscode.l10n.t('Statement'), vscode.l10n.t('May use and download it')];
  const rows = statements.map(({ statementId, audience }) => [statementId, describeAudience(audience)]);
  const nobody = vscode.l10n.t('Only this account may use it.');
  const text = rows.length === 0 ? nobody : table(head, rows);
  await services.reports.show(title, [`# ${plain(title)}`, plain(target.arn), text].join('\n\n'));
  return statements;
}

/**
 * Shares a version with an account, an organization or everybody. Sharing with everybody by hand is asked about.
 * @returns the statement, or `undefined` when the person gave up
 */
export async function addPermission(
  services: AwsServices,
  input: AwsInput<AddPermissionOptions>,
): Promise<PermissionStatement | undefined> {
  requireTrust(vscode.l10n.t('Sharing layers'));
  const options = optionsOf(input);
  const title = vscode.l10n.t('Share Layer Version');
  const target = await versionTarget(services, input, title);
  if (target === undefined) return undefined;
  const audience = options === undefined ? await askAudience(title) : audienceOf(options);
  if (audience === undefined) return undefined;
  const gateway = await services.accounts.gateway(target.where);
  const statementId = options?.statementId;
  const plan = await planGrant(gateway, {
    ...{ layerVersionArn: target.arn, audience },
    ...(statementId === undefined ? {} : { statementId }),
  });
  if (options === undefined && plan.isPublic && plan.existing === undefined) {
    if (!(await confirmPublic(target))) return undefined;
  }
  const statement = await changing(services, target, () => applyGrant(gateway, plan));
  const [name, whom] = [shortName(target.arn), describeAudience(audience)];
  void vscode.window.showInformationMessage(
    plan.existing === undefined
      ? vscode.l10n.t('{0} is shared with {1}.', name, whom)
      : vscode.l10n.t('{0} was shared with {1} already.', name, whom),
  );
  return statement;
}

/** Stops sharing a version; functions that have it keep working. @returns whether it was done */
export async function removePermission(
  services: AwsServices,
  input: AwsInput<RemovePermissionOptions>,
): Promise<boolean> {
  requireTrust(vscode.l10n.t('Sharing layers'));
  const options = optionsOf(input);
  const target = await versionTarget(services, input, vscode.l10n.t('Stop Sharing Layer Version'));
  if (target === undefined) return false;
  const statementId = options?.statementId ?? (await askStatement(services, target));
  if (statementId === undefined) return false;
  const gateway = await services.accounts.gateway(target.where);
  await changing(services, target, () => remove(gateway, { layerVersionArn: target.arn, statementId }));
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} has no permission "{1}" any more.', shortName(target.arn), statementId),
  );
  return true;
}

/** Gives a version the permissions of another one. @returns what was copied, skipped and failed, by statement */
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
  };
}

/** Makes the view tell the truth afterwards, also when it failed half-way. */
async function changing<T>(
  { accounts }: AwsServices,
  target: VersionTarget,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } finally {
    (await accounts.store(target.where)).layerChanged(layerArnOf(target.arn));
  }
}

async function policyOf({ accounts }: AwsServices, { arn, where }: VersionTarget): Promise<LayerPolicy> {
  const gateway = await accounts.gateway(where);
  return (await gateway.getPolicy(arn)) ?? { statements: [], revisionId: undefined };
}

/** @throws UserError `ConfigurationInvalid` unless exactly one is named */
function audienceOf({ account, organizationId, public: everybody }: AddPermissionOptions): GrantAudience {
  const named: GrantAudience[] = [
    ...(account === undefined ? [] : [{ kind: 'account' as const, account }]),
    ...(organizationId === undefined ? [] : [{ kind: 'organization' as const, organizationId }]),
    ...(everybody === undefined ? [] : [{ kind: 'public' as const }]),
  ];
  const [audience] = named;
  if (audience !== undefined && named.length === 1) return audience;
  throw new UserError(
    'ConfigurationInvalid',
    vscode.l10n.t('A permission is for an account, for an organization, or public: name one of them.'),
    vscode.l10n.t('Give "account", "organizationId" or "public".'),
  );
}

async function confirmPublic({ arn, where }: VersionTarget): Promise<boolean> {
  const share = vscode.l10n.t('Make It Public');
  const message = vscode.l10n.t('Let everybody use {0}?', shortName(arn));
  const warning = vscode.l10n.t(
    'Everybody with an AWS account will be able to download its content and to use it. Who has it then keeps it, also when the permission is removed.',
  );
  const detail = [placeLine(where), warning].join('\n\n');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, share)) === share;
}

async function askStatement(services: AwsServices, target: VersionTarget): Promise<string | undefined> {
  const { statements } = await policyOf(services, target);
  if (statements.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is not shared with anybody.', shortName(target.arn)),
    );
    return undefined;
  }
  const items = statements.map(({ statementId, audience }) => ({
    label: describeAudience(audience),
    description: statementId,
    statementId,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Stop Sharing {0}', shortName(target.arn)),
    placeHolder: vscode.l10n.t('Functions that have the layer already keep working'),
  });
  return chosen?.statementId;
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
  const [done, skipped, failed] = [copied.copied.length, copied.skipped.length, copied.failed.length];
  const text = vscode.l10n.t(
    'Permissions of {0}: {1} copied, {2} there already or not copyable, {3} failed.',
    shortName(to),
    done,
    skipped,
    failed,
  );
  if (failed === 0) {
    void vscode.window.showInformationMessage(text);
    return;
  }
  void vscode.window.showWarningMessage(text);
  const rows = copied.failed.map(({ statement, error }) => [statement.statementId, describeError(error)]);
  const head = [vscode.l10n.t('Statement'), vscode.l10n.t('Why it failed')];
  await reports.show(vscode.l10n.t('Copied permissions'), table(head, rows));
}
