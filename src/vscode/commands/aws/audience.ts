import * as vscode from 'vscode';
import {
  accountProblem,
  organizationProblem,
  type GrantAudience,
} from '../../../core/account/permissions.ts';
import { back } from '../../questions/ask.ts';
import { askText } from '../../questions/steps.ts';

/** Asks whom to share with. @returns `undefined` when the person gave up */
export async function askAudience(title: string): Promise<GrantAudience | undefined> {
  for (;;) {
    const items = [
      { label: vscode.l10n.t('An Account…'), description: '', audience: 'account' as const },
      { label: vscode.l10n.t('An Organization…'), description: '', audience: 'organization' as const },
      {
        label: vscode.l10n.t('Everybody'),
        description: vscode.l10n.t('public: anybody with an AWS account may download it'),
        audience: 'public' as const,
      },
    ];
    const placeHolder = vscode.l10n.t('Share with');
    const chosen = await vscode.window.showQuickPick(items, { title, placeHolder });
    if (chosen === undefined) return undefined;
    if (chosen.audience === 'public') return { kind: 'public' };
    const answer = await (chosen.audience === 'account' ? askAccount(title) : askOrganization(title));
    if (answer !== back) return answer;
  }
}

async function askAccount(title: string): Promise<GrantAudience | typeof back | undefined> {
  const account = await askText({
    ...{
      title,
      step: 2,
      totalSteps: 2,
      prompt: vscode.l10n.t('Account number'),
      placeholder: '123456789012',
    },
    problem: accountProblem,
  });
  return typeof account === 'string' ? { kind: 'account', account } : account;
}

async function askOrganization(title: string): Promise<GrantAudience | typeof back | undefined> {
  const organizationId = await askText({
    ...{ title, step: 2, totalSteps: 2, prompt: vscode.l10n.t('Id of the organization') },
    placeholder: 'o-a1b2c3d4e5',
    problem: organizationProblem,
  });
  return typeof organizationId === 'string' ? { kind: 'organization', organizationId } : organizationId;
}
