import * as vscode from 'vscode';

/** Asks for the code of an MFA device; `undefined` when the person declines. */
export async function askMfaCode(serial: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Code of the MFA Device'),
    prompt: vscode.l10n.t('The profile assumes a role that requires a code of {0}.', serial),
    placeHolder: '123456',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^\d{6,8}$/.test(text.trim()) ? undefined : vscode.l10n.t('A code has six to eight digits.'),
  });
}
