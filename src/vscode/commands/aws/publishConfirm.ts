import * as vscode from 'vscode';
import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { describeAudience, type LayerPolicy } from '../../../core/account/layerPolicy.ts';
import type { PublishPlan } from '../../../core/account/publishPlan.ts';
import type { Finding } from '../../../core/checks/finding.ts';
import { placeLine } from './changeTexts.ts';
import { describeBudget, formatBytes } from '../../../core/opt/budget.ts';
import { type Comparison, confirmComparing } from './confirmComparing.ts';

/** How the person wants it published. */
export interface PublishDecision {
  readonly whenUnchanged: 'skip' | 'publish';
  readonly copyPermissions: 'none' | 'previous';
}

/** Findings told in the dialog; Problems has them all. */
const maxTold = 5;

/** What publishing is asked about. */
interface PublishQuestion {
  readonly plan: PublishPlan;
  readonly findings: readonly Finding[];
  readonly where: AccountPlace;
  /** Shows how the newest version, by its ARN, differs from what will be published. */
  readonly compare: (versionArn: string) => Promise<unknown>;
}

/** Shows what will be published, and asks. @returns `undefined` when the person gave up */
export async function confirmPublish({
  plan,
  findings,
  where,
  compare,
}: PublishQuestion): Promise<PublishDecision | undefined> {
  const publish = vscode.l10n.t('Publish');
  const copy = vscode.l10n.t('Publish and Copy Permissions');
  const anyway = vscode.l10n.t('Publish Anyway');
  const copyAnyway = vscode.l10n.t('Publish Anyway and Copy Permissions');
  const shared = statementsOf(plan);
  const { name } = plan.metadata;
  const message = plan.isUnchanged
    ? vscode.l10n.t('{0} has exactly this content already. Publish it again?', newestName(plan))
    : vscode.l10n.t('Publish {0} in {1}?', name, where.region);
  const detail = [placeLine(where), ...detailLines(plan, findings, shared)].join('\n');
  const hasErrors = findings.some(({ severity }) => severity === 'error');
  const plainly = plan.isUnchanged || hasErrors ? anyway : publish;
  const copying = plan.isUnchanged || hasErrors ? copyAnyway : copy;
  const actions = shared.length > 0 ? [copying, plainly] : [plainly];
  const comparison = comparisonOf(plan, compare);
  const chosen = await confirmComparing({ message, detail, actions, comparison });
  if (chosen === undefined) return undefined;
  return {
    whenUnchanged: chosen === anyway || chosen === copyAnyway ? 'publish' : 'skip',
    copyPermissions: chosen === copying ? 'previous' : 'none',
  };
}

/** With what the person can compare it; with nothing when there is nothing else there. */
function comparisonOf(plan: PublishPlan, compare: PublishQuestion['compare']): Comparison | undefined {
  const { newest, isUnchanged } = plan;
  if (typeof newest !== 'object' || isUnchanged) return undefined;
  const label = vscode.l10n.t('Compare with {0}', newestName(plan));
  return { label, show: () => compare(newest.arn) };
}

/** `alpha:3`, or that there is none. */
function newestName({ newest, metadata }: PublishPlan): string {
  if (newest === 'none') return vscode.l10n.t('none, this is a new layer');
  return newest === 'unknown' ? vscode.l10n.t('not visible to you') : `${metadata.name}:${newest.version}`;
}

function detailLines(
  plan: PublishPlan,
  findings: readonly Finding[],
  shared: LayerPolicy['statements'],
): string[] {
  const { metadata, route, bucket = '' } = plan;
  const { compatibleRuntimes: runtimes = [], compatibleArchitectures: architectures = [] } = metadata;
  const any = vscode.l10n.t('any');
  return [
    vscode.l10n.t('Newest version: {0}', newestName(plan)),
    vscode.l10n.t(
      'Size: {0}, unzips to {1}',
      formatBytes(plan.zippedBytes),
      describeBudget(plan.unzippedBytes),
    ),
    vscode.l10n.t('Runtimes: {0}', runtimes.join(', ') || any),
    vscode.l10n.t('Architectures: {0}', architectures.join(', ') || any),
    ...(metadata.description === undefined || metadata.description === ''
      ? []
      : [vscode.l10n.t('Description: {0}', metadata.description)]),
    ...(metadata.licenseInfo === undefined || metadata.licenseInfo === ''
      ? []
      : [vscode.l10n.t('Licence: {0}', metadata.licenseInfo)]),
    ...(route === 'bucket'
      ? [vscode.l10n.t('Goes through the bucket {0}; the object is removed.', bucket)]
      : []),
    ...(plan.permissions === 'unknown'
      ? [
          vscode.l10n.t(
            'Whom the newest version is shared with may not be read: its permissions cannot be copied.',
          ),
        ]
      : []),
    ...(shared.length === 0
      ? []
      : [
          vscode.l10n.t(
            'The newest version is shared with: {0}',
            shared.map(({ audience }) => describeAudience(audience)).join(', '),
          ),
        ]),
    ...findingLines(findings),
  ];
}

function findingLines(findings: readonly Finding[]): string[] {
  const told = findings.filter(({ severity }) => severity !== 'info');
  if (told.length === 0) return ['', vscode.l10n.t('The checks found no problem.')];
  const lines = told
    .slice(0, maxTold)
    .map(({ severity, message }) =>
      severity === 'error' ? vscode.l10n.t('Error: {0}', message) : vscode.l10n.t('Warning: {0}', message),
    );
  const more = told.length - lines.length;
  return ['', ...lines, ...(more > 0 ? [vscode.l10n.t('and {0} more, see Problems', more)] : [])];
}

function statementsOf({ permissions }: PublishPlan): LayerPolicy['statements'] {
  return typeof permissions === 'object' ? permissions.statements : [];
}
