import * as vscode from 'vscode';
import type { AccountStore } from '../../core/account/accountStore.ts';
import { describeAudience } from '../../core/account/layerPolicy.ts';
import type { LayerVersionDetails } from '../../core/account/ports.ts';
import { UserError } from '../../core/base/errors.ts';
import { parseAwsLayerArn } from '../../core/layer/layerArn.ts';
import { formatBytes } from '../../core/opt/budget.ts';
import { describeDate } from '../describeDate.ts';
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
  if (parseAwsLayerArn(arn) !== undefined) return vscode.l10n.t('everybody: it is a layer of AWS itself');
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
