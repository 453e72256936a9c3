import * as vscode from 'vscode';
import { shortName } from '../../../core/account/layerNames.ts';
import { layerPolicies, type PolicySnippet } from '../../../core/account/policySnippets.ts';
import { UserError } from '../../../core/base/errors.ts';
import type { AwsServices } from './awsServices.ts';
import { plain } from '../../markdownTexts.ts';
import { type AwsInput, optionsOf, versionTarget } from './targets.ts';

export interface CopyPolicyOptions {
  readonly layerVersionArn: string;
  readonly policy: PolicySnippet['id'];
}

/**
 * Copies an IAM policy about a layer: to publish, manage or read it, or to restrict functions to it. Run by hand it
 * also explains it. Never calls AWS for an ARN that is given.
 * @returns the policy's JSON, or `undefined` when nothing was chosen
 */
export async function copyPolicy(
  services: AwsServices,
  input: AwsInput<CopyPolicyOptions>,
): Promise<string | undefined> {
  const title = vscode.l10n.t('Copy IAM Policy');
  const options = optionsOf(input);
  const target = await versionTarget(services, input, title);
  if (target === undefined) return undefined;
  const snippets = layerPolicies(target.arn);
  const snippet = options === undefined ? await choose(snippets, title) : named(snippets, options.policy);
  if (snippet === undefined) return undefined;
  await vscode.env.clipboard.writeText(snippet.policy);
  if (options === undefined) await explain(services, target.arn, snippet);
  return snippet.policy;
}

async function choose(snippets: readonly PolicySnippet[], title: string): Promise<PolicySnippet | undefined> {
  const items = snippets.map((snippet) => ({
    label: snippet.title,
    detail: snippet.explanation,
    snippet,
  }));
  const placeHolder = vscode.l10n.t('What the policy is for');
  return (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true }))?.snippet;
}

async function explain({ reports }: AwsServices, arn: string, snippet: PolicySnippet): Promise<void> {
  const title = `${snippet.title} (${shortName(arn)})`;
  const text = [
    `# ${plain(title)}`,
    plain(snippet.explanation),
    `\`\`\`json\n${snippet.policy}\n\`\`\``,
    vscode.l10n.t('The policy is in the clipboard.'),
  ];
  await reports.show(title, text.join('\n\n'));
}

function named(snippets: readonly PolicySnippet[], id: string): PolicySnippet {
  const found = snippets.find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new UserError(
    'NotFound',
    vscode.l10n.t('There is no policy "{0}".', id),
    vscode.l10n.t('There are {0}.', snippets.map((each) => each.id).join(', ')),
  );
}
