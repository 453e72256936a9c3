import * as vscode from 'vscode';
import { isFunctionArn } from '../../core/account/functionArn.ts';
import { parseLayerVersionArn } from '../../core/layer/layerArn.ts';
import { askText } from './steps.ts';

/** Asks for a layer version ARN, on the desktop beginning with the one in the clipboard; `undefined` when none was given. */
export function askForVersionArn(title: string): Promise<string | undefined> {
  return askForArn({
    title,
    prompt: vscode.l10n.t('Layer version ARN'),
    isWanted: isVersionArn,
    otherwise: vscode.l10n.t(
      'This is no layer version ARN, which ends with the layer’s name and a version number.',
    ),
  });
}

/** Asks for the ARN of a layer version or of a function, which both have an `/opt`. */
export function askForStackArn(title: string): Promise<string | undefined> {
  return askForArn({
    title,
    prompt: vscode.l10n.t('ARN of a layer version or of a function'),
    isWanted: (text) => isVersionArn(text) || isFunctionArn(text),
    otherwise: vscode.l10n.t('This is the ARN of neither a layer version nor a function.'),
  });
}

async function askForArn(question: {
  readonly title: string;
  readonly prompt: string;
  readonly isWanted: (text: string) => boolean;
  /** What is said of any other text. */
  readonly otherwise: string;
}): Promise<string | undefined> {
  const { title, prompt, isWanted, otherwise } = question;
  const copied = await copiedText();
  const text = await askText({
    ...{ title, prompt, value: isWanted(copied) ? copied : '' },
    placeholder: 'arn:aws:lambda:eu-west-1:123456789012:layer:name:1',
    problem: (typed) => (isWanted(typed) ? undefined : otherwise),
  });
  return typeof text === 'string' ? text : undefined;
}

/** What is in the clipboard. A browser would show an error where it has not allowed to read that. */
async function copiedText(): Promise<string> {
  const isBrowser = vscode.env.uiKind === vscode.UIKind.Web;
  return isBrowser ? '' : (await vscode.env.clipboard.readText()).trim();
}

function isVersionArn(text: string): boolean {
  return parseLayerVersionArn(text) !== undefined;
}
