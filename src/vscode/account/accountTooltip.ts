import * as vscode from 'vscode';
import { formatBytes } from '../../core/opt/budget.ts';
import type { AccountNode } from './accountNodes.ts';

/** What a row says when the pointer rests on it; `undefined` when the row says it all. */
export function accountTooltip(node: AccountNode): vscode.MarkdownString | undefined {
  switch (node.kind) {
    case 'accountLayer':
      return lines(node.layer.name, node.layerArn, node.layer.newest?.description);
    case 'accountLayerVersion':
      return lines(node.layerVersionArn, node.version?.description, node.version?.licenseInfo);
    case 'accountFunction':
      return lines(
        node.functionName,
        node.functionArn,
        vscode.l10n.t('Code: {0} zipped', formatBytes(node.function.codeBytes)),
      );
    case 'accountPlace':
    case 'accountGroup':
    case 'accountUsers':
    case 'accountFact':
    case 'accountMore':
    case 'accountProblem':
      return undefined; // their rows say it all
  }
}

/** Descriptions are other people's texts: they are shown as they are, not as Markdown. */
function lines(...texts: readonly (string | undefined)[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  for (const text of texts) {
    if (text === undefined || text === '') continue;
    markdown.appendText(text).appendMarkdown('\n\n');
  }
  return markdown;
}
