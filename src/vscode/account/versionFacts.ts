import * as vscode from 'vscode';
import type { AccountStore } from '../../core/account/accountStore.ts';
import { describeAudience } from '../../core/account/layerPolicy.ts';
import type { LayerVersionDetails } from '../../core/account/ports.ts';
import { UserError } from '../../core/base/errors.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import type { FactNode, LayerVersionNode } from './accountNodes.ts';

type Fact = readonly [label: string, value: string, icon: string];

/** All that is known of a version, a row each; reads size and permissions. Rejects as the gateway. */
export async function versionFacts(store: AccountStore, parent: LayerVersionNode): Promise<FactNode[]> {
  const arn = parent.layerVersionArn;
  const [details, sharing] = await Promise.all([store.details(arn), describeSharing(store, arn)]);
  const facts: Fact[] = [...detailFacts(details), [vscode.l10n.t('Shared with'), sharing, 'organization']];
  return facts.map(([label, value, icon]) => ({ kind: 'accountFact', label, value, icon, parent }));
}

function detailFacts(details: LayerVersionDetails): Fact[] {
  const any = vscode.l10n.t('any');
  const list = (values: readonly string[]) => (values.length === 0 ? any : values.join(', '));
  const { description, licenseInfo } = details;
  return [
    ...(description === '' ? [] : [[vscode.l10n.t('Description'), description, 'note'] as const]),
    [vscode.l10n.t('Size'), vscode.l10n.t('{0} zipped', formatBytes(details.zippedBytes)), 'dashboard'],
    [vscode.l10n.t('Published'), describeDate(details.created), 'calendar'],
    [vscode.l10n.t('Runtimes'), list(details.compatibleRuntimes), 'gear'],
    [vscode.l10n.t('Architectures'), list(details.compatibleArchitectures), 'chip'],
    ...(licenseInfo === '' ? [] : [[vscode.l10n.t('Licence'), licenseInfo, 'law'] as const]),
  ];
}

/** Permissions are their owner's to see: that others may not is no error. */
async function describeSharing(store: AccountStore, arn: string): Promise<string> {
  try {
    const statements = (await store.policy(arn))?.statements ?? [];
    if (statements.length === 0) return vscode.l10n.t('nobody');
    return statements.map(({ audience }) => describeAudience(audience)).join(', ');
  } catch (error) {
    if (error instanceof UserError && error.code === 'AccessDenied') {
      return vscode.l10n.t('not known: only its owner may see that');
    }
    throw error;
  }
}

/** `2026-01-03 14:05` in local time, from ISO 8601; the text as it is when it is no date. */
export function describeDate(created: string): string {
  // Lambda writes the zone without a colon.
  const date = new Date(created.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(date.getTime())) return created;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
