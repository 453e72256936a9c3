import * as vscode from 'vscode';
import { shortName } from '../../../core/account/layerNames.ts';
import { describeAudience, type PermissionStatement } from '../../../core/account/layerPolicy.ts';
import { applyGrant, planGrant, type GrantAudience } from '../../../core/account/permissions.ts';
import { UserError } from '../../../core/base/errors.ts';
import { requireTrust } from '../../trust.ts';
import { askAudience } from './audience.ts';
import type { AwsServices } from './awsServices.ts';
import { placeLine } from './changeTexts.ts';
import { changing } from './permissionChange.ts';
import type { VersionOptions } from './showPermissions.ts';
import { type AwsInput, optionsOf, versionTarget, type VersionTarget } from './targets.ts';

/** Who shall be let in; one of them. */
export interface AddPermissionOptions extends VersionOptions {
  /** Twelve digits. */
  readonly account?: string;
  /** `o-…` */
  readonly organizationId?: string;
  /** Everybody with an AWS account. */
  readonly public?: boolean;
  /** Made from whom it is for when absent. */
  readonly statementId?: string;
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

/** @throws UserError `ConfigurationInvalid` unless exactly one is named */
function audienceOf({ account, organizationId, public: everybody }: AddPermissionOptions): GrantAudience {
  const named: GrantAudience[] = [
    ...(account === undefined ? [] : [{ kind: 'account' as const, account }]),
    ...(organizationId === undefined ? [] : [{ kind: 'organization' as const, organizationId }]),
    ...(everybody === true ? [{ kind: 'public' as const }] : []),
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
