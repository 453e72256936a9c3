import * as vscode from 'vscode';
import { UserError } from '../core/base/errors.ts';

/** Stops what may only happen in a trusted workspace. @throws UserError `Untrusted` */
export function requireTrust(action: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(
    'Untrusted',
    vscode.l10n.t('{0} is off in an untrusted workspace.', action),
    vscode.l10n.t('Trust the workspace first.'),
  );
}
