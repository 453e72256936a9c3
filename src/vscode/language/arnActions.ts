import * as vscode from 'vscode';
import { shortName } from '../../core/account/layerNames.ts';
import { parseAwsLayerArn } from '../../core/layer/layerArn.ts';
import { commandIds } from '../manifest.ts';
import { arnAt, rangeOf } from './arnHover.ts';
import type { ArnKnowledge } from './arnKnowledge.ts';

/** What can be done with a layer version ARN at the cursor: take the newer version, look it up, browse it. */
export class ArnActions implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.RefactorRewrite, vscode.CodeActionKind.Refactor];
  readonly #knowledge: ArnKnowledge;

  constructor(knowledge: ArnKnowledge) {
    this.#knowledge = knowledge;
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const place = arnAt(document, range.start);
    if (place === undefined) return [];
    const { arn } = place;
    const { newer } = this.#knowledge.known(arn);
    const browse = commandAction(vscode.l10n.t('Browse /opt of {0}', shortName(arn)), commandIds.openOpt, {
      layers: [arn],
    });
    if (parseAwsLayerArn(arn) !== undefined) return [browse];
    const about = { layerVersionArn: arn };
    if (newer === undefined) {
      const title = vscode.l10n.t('Look Up {0}', shortName(arn));
      return [commandAction(title, commandIds.lookUpLayerVersion, about), browse];
    }
    const use = new vscode.CodeAction(
      vscode.l10n.t('Use {0}', shortName(newer.arn)),
      vscode.CodeActionKind.RefactorRewrite,
    );
    use.edit = new vscode.WorkspaceEdit();
    use.edit.replace(document.uri, rangeOf(place, range.start.line), newer.arn);
    const copy = vscode.l10n.t('Copy ARN of {0}', shortName(newer.arn));
    return [use, commandAction(copy, commandIds.copyNewerArn, about), browse];
  }
}

function commandAction(title: string, command: string, argument: object): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.Refactor);
  action.command = { title, command, arguments: [argument] };
  return action;
}
