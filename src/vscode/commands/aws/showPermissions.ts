import * as vscode from 'vscode';
import { shortName } from '../../../core/account/layerNames.ts';
import { describeAudience, type PermissionStatement } from '../../../core/account/layerPolicy.ts';
import { plain, table } from '../../markdownTexts.ts';
import type { AwsServices } from './awsServices.ts';
import { policyOf } from './permissionChange.ts';
import { type AwsInput, optionsOf, versionTarget } from './targets.ts';

export interface VersionOptions {
  readonly layerVersionArn: string;
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
