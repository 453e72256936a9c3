import * as vscode from 'vscode';
import { parseLayerVersionArn } from '../../core/layer/layerArn.ts';

/** Asks for a layer version ARN, beginning with the one in the clipboard; `undefined` when none was given. */
export async function askForVersionArn(title: string): Promise<string | undefined> {
  const copied = (await vscode.env.clipboard.readText()).trim();
  const text = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Layer version ARN'),
    placeHolder: 'arn:aws:lambda:eu-west-1:123456789012:layer:name:1',
    value: parseLayerVersionArn(copied) === undefined ? '' : copied,
    ignoreFocusOut: true,
    validateInput: (typed) =>
      parseLayerVersionArn(typed.trim()) === undefined
        ? vscode.l10n.t(
            'This is no layer version ARN, which ends with the layer’s name and a version number.',
          )
        : undefined,
  });
  return text?.trim();
}
